//! cedar-policy.
//!
//! Cedar cannot count, so what is counted comes from outside, as the context of a request: here from the fused
//! hand-written Rust. Each rule permits on its own, and the policies that an answer names as its reasons are the rules that
//! fired. Shown twice: with the counting and the making of the request, and with a request made before.

use super::handwritten::{Case, Scratch, named, read};
use super::{Engine, Kind, Loaded, Role};
use crate::generate::Texts;
use crate::policy::variants;
use crate::verdict::{Answer, Verdict};
use cedar_policy::{Authorizer, Context, Entities, EntityUid, PolicySet, Request, RestrictedExpression};

pub fn kinds() -> Vec<Kind> {
    vec![
        Kind {
            name: "cedar-policy, counts made outside",
            role: Role::Counted,
            source,
            load: |source| load(source, false),
        },
        Kind { name: "cedar-policy, counts given", role: Role::Counted, source, load: |source| load(source, true) },
    ]
}

struct Cedar {
    judge: Judge,
    /// Whether the counts are there before the clock starts.
    given: bool,
    cases: Vec<Taken>,
    one: Case,
}

struct Taken {
    case: Case,
    request: Request,
}

struct Judge {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    nobody: EntityUid,
    scratch: Scratch,
    verdict: Verdict,
    fired: Vec<usize>,
}

fn source(count: usize) -> Vec<String> {
    vec![variants(include_str!("../../policy/cedar/rules.cedar"), count, "")]
}

fn load(source: &[String], given: bool) -> Loaded {
    let policies = source.concat().parse().map_err(|error| format!("{error}"))?;
    let nobody = r#"Call::"any""#.parse().map_err(|error| format!("{error}"))?;
    let judge = Judge {
        authorizer: Authorizer::new(),
        policies,
        entities: Entities::empty(),
        nobody,
        scratch: Scratch::default(),
        verdict: Verdict::default(),
        fired: Vec::new(),
    };
    Ok(Box::new(Cedar { judge, given, cases: Vec::new(), one: Case::default() }))
}

impl Judge {
    /// Counts, and makes a request with the counts as its context.
    fn request(&mut self, case: &Case) -> Request {
        let measured = named(case, &mut self.scratch);
        let call = &case.call;
        let facts = [
            ("hurt", call.hurt),
            ("armed", call.armed),
            ("strangulation", call.strangulation),
            ("threats", call.threats),
            ("separated", call.separated),
        ];
        let counts =
            measured.counts.into_iter().map(|(name, count)| (name, RestrictedExpression::new_long(count.into())));
        let flags = facts.into_iter().chain(measured.latest);
        let flags = flags.map(|(name, flag)| (name, RestrictedExpression::new_bool(flag)));
        let pairs = counts.chain(flags).map(|(name, value)| (name.to_owned(), value));
        let context = Context::from_pairs(pairs).expect("names that differ");
        let (principal, action, resource) = (self.nobody.clone(), self.nobody.clone(), self.nobody.clone());
        Request::new(principal, action, resource, context, None).expect("a request without a schema")
    }

    fn judge(&mut self, given: u8, request: &Request) {
        let response = self.authorizer.is_authorized(request, &self.policies, &self.entities);
        // Policies are named `policy0` and so on, and come in no order.
        self.fired.clear();
        self.fired.extend(response.diagnostics().reason().map(|id| {
            let name: &str = id.as_ref();
            name.strip_prefix("policy").and_then(|number| number.parse::<usize>().ok()).expect("a numbered policy")
        }));
        self.fired.sort_unstable();
        self.verdict.clear(given);
        self.fired.iter().for_each(|rule| self.verdict.fire_bare(*rule));
    }
}

impl Engine for Cedar {
    fn take(&mut self, cases: &[Texts]) {
        let taken = cases.iter().map(|text| {
            let mut case = Case::default();
            read(text, &mut case);
            let request = self.judge.request(&case);
            Taken { case, request }
        });
        self.cases = taken.collect();
    }

    fn evaluate(&mut self, case: usize) {
        let Taken { case, request } = &self.cases[case];
        if self.given {
            self.judge.judge(case.call.given, request);
        } else {
            let request = self.judge.request(case);
            self.judge.judge(case.call.given, &request);
        }
    }

    fn answer(&mut self, _case: usize, _text: &Texts) -> Answer {
        Answer::bare(&self.judge.verdict)
    }

    fn decide(&mut self, text: &Texts, out: &mut Vec<u8>) {
        let json = read(text, &mut self.one);
        let request = self.judge.request(&self.one);
        self.judge.judge(self.one.call.given, &request);
        self.judge.verdict.write_bare(out, &json.call.id);
    }
}

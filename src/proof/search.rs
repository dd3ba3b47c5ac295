//! What must hold and what must not -> proved impossible, or a call in which it is so.

use super::asked::Asked;
use super::certificate::Certificate;
use super::encode::{Encoder, History};
use super::gates::Gates;
use super::goal::{Goal, Part, add_effects};
use super::moments::{Moments, MomentsOf};
use super::rules::Side;
use super::solver::{Answer, Lit, Solver};
use super::witness::Sketch;
use crate::check::Policy;
use crate::compile::{Ir, TermId};
use crate::model::RecordId;
use crate::time::Instant;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// How much is tried before a question is given up, in conflicts of the solver: it is counted, so that the same question always ends alike.
const MOST_CONFLICTS: u64 = 50_000;

/// The same for what rules give between them: each way of each thing is gone through, and one conflict takes many times as long.
const MOST_CONFLICTS_OF_SEVERAL: u64 = 5_000;

/// How often a smaller call is tried in the place of one that was found.
pub(super) const MOST_STEPS: usize = 2_000;

/// The most records of one kind that are put down.
const MOST_RECORDS: usize = 64;

/// The most where few questions are asked.
const MOST_RECORDS_OF_FEW: usize = 200;

/// How often a call is looked for again without what it failed by.
const MOST_TRIES: usize = 8;

/// At how many moments a call is looked for, and at how many more where calendars or lengths differ.
const MOST_MOMENTS: usize = 6;
const MOST_MORE_MOMENTS: usize = 3;

/// At how many of them it is looked for among many records.
const MOST_MOMENTS_OF_MANY: usize = 2;

/// What came of a question.
#[derive(Clone, Debug)]
pub(super) enum Found {
    /// It cannot be so, whatever the call.
    Never(Option<Certificate>),
    /// It is so in this call, which the evaluators confirmed.
    Call(Box<Sketch>),
    /// Why it was not found out.
    NotSettled(Unsettled),
}

/// Why a question was not settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unsettled {
    /// The solver would need more conflicts than it may have.
    TooMuch,
    /// A call would need more records of one kind than are put down.
    TooManyRecords(usize),
    /// There is no moment at which it could be so, of those that are tried.
    NoMoment,
    /// There is no call in which it is so, of those that are tried.
    NoCall,
    /// It turns on something of which not every way is gone through.
    LeftOpen,
    /// The evaluators say otherwise of the call that was found.
    Otherwise,
}

impl Unsettled {
    /// Whether more room might have settled it.
    pub(crate) fn is_for_lack_of_room(self) -> bool {
        matches!(self, Self::TooMuch | Self::TooManyRecords(_))
    }

    pub(crate) fn words(self) -> String {
        match self {
            Self::TooMuch => "there is more to it than can be gone through".to_owned(),
            Self::TooManyRecords(most) => format!("a call would need more than {most} records of one kind"),
            Self::NoMoment => "no moment was found at which it could be so".to_owned(),
            Self::NoCall => {
                "it could be so as far as the conditions tell, and no call was found in which it is".to_owned()
            }
            Self::LeftOpen => {
                "it turns on how the times of records follow one another, or on records counted from others that are themselves counted \
                 from one, of which not every way is gone through"
                    .to_owned()
            }
            Self::Otherwise => "a call was found in which it seemed so, and the evaluators say otherwise".to_owned(),
        }
    }
}

/// Questions about policies in one representation.
pub(super) struct Search<'p> {
    ir: &'p Ir,
    /// Any of the policies: all have the same words and zone.
    policy: &'p Policy,
    any: Encoder<'p>,
    certify: bool,
    most_records: usize,
    moments: Moments<'p>,
}

impl Goal<'_> {
    fn most_conflicts(&self) -> u64 {
        let is_of_several = |part: &Part<'_>| matches!(part, Part::Whatever(_) | Part::InSomeWay(_));
        let mut parts = self.all.iter().chain(self.without.iter().flatten());
        if parts.any(is_of_several) { MOST_CONFLICTS_OF_SEVERAL } else { MOST_CONFLICTS }
    }
}

/// What the evaluators say of a call that was found.
pub(super) enum Judged<'p> {
    /// It is so.
    So,
    /// It is not, since these are so besides.
    Not(Vec<Part<'p>>),
}

impl<'p> Judged<'p> {
    /// Where nothing is known of why a call is not one.
    pub(super) fn of(is_so: bool) -> Self {
        if is_so { Self::So } else { Self::Not(Vec::new()) }
    }
}

impl<'p> Search<'p> {
    pub(super) fn new(ir: &'p Ir, policy: &'p Policy, asked: Asked, certify: bool) -> Self {
        let solver = if certify { Solver::certified() } else { Solver::new() };
        let any = Encoder::new(Gates::of(solver), ir, policy, Rc::new(asked), History::Any);
        Self { ir, policy, any, certify, most_records: MOST_RECORDS, moments: Moments::new(ir, policy) }
    }

    /// A search that few questions are put to, so that each may need more records.
    pub(super) fn of_few(ir: &'p Ir, policy: &'p Policy, asked: Asked) -> Self {
        Self { most_records: MOST_RECORDS_OF_FEW, ..Self::new(ir, policy, asked, false) }
    }

    /// Everything that the rules of some policies ask, and other conditions.
    pub(super) fn asked(ir: &Ir, policy: &Policy, sides: &[&Side<'_>], others: &[TermId]) -> Asked {
        let roots = sides.iter().flat_map(|side| side.terms.rules.iter().map(|terms| terms.when));
        let mut asked = Asked::of(ir, policy, roots.chain(others.iter().copied()));
        for side in sides {
            add_effects(&mut asked, side.policy, 0..side.policy.rules.len());
        }
        asked
    }

    /// Whether it is proved that it cannot be so, whatever the call.
    pub(super) fn is_impossible(&mut self, goal: &Goal<'p>) -> bool {
        self.solve(goal).0 == Answer::No
    }

    /// The same; what proves it joins the certificates, where that is asked for.
    pub(super) fn proves_impossible(&mut self, goal: &Goal<'p>, certificates: &mut Vec<Certificate>) -> bool {
        let (answer, lits) = self.solve(goal);
        if answer == Answer::No {
            certificates.extend(self.certificate(&lits));
        }
        answer == Answer::No
    }

    /// Whether it can be so as far as is said of any history, and what was asked for that. Where it can, so is asked of what rules give
    /// between them, and what is counted is held to how it adds up.
    fn solve(&mut self, goal: &Goal<'p>) -> (Answer, Vec<Lit>) {
        let mut lits = goal.lits(&mut self.any);
        let mut answer = self.any.gates.solver.solve(&lits, goal.most_conflicts());
        if answer == Answer::Yes && !goal.nor.is_empty() {
            let all = [lits.clone(), goal.lits_of_nor(&mut self.any)].concat();
            // Where that is too much to go through, a call may be found all the same.
            match self.any.gates.solver.solve(&all, MOST_CONFLICTS_OF_SEVERAL) {
                Answer::Stopped => return (Answer::Yes, lits),
                sure => (answer, lits) = (sure, all),
            }
        }
        if answer == Answer::Yes && self.any.add_up(goal.asked(self.ir, self.policy).measures.into_keys()) {
            answer = self.any.gates.solver.solve(&lits, goal.most_conflicts());
        }
        (answer, lits)
    }

    /// Whether there is a call in which it is so. `judge` has the last word on a call that was found.
    pub(super) fn find(&mut self, goal: &Goal<'p>, judge: &dyn Fn(&Sketch) -> Judged<'p>) -> Found {
        let (answer, lits) = self.solve(goal);
        match answer {
            Answer::No => return Found::Never(self.certificate(&lits)),
            Answer::Stopped => return Found::NotSettled(Unsettled::TooMuch),
            Answer::Yes => {}
        }
        self.look_for(goal, &lits, judge)
    }

    fn certificate(&mut self, lits: &[Lit]) -> Option<Certificate> {
        self.certify.then(|| self.any.gates.solver.certificate(lits)).flatten()
    }

    /// Which of some parts are so where another is, in one of the ways in which it may be; `None` where it cannot be so, or nobody
    /// knows. It refutes that one part always comes with another, and proves nothing.
    pub(super) fn once(&mut self, part: &Part<'p>, others: &[Part<'p>]) -> Option<Vec<bool>> {
        let own = part.lit(&mut self.any);
        let lits: Vec<Lit> = others.iter().map(|other| other.lit(&mut self.any)).collect();
        let solver = &mut self.any.gates.solver;
        let is_found = solver.solve(&[own], MOST_CONFLICTS) == Answer::Yes;
        is_found.then(|| lits.into_iter().map(|lit| solver.holds(lit)).collect())
    }

    fn look_for(&mut self, goal: &Goal<'p>, lits: &[Lit], judge: &dyn Fn(&Sketch) -> Judged<'p>) -> Found {
        let asked = goal.asked(self.ir, self.policy);
        let mut why = Unsettled::NoCall;
        let attempt = |search: &Self, now, much, why: &mut Unsettled| {
            let found = search.call_at(goal.clone(), now, much, judge);
            found.unwrap_or_else(|reason| {
                *why = reason;
                None
            })
        };
        let mut found: Vec<Instant> = Vec::new();
        let mut seen = BTreeSet::new();
        // Moments that are seldom needed are not worked out before they are.
        for kind in [MomentsOf::TheRules, MomentsOf::Questions, MomentsOf::Calendars, MomentsOf::Lengths] {
            let most = match kind {
                MomentsOf::TheRules | MomentsOf::Questions => MOST_MOMENTS,
                MomentsOf::Calendars | MomentsOf::Lengths => found.len() + MOST_MORE_MOMENTS,
            };
            for now in self.moments.of(kind, goal, &asked) {
                if found.len() >= most || !seen.insert(now) || !self.can_be_at(now, lits) {
                    continue;
                }
                found.push(now);
                if let Some(call) = attempt(self, now, false, &mut why) {
                    return Found::Call(Box::new(call));
                }
            }
        }
        if found.is_empty() {
            return Found::NotSettled(Unsettled::NoMoment);
        }
        // What several rules give shows in few records, or is left open: there are many such questions.
        let more = if goal.most_conflicts() < MOST_CONFLICTS { Vec::new() } else { found };
        let call = more.into_iter().take(MOST_MOMENTS_OF_MANY).find_map(|now| attempt(self, now, true, &mut why));
        call.map_or(Found::NotSettled(why), |call| Found::Call(Box::new(call)))
    }

    /// Whether it can be so at a moment, as far as is said of any history.
    fn can_be_at(&mut self, now: Instant, lits: &[Lit]) -> bool {
        let mut at: Vec<Lit> = self.any.at_moment(now);
        at.extend(lits);
        self.any.gates.solver.solve(&at, MOST_CONFLICTS) == Answer::Yes
    }

    /// A call at a moment, if one is found in a history of so few records, or so many; else why none was, where that is known.
    fn call_at(
        &self,
        mut goal: Goal<'p>,
        now: Instant,
        much: bool,
        judge: &dyn Fn(&Sketch) -> Judged<'p>,
    ) -> Result<Option<Sketch>, Unsettled> {
        // Where all is known no rules are enough between them that are not by themselves.
        let nor = std::mem::take(&mut goal.nor);
        if !nor.is_empty()
            && let Ok(Some(call)) = self.call_where((goal.clone(), now, much), judge, &[Known::All])
        {
            return Ok(Some(call));
        }
        goal.nor = nor;
        self.call_where((goal, now, much), judge, &[Known::All, Known::Records, Known::Some])
    }

    fn call_where(
        &self,
        (mut goal, now, much): (Goal<'p>, Instant, bool),
        judge: &dyn Fn(&Sketch) -> Judged<'p>,
        how: &[Known],
    ) -> Result<Option<Sketch>, Unsettled> {
        let mut why = None;
        for _ in 0..MOST_TRIES {
            let asked = Rc::new(goal.asked(self.ir, self.policy));
            let records = records(self.ir, &asked, much, self.most_records + 1);
            if records.values().any(|count| *count > self.most_records) {
                return Err(Unsettled::TooManyRecords(self.most_records));
            }
            let kinds: Vec<RecordId> = records.keys().copied().collect();
            let mut encoder =
                Encoder::new(Gates::of(Solver::new()), self.ir, self.policy, asked, History::Of { now, records });
            let mut lits = goal.lits(&mut encoder);
            lits.extend(goal.lits_of_nor(&mut encoder));
            let whole: Vec<Lit> = kinds.into_iter().map(|kind| encoder.is_known((kind, Vec::new()))).collect();
            let known = encoder.known_values().into_iter().map(|(_, value)| !value.unknown);
            let known: Vec<Lit> = known.filter(|lit| *lit != encoder.gates.solver.no()).collect();
            let most = if goal.nor.is_empty() { goal.most_conflicts() } else { MOST_CONFLICTS_OF_SEVERAL };
            let mut answer = Answer::No;
            for how in how {
                let more: Vec<Lit> = match how {
                    Known::All => whole.iter().chain(&known).copied().collect(),
                    Known::Records => whole.clone(),
                    Known::Some => Vec::new(),
                };
                let all: Vec<Lit> = lits.iter().copied().chain(more).collect();
                answer = encoder.gates.solver.solve(&all, most);
                if answer == Answer::Yes {
                    break;
                }
            }
            match answer {
                Answer::Yes => {}
                Answer::No => break,
                Answer::Stopped => return Err(Unsettled::TooMuch),
            }
            let Some(sketch) = encoder.realised() else { break };
            let Judged::Not(beside) = judge(&sketch) else { return Ok(Some(sketch)) };
            why = Some(if encoder.left_open { Unsettled::LeftOpen } else { Unsettled::Otherwise });
            let known = goal.without.clone();
            let more = beside.into_iter().map(|part| vec![part]).filter(|parts| !known.contains(parts));
            let before = known.len();
            goal.without.extend(more);
            if goal.without.len() == before {
                break;
            }
        }
        why.map_or(Ok(None), Err)
    }
}

/// How much is known of a call that is looked for. One of which all is known reads better, where it will do.
#[derive(Clone, Copy)]
enum Known {
    All,
    /// All records are known.
    Records,
    /// Anything may be unknown.
    Some,
}

/// How many records of each kind are put down: as few as one count needs, or as many as all of them need together, up to a bound.
fn records(ir: &Ir, asked: &Asked, much: bool, most: usize) -> BTreeMap<RecordId, usize> {
    let (mut few, mut all): (BTreeMap<RecordId, usize>, BTreeMap<RecordId, usize>) = Default::default();
    for kind in asked.kinds(ir) {
        few.insert(kind, 1);
        all.insert(kind, 1);
    }
    for (id, highest) in &asked.measures {
        let Some(measure) = ir.measure(*id) else { continue };
        let needed = usize::try_from(*highest).unwrap_or(usize::MAX).saturating_mul(if measure.different.is_some() {
            2
        } else {
            1
        });
        let few = few.entry(measure.record).or_default();
        *few = (*few).max(needed);
        let own = all.entry(measure.record).or_default();
        *own = own.saturating_add(needed);
        if let Some(by) = measure.follow.as_ref().and_then(|follow| ir.selection(follow.by)) {
            let theirs = all.entry(by.record).or_default();
            *theirs = theirs.saturating_add(needed);
        }
    }
    for (id, last) in &asked.last {
        let Some(selection) = ir.selection(*id) else { continue };
        let few = few.entry(selection.record).or_default();
        *few = (*few).max(*last);
        let all = all.entry(selection.record).or_default();
        *all = all.saturating_add(last + 2);
    }
    let records = if much { all } else { few };
    records.into_iter().map(|(kind, count)| (kind, count.min(most))).collect()
}

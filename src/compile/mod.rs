//! Policy -> Program: the same meaning, laid out flat, with everything that is asked twice worked out once.

mod ids;
mod sheets;
mod evidence_source;
mod index;
mod program;
mod motion;
mod evidence;
mod links;
mod pivots;
mod triggers;
mod passes;

pub use evidence_source::EvidenceSource;
pub use ids::{LengthId, MeasureId, RuleId, SelectionId, TermId, WindowId};
pub use index::{Index, Threshold};
pub use pivots::MOST_STEPS;
pub use program::{
    Count, Follow, Latest, Link, Measure, Piece, Pivot, Program, Rule, Score, Selection, Since, Standing, Term, Window,
};
pub use sheets::{Ask, Asked, Lies, Place, Question, RoleId, Roles, Same, SetId, Sheet, Through};

use crate::check::{self, Effect, Policy};
use crate::explain::Lift;
use crate::semantics;
use crate::semantics::{Condition, DefinitionId, Monotonicity, ScoreId, Subject};
use crate::time::Instant;
use hashbrown::HashMap;
use ids::numbered;
use std::sync::Arc;

/// Lays a checked policy out for evaluation.
pub fn compile(policy: &Policy) -> Program {
    Layout::of(policy).compiler.program
}

/// A policy laid out, which can still tell where each of its conditions went.
pub struct Layout<'a> {
    compiler: Compiler<'a>,
}

impl<'a> Layout<'a> {
    pub fn of(policy: &'a Policy) -> Self {
        Self { compiler: lay_out(policy) }
    }

    pub fn program(&self) -> &Program {
        &self.compiler.program
    }

    /// Where a condition of the policy went.
    pub fn term(&mut self, condition: &Condition) -> TermId {
        self.compiler.term(condition)
    }

    /// Where a selection of the policy went.
    pub fn selection(&mut self, selection: &semantics::Selection) -> SelectionId {
        self.compiler.selection(selection)
    }
}

fn lay_out(policy: &Policy) -> Compiler<'_> {
    let mut compiler = Compiler {
        policy,
        program: Program::default(),
        terms: HashMap::new(),
        selections: HashMap::new(),
        measures: HashMap::new(),
        windows: HashMap::new(),
        shared: HashMap::new(),
        definitions: HashMap::new(),
        scores: HashMap::new(),
    };
    compiler.program.rules.reserve(policy.rules.len());
    for rule in &policy.rules {
        let when = compiler.term(&rule.when);
        let because = rule.because.iter().map(|piece| compiler.piece(piece)).collect();
        let effects = rule.effects.clone();
        let adds_more = effects.iter().any(rests_on_a_fact);
        let (name, presumed, from, until, trial) =
            (rule.name.clone(), rule.presumed, rule.from, rule.until, rule.trial);
        let layer = policy.chain.iter().position(|name| **name == *rule.policy).unwrap_or(0);
        let suspended = rule.suspension.as_ref();
        let suspended = suspended.map(|suspension| (suspension.from.unwrap_or(Instant::MIN), suspension.until));
        let is_limited = trial || from.is_some() || until.is_some() || suspended.is_some();
        let rule = Rule {
            name,
            layer,
            when,
            presumed,
            from,
            until,
            trial,
            suspended,
            effects,
            adds_more,
            because,
            evidence_source: EvidenceSource::Several,
            standing: if is_limited { Standing::Limited } else { Standing::Always },
        };
        compiler.program.rules.push(rule);
    }
    compiler.program.lay_out_passes(policy);
    compiler.program.find_evidence_sources();
    compiler.program.find_presuming();
    compiler.program.index = Index::of(&compiler.program);
    compiler.program.find_shared();
    compiler.program.find_lowest(&policy.vocabulary);
    compiler.program.find_pivots(&policy.vocabulary);
    compiler.program.links = compiler.program.links_followed(policy);
    compiler.program.leaping = compiler.program.leaping_lengths();
    compiler
}

/// Whether what an effect adds depends on a fact of the call.
fn rests_on_a_fact(effect: &Effect) -> bool {
    matches!(effect, Effect::RaiseTo { .. } | Effect::Deadline { after: Subject::Fact(_), .. })
}

struct Compiler<'a> {
    policy: &'a Policy,
    program: Program,
    /// What has been laid out already. The maps are only looked up in, never walked.
    terms: HashMap<Term, TermId>,
    selections: HashMap<Selection, SelectionId>,
    measures: HashMap<Measure, MeasureId>,
    windows: HashMap<Window, WindowId>,
    /// Selections that rules share, by where they are. Each is kept, so that nothing else can come to be there.
    shared: HashMap<*const semantics::Selection, (Arc<semantics::Selection>, SelectionId)>,
    definitions: HashMap<DefinitionId, TermId>,
    scores: HashMap<ScoreId, usize>,
}

impl Compiler<'_> {
    fn term(&mut self, condition: &Condition) -> TermId {
        let term = match condition {
            Condition::All(parts) => Term::All(self.all(parts)),
            Condition::Any(parts) => Term::Any(self.all(parts)),
            Condition::Not(part) => Term::Not(self.term(part)),
            Condition::HowMany { comparison, number, of } => {
                Term::HowMany { comparison: *comparison, number: *number, of: self.all(of) }
            }
            Condition::Test(test) => Term::Test(test.clone()),
            Condition::Count(count) => {
                let measure = self.measure(count);
                Term::Count(Count {
                    measure,
                    comparison: count.comparison,
                    number: count.number,
                    words: Lift::counted(self.policy, count).into(),
                })
            }
            Condition::Latest { first, of, test } => {
                let of = self.shared(of);
                let test = self.term(test);
                Term::Latest(Latest { first: *first, of, test })
            }
            Condition::Trend { of, trend } => Term::Trend { of: self.shared(of), trend: *trend },
            Condition::Defined(id) => return self.definition(*id),
            Condition::Score { score, is } => Term::Score { score: self.score(*score), is: is.clone() },
        };
        self.intern(term)
    }

    fn intern(&mut self, term: Term) -> TermId {
        let Self { terms, program, .. } = self;
        *terms.entry(term).or_insert_with_key(|term| {
            let id = TermId(numbered(program.terms.len()));
            program.monotonicities.push(program.monotonicity_of(term));
            program.terms.push(term.clone());
            id
        })
    }

    fn all(&mut self, parts: &[Condition]) -> Box<[TermId]> {
        parts.iter().map(|part| self.term(part)).collect()
    }

    /// A definition is laid out once, however many rules use it.
    fn definition(&mut self, id: DefinitionId) -> TermId {
        if let Some(term) = self.definitions.get(&id) {
            return *term;
        }
        let term = match self.policy.definition(id) {
            Some(definition) => self.term(&definition.condition),
            None => self.intern(Term::Any(Box::default())),
        };
        self.definitions.insert(id, term);
        term
    }

    fn score(&mut self, id: ScoreId) -> usize {
        if let Some(at) = self.scores.get(&id) {
            return *at;
        }
        let score = match self.policy.score(id) {
            Some(score) => Score {
                name: score.name.clone(),
                points: score.points.iter().map(|(points, condition)| (*points, self.term(condition))).collect(),
                bands: score.bands.clone(),
                unanswered_as_yes: score.unanswered_as_yes,
            },
            None => Score::default(),
        };
        self.program.scores.push(score);
        let at = self.program.scores.len() - 1;
        self.scores.insert(id, at);
        at
    }

    fn selection(&mut self, selection: &semantics::Selection) -> SelectionId {
        let tests = self.all(&selection.tests);
        let since = selection
            .since
            .iter()
            .map(|since| match since {
                semantics::Since::Instant(instant) => Since::Instant(*instant),
                semantics::Since::Record { first, of } => Since::Record { first: *first, of: self.selection(of) },
            })
            .collect();
        let window = self.window(selection);
        let timed = tests.iter().copied().filter(|test| self.program.monotonicity(*test).is_timed()).collect();
        let laid = Selection {
            record: selection.record,
            windows: selection.windows.clone(),
            since,
            tests,
            this_call: selection.this_call,
            window,
            timed,
            monotonicity: Monotonicity::CONSTANT,
            still: RoleId::default(),
            set: SetId::default(),
        };
        let Self { selections, program, .. } = self;
        *selections.entry(laid).or_insert_with_key(|laid| {
            let id = SelectionId(numbered(program.selections.len()));
            program.selections.push(Selection { monotonicity: program.selection_monotonicity(laid), ..laid.clone() });
            id
        })
    }

    fn shared(&mut self, selection: &Arc<semantics::Selection>) -> SelectionId {
        if let Some((_, id)) = self.shared.get(&Arc::as_ptr(selection)) {
            return *id;
        }
        let id = self.selection(selection);
        self.shared.insert(Arc::as_ptr(selection), (Arc::clone(selection), id));
        id
    }

    fn window(&mut self, selection: &semantics::Selection) -> WindowId {
        let lengths = selection.windows.iter().map(|length| self.program.length(*length)).collect();
        let window = Window { record: selection.record, lengths };
        let Self { windows, program, .. } = self;
        *windows.entry(window).or_insert_with_key(|window| {
            let id = WindowId(numbered(program.windows.len()));
            program.windows.push(window.clone());
            id
        })
    }

    fn measure(&mut self, count: &semantics::Count) -> MeasureId {
        let of = self.shared(&count.of);
        let follow = count.follow.as_ref().map(|follow| Follow {
            not: follow.not,
            within: follow.within,
            by: self.shared(&follow.by),
            that: follow.that.clone(),
        });
        let measure = Measure {
            of,
            different: count.different,
            follow,
            monotonicity: Monotonicity::CONSTANT,
            record: count.of.record,
            counted: None,
            at_most: None,
            set: SetId::default(),
        };
        let Self { measures, program, .. } = self;
        *measures.entry(measure).or_insert_with_key(|measure| {
            let id = MeasureId(numbered(program.measures.len()));
            let monotonicity = program.measure_monotonicity(of, measure.follow.as_ref());
            program.measures.push(Measure { monotonicity, ..measure.clone() });
            id
        })
    }

    fn piece(&mut self, piece: &check::Piece) -> Piece {
        match piece {
            check::Piece::Text(text) => Piece::Text(text.clone()),
            check::Piece::Count(count, words) => Piece::Count(self.measure(count), words.clone()),
            check::Piece::Ids(count) => Piece::Ids(self.measure(count)),
            check::Piece::Latest(count) => Piece::Latest(self.measure(count)),
            check::Piece::Field(count, field) => Piece::Field(self.measure(count), *field),
            check::Piece::Fact(fact) => Piece::Fact(*fact),
            check::Piece::Score(score) => Piece::Score(self.score(*score)),
        }
    }
}

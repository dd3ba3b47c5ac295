//! Policy -> Program: the same meaning, laid out flat, with everything that is asked twice worked out once.

mod course;
mod index;
mod links;
mod program;

pub use course::Course;
pub use index::{Gauge, Index, RuleId};
pub use links::Link;
pub use program::{
    Count, Follow, LengthId, Measure, MeasureId, Pass, Pick, Piece, Program, Rule, Score, Selection, SelectionId,
    SetId, Since, Term, TermId, Window, WindowId,
};

use crate::check::{self, Condition, DefinitionId, Policy, ScoreId};
use crate::model::RecordId;
use crate::time::{Instant, Length};
use hashbrown::HashMap;

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
    pub fn selection(&mut self, selection: &check::Selection) -> SelectionId {
        self.compiler.selection(selection)
    }
}

fn lay_out(policy: &Policy) -> Compiler<'_> {
    let mut compiler = Compiler {
        policy,
        program: Program { passes: vec![Pass::default(); policy.vocabulary.records.len()], ..Program::default() },
        terms: HashMap::new(),
        selections: HashMap::new(),
        measures: HashMap::new(),
        windows: HashMap::new(),
        tests: HashMap::new(),
        definitions: HashMap::new(),
        scores: HashMap::new(),
    };
    compiler.program.rules.reserve(policy.rules.len());
    for rule in &policy.rules {
        let when = compiler.term(&rule.when);
        let because = rule.because.iter().map(|piece| compiler.piece(piece)).collect();
        let effects = rule.effects.clone();
        let (name, presumed, from, until, trial) =
            (rule.name.clone(), rule.presumed, rule.from, rule.until, rule.trial);
        let suspended = rule.suspension.as_ref();
        let suspended = suspended.map(|suspension| (suspension.from.unwrap_or(Instant::MIN), suspension.until));
        compiler.program.rules.push(Rule { name, when, presumed, from, until, trial, suspended, effects, because });
    }
    compiler.program.put_counts_into_passes();
    compiler.program.index = Index::of(&compiler.program);
    compiler.program.links = compiler.program.links_followed(policy);
    compiler.program.leaping = compiler.program.leaping_lengths();
    compiler
}

struct Compiler<'a> {
    policy: &'a Policy,
    program: Program,
    /// What has been laid out already. The maps are only looked up in, never walked.
    terms: HashMap<Term, TermId>,
    selections: HashMap<Selection, SelectionId>,
    measures: HashMap<Measure, MeasureId>,
    windows: HashMap<Window, WindowId>,
    tests: HashMap<(RecordId, TermId), u32>,
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
                    words: count.words.clone(),
                })
            }
            Condition::Latest { first, of, test } => {
                let of = self.selection(of);
                let test = self.term(test);
                Term::Latest { first: *first, of, test }
            }
            Condition::Closer { last, of } => Term::Closer { last: *last, of: self.selection(of) },
            Condition::Gap(of) => Term::Gap(self.selection(of)),
            Condition::Defined(id) => return self.definition(*id),
            Condition::Score { score, is } => Term::Score { score: self.score(*score), is: is.clone() },
        };
        self.intern(term)
    }

    fn intern(&mut self, term: Term) -> TermId {
        if let Some(id) = self.terms.get(&term) {
            return *id;
        }
        let id = TermId(index(self.program.terms.len()));
        self.program.courses.push(self.program.course_of(&term));
        self.program.terms.push(term.clone());
        self.terms.insert(term, id);
        id
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

    fn selection(&mut self, selection: &check::Selection) -> SelectionId {
        let tests = self.all(&selection.tests);
        let since = selection
            .since
            .iter()
            .map(|since| match since {
                check::Since::Instant(instant) => Since::Instant(*instant),
                check::Since::Record { first, of } => Since::Record { first: *first, of: self.selection(of) },
            })
            .collect();
        let window = self.window(selection);
        let (timed, still): (Vec<TermId>, Vec<TermId>) =
            tests.iter().partition(|test| self.program.course(**test).is_timed());
        let mut laid = Selection {
            record: selection.record,
            windows: selection.windows.clone(),
            since,
            tests,
            this_call: selection.this_call,
            window,
            timed: timed.into(),
            course: Course::STILL,
            set: SetId::default(),
            still: SetId::default(),
        };
        if let Some(id) = self.selections.get(&laid) {
            return *id;
        }
        let id = SelectionId(index(self.program.selections.len()));
        self.selections.insert(laid.clone(), id);
        laid.course = self.program.selection_course(&laid);
        laid.still = self.pick(&laid, &still);
        laid.set = if laid.timed.is_empty() { laid.still } else { self.new_set(laid.record) };
        self.program.selections.push(laid);
        id
    }

    fn window(&mut self, selection: &check::Selection) -> WindowId {
        let lengths = selection.windows.iter().map(|length| self.length(*length)).collect();
        let window = Window { record: selection.record, lengths };
        if let Some(id) = self.windows.get(&window) {
            return *id;
        }
        let id = WindowId(index(self.program.windows.len()));
        self.windows.insert(window.clone(), id);
        self.program.passes.get_mut(window.record.index()).into_iter().for_each(|pass| pass.windows.push(id));
        self.program.windows.push(window);
        id
    }

    fn length(&mut self, length: Length) -> LengthId {
        let lengths = &mut self.program.lengths;
        let place = lengths.iter().position(|known| *known == length).unwrap_or_else(|| {
            lengths.push(length);
            lengths.len() - 1
        });
        LengthId(index(place))
    }

    /// Has the records that pass these tests noted.
    fn pick(&mut self, selection: &Selection, tests: &[TermId]) -> SetId {
        let (record, this_call) = (selection.record, selection.this_call);
        let tests = tests.iter().map(|test| self.put_to_all(record, *test)).collect();
        let set = self.new_set(record);
        if let Some(pass) = self.program.passes.get_mut(record.index()) {
            pass.this_call |= this_call;
            pass.picks.push(Pick { tests, this_call, set, counted_in: Vec::new() });
        }
        set
    }

    /// Has a test put to every record of a kind.
    fn put_to_all(&mut self, record: RecordId, test: TermId) -> u32 {
        let Some(pass) = self.program.passes.get_mut(record.index()) else { return 0 };
        *self.tests.entry((record, test)).or_insert_with(|| {
            pass.tests.push(test);
            index(pass.tests.len() - 1)
        })
    }

    fn new_set(&mut self, record: RecordId) -> SetId {
        let Some(pass) = self.program.passes.get_mut(record.index()) else { return SetId::default() };
        pass.sets += 1;
        SetId(pass.sets - 1)
    }

    fn measure(&mut self, count: &check::Count) -> MeasureId {
        let of = self.selection(&count.of);
        let follow = count.follow.as_ref().map(|follow| Follow {
            not: follow.not,
            within: follow.within,
            by: self.selection(&follow.by),
            that: follow.that.clone(),
        });
        let mut measure = Measure {
            of,
            different: count.different,
            follow,
            course: Course::STILL,
            record: count.of.record,
            window: None,
            set: SetId::default(),
        };
        if let Some(id) = self.measures.get(&measure) {
            return *id;
        }
        let id = MeasureId(index(self.program.measures.len()));
        self.measures.insert(measure.clone(), id);
        measure.course = self.program.measure_course(of, measure.follow.as_ref());
        measure.set = match (&measure.follow, self.program.selections.get(of.0 as usize)) {
            (None, Some(selection)) => selection.set,
            _ => self.new_set(count.of.record),
        };
        let only_counts = measure.different.is_none() && measure.follow.is_none();
        if let Some(selection) = self.program.selections.get(of.0 as usize) {
            measure.window = (only_counts && selection.since.is_empty()).then_some(selection.window);
        }
        self.program.measures.push(measure);
        id
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

fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

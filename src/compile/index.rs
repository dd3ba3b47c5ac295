//! Which rules are worth asking about a case: most need something that most cases do not have.

use super::course::Course;
use super::program::{MeasureId, Program, Rule, Term, TermId};
use super::sheets::{RoleId, Sheet};
use crate::check::ScoreIs;
use crate::model::RecordId;
use crate::syntax::tree::Comparison;
use std::collections::BTreeMap;

/// A rule, by its place in [`Program::rules`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleId(pub u32);

/// Something that rules compare with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Gauge {
    Measure(MeasureId),
    Score(usize),
}

/// A rule that needs so many of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    pub number: i64,
    pub rule: RuleId,
    /// Whether so many for certain leave only what the rule asks besides ([`Rule::besides`]).
    pub settles: bool,
}

/// Rules that need so many of something, the fewest first.
pub type Needs = Vec<Need>;

/// The rules by what each cannot do without. A rule that stands under several things needs one of them; where none is
/// there, the answer to its condition is no, and nobody has to work that out.
///
/// Rules that differ in a number only stand under one gauge in the order of their numbers, so one count tells which of
/// a thousand to ask.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// Rules that can always apply.
    pub always: Vec<RuleId>,
    /// Rules that need so many records with some role, sheet by sheet.
    pub sheets: Vec<SheetNeeds>,
    /// Rules that need so many of something else that is counted.
    pub measures: Vec<(MeasureId, Needs)>,
    /// Rules that need so many points of a score.
    pub scores: Vec<(usize, Needs)>,
    /// Rules that need the answer to a condition not to be no.
    pub terms: Vec<(TermId, Vec<RuleId>)>,
    /// Rules that may come to apply when nothing is learnt and time passes, though they lack what they need.
    pub wakers: Vec<RuleId>,
}

/// One thing that a rule may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Spark {
    Gauge(Gauge, i64),
    Term(TermId),
}

/// The things of which at least one must be there for the answer to a condition not to be no.
#[derive(Clone, Debug)]
enum Sparks {
    /// Nothing has to be.
    None,
    One([Spark; 1]),
    Several(Vec<Spark>),
}

impl Sparks {
    fn as_slice(&self) -> Option<&[Spark]> {
        match self {
            Self::None => None,
            Self::One(spark) => Some(spark),
            Self::Several(sparks) => Some(sparks),
        }
    }
}

/// A condition that could rest on more things than this is asked about itself.
const MAX_SPARKS: usize = 32;

/// Rules that need so many records with a role of one sheet.
#[derive(Clone, Debug)]
pub struct SheetNeeds {
    pub record: RecordId,
    /// The roles of which some rule needs one record at least, two, or more.
    pub one: u64,
    pub two: u64,
    pub more: u64,
    /// For each role the rules that need it.
    pub needs: Vec<Needs>,
}

impl Index {
    /// Also says of each rule what it asks besides.
    pub(super) fn of(program: &mut Program) -> Self {
        let mut index = Self { sheets: SheetNeeds::none(program), ..Self::default() };
        let mut gauges: BTreeMap<Gauge, Needs> = BTreeMap::new();
        let mut terms: BTreeMap<TermId, Vec<RuleId>> = BTreeMap::new();
        let known = program.sparks();
        let besides = program.rules.iter().map(|rule| {
            let sparks = known.get(rule.when.0 as usize)?.as_slice().filter(|_| !program.presumes(rule.when))?;
            program.asked_besides(rule.when, sparks)
        });
        let besides: Vec<Option<Box<[TermId]>>> = besides.collect();
        program.rules.iter_mut().zip(besides).for_each(|(rule, besides)| rule.besides = besides);
        for (id, rule) in (0u32..).map(RuleId).zip(&program.rules) {
            // What counts unanswered questions as yes may say no, and yet be open.
            let sparks = known.get(rule.when.0 as usize).and_then(Sparks::as_slice);
            let sparks = sparks.filter(|_| !program.presumes(rule.when));
            if program.wakes(rule, sparks) {
                index.wakers.push(id);
            }
            let Some(sparks) = sparks else {
                index.always.push(id);
                continue;
            };
            for spark in sparks {
                match spark {
                    Spark::Gauge(gauge, number) => {
                        let settles = rule.besides.is_some();
                        gauges.entry(*gauge).or_default().push(Need { number: *number, rule: id, settles });
                    }
                    Spark::Term(term) => terms.entry(*term).or_default().push(id),
                }
            }
        }
        for (gauge, mut rules) in gauges {
            rules.sort_unstable();
            match gauge {
                Gauge::Score(score) => index.scores.push((score, rules)),
                Gauge::Measure(id) => {
                    let at_most = program.measures.get(id.0 as usize).and_then(|measure| measure.at_most);
                    match at_most.and_then(|role| Some((role, index.sheets.get_mut(role.sheet as usize)?))) {
                        Some((role, sheet)) => sheet.add(role, rules),
                        None => index.measures.push((id, rules)),
                    }
                }
            }
        }
        index.sheets.iter_mut().for_each(SheetNeeds::put_in_order);
        index.terms = terms.into_iter().collect();
        index
    }
}

impl SheetNeeds {
    fn none(program: &Program) -> Vec<Self> {
        let sheets = program.sheets.iter();
        let none = |sheet: &Sheet| Self {
            record: sheet.record,
            one: 0,
            two: 0,
            more: 0,
            needs: vec![Needs::new(); sheet.roles],
        };
        sheets.map(none).collect()
    }

    /// Adds the rules of a measure; others may have been added before.
    fn add(&mut self, role: RoleId, rules: Needs) {
        if let Some(needs) = self.needs.get_mut(role.bit as usize) {
            needs.extend(rules);
        }
    }

    fn put_in_order(&mut self) {
        for (role, needs) in self.needs.iter_mut().enumerate() {
            needs.sort_unstable();
            match needs.first().map(|need| need.number) {
                Some(..=1) => self.one |= 1 << role,
                Some(2) => self.two |= 1 << role,
                Some(_) => self.more |= 1 << role,
                None => {}
            }
        }
    }
}

impl Program {
    /// What each term cannot do without.
    fn sparks(&self) -> Vec<Sparks> {
        let mut known: Vec<Sparks> = Vec::with_capacity(self.terms.len());
        for (id, term) in (0u32..).map(TermId).zip(&self.terms) {
            // The parts of a term come before it.
            let sparks = self.sparks_of(id, term, &known);
            known.push(sparks);
        }
        known
    }

    fn sparks_of(&self, id: TermId, term: &Term, known: &[Sparks]) -> Sparks {
        let of = |part: &TermId| known.get(part.0 as usize);
        let together = |parts: &[TermId]| {
            let all = parts.iter().map(|part| of(part)?.as_slice()).collect::<Option<Vec<&[Spark]>>>();
            let Some(mut sparks) = all.map(|all| all.concat()) else { return Sparks::None };
            sparks.sort_unstable();
            sparks.dedup();
            if sparks.len() > MAX_SPARKS { Sparks::One([Spark::Term(id)]) } else { Sparks::Several(sparks) }
        };
        let gauge = match term {
            // One part will do. The rarest is the best.
            Term::All(parts) => {
                let frequency = |sparks: &[Spark]| sparks.iter().map(|spark| self.frequency(*spark)).sum::<u32>();
                let needed = parts.iter().filter_map(|part| of(part).filter(|sparks| sparks.as_slice().is_some()));
                let rarest = needed.min_by_key(|sparks| sparks.as_slice().map(frequency));
                return rarest.cloned().unwrap_or(Sparks::None);
            }
            Term::Any(parts) => return together(parts),
            Term::HowMany { comparison, number, of } => {
                return comparison.fewest(*number).map_or(Sparks::None, |_| together(of));
            }
            Term::Count(count) => {
                count.comparison.fewest(count.number).map(|fewest| (Gauge::Measure(count.measure), fewest))
            }
            Term::Score { score, is: ScoreIs::Compare(comparison, number) } => {
                comparison.fewest(*number).map(|fewest| (Gauge::Score(*score), fewest))
            }
            _ => None,
        };
        Sparks::One([gauge.map_or(Spark::Term(id), |(gauge, fewest)| Spark::Gauge(gauge, fewest))])
    }

    /// What a condition asks besides the one thing that it cannot do without, where that is a count of records with some role.
    fn asked_besides(&self, term: TermId, sparks: &[Spark]) -> Option<Box<[TermId]>> {
        let [Spark::Gauge(Gauge::Measure(measure), fewest)] = sparks else { return None };
        let is_met = |term: &TermId| match self.terms.get(term.0 as usize) {
            Some(Term::Count(count)) => {
                let role = self.measures.get(count.measure.0 as usize).and_then(|measure| measure.counted);
                let at_least = matches!(count.comparison, Comparison::AtLeast | Comparison::MoreThan);
                role.is_some()
                    && at_least
                    && count.measure == *measure
                    && count.comparison.fewest(count.number) == Some(*fewest)
            }
            _ => false,
        };
        match self.terms.get(term.0 as usize)? {
            Term::All(parts) => {
                let met = parts.iter().position(is_met)?;
                let others = parts.iter().enumerate().filter(|(at, _)| *at != met).map(|(_, part)| *part);
                let mut others: Vec<TermId> = others.collect();
                // One that is not so settles it, so those come first that are answered soonest.
                others.sort_by_key(|part| match self.terms.get(part.0 as usize) {
                    Some(Term::Test(_)) => 0,
                    Some(Term::Count(_)) => 1,
                    _ => 2,
                });
                Some(others.into())
            }
            _ => is_met(&term).then(Box::default),
        }
    }

    /// How often something is there, as a guess. It has no bearing on any answer, only on how soon it comes.
    fn frequency(&self, spark: Spark) -> u32 {
        match spark {
            Spark::Gauge(_, 2..) => 1,
            // What is counted is counted anyway, a fact is looked at just for this.
            Spark::Gauge(..) => 2,
            Spark::Term(term) => match self.terms.get(term.0 as usize) {
                Some(Term::Test(_)) => 3,
                _ => 8,
            },
        }
    }

    fn wakes(&self, rule: &Rule, sparks: Option<&[Spark]>) -> bool {
        let course = |spark: &Spark| match spark {
            Spark::Gauge(Gauge::Measure(id), _) => {
                self.measures.get(id.0 as usize).map_or(Course::STILL, |measure| measure.course)
            }
            Spark::Gauge(Gauge::Score(at), _) => {
                let points = self.scores.get(*at).map(|score| score.points.as_slice()).unwrap_or_default();
                let rises = points.iter().any(|(_, term)| self.course(*term).is_timed());
                Course { rises, falls: rises }
            }
            Spark::Term(term) => self.course(*term),
        };
        self.course(rule.when).rises && sparks.is_none_or(|sparks| sparks.iter().any(|spark| course(spark).rises))
    }
}

impl Comparison {
    /// The fewest with which the comparison can hold, if it does not hold with none.
    fn fewest(self, number: i64) -> Option<i64> {
        let fewest = match self {
            Self::AtLeast | Self::Exactly => number,
            Self::MoreThan => number.saturating_add(1),
            Self::AtMost | Self::FewerThan => 0,
        };
        (fewest > 0).then_some(fewest)
    }
}

//! Which rules are worth asking about a case: most need something that most cases do not have.

use super::ids::{MeasureId, RuleId, TermId};
use super::index::{Index, RecordThresholds, Threshold, Thresholds};
use super::ir::{Ir, Term};
use super::plan::Plan;
use super::record_plan::{MemberBit, RecordPlan};
use super::rule::CompiledRule;
use crate::semantics::Monotonicity;
use crate::semantics::ScoreIs;
use crate::syntax::tree::Comparison;
use std::collections::BTreeMap;

/// Something that rules compare with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Counter {
    Measure(MeasureId),
    Score(usize),
}

/// One thing that a rule may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Trigger {
    Counter(Counter, i64),
    Term(TermId),
}

/// The things of which at least one must be there for the answer to a condition not to be no.
#[derive(Clone, Debug)]
enum Triggers {
    /// Nothing has to be.
    None,
    One([Trigger; 1]),
    Several(Vec<Trigger>),
}

impl Triggers {
    fn as_slice(&self) -> Option<&[Trigger]> {
        match self {
            Self::None => None,
            Self::One(trigger) => Some(trigger),
            Self::Several(triggers) => Some(triggers),
        }
    }
}

/// A condition that could rest on more things than this is asked about itself.
const MAX_TRIGGERS: usize = 32;

/// Files the rules of a policy under what each cannot do without.
pub(super) fn index(ir: &Ir, plan: &Plan, rules: &[CompiledRule]) -> Index {
    Indexer { ir, plan }.index(rules)
}

struct Indexer<'a> {
    ir: &'a Ir,
    plan: &'a Plan,
}

impl Indexer<'_> {
    fn index(&self, rules: &[CompiledRule]) -> Index {
        let mut index = Index { records: RecordThresholds::none(&self.plan.records), ..Index::default() };
        let mut counters: BTreeMap<Counter, Thresholds> = BTreeMap::new();
        let mut terms: BTreeMap<TermId, Vec<RuleId>> = BTreeMap::new();
        let known = self.triggers();
        for (id, rule) in (0u32..).map(RuleId).zip(rules) {
            // What presumes an answer may say no, and yet be open.
            let triggers = known.get(rule.when.0 as usize).and_then(Triggers::as_slice);
            let triggers = triggers.filter(|_| !self.plan.presumes(rule.when));
            if self.wakes(rule, triggers) {
                index.may_become_true.push(id);
            }
            let Some(triggers) = triggers else {
                index.always.push(id);
                continue;
            };
            for trigger in triggers {
                match trigger {
                    Trigger::Counter(counter, number) => {
                        counters.entry(*counter).or_default().push(Threshold { number: *number, rule: id });
                    }
                    Trigger::Term(term) => terms.entry(*term).or_default().push(id),
                }
            }
        }
        for (counter, mut rules) in counters {
            rules.sort_unstable();
            match counter {
                Counter::Score(score) => index.scores.push((score, rules)),
                Counter::Measure(id) => {
                    let at_most = self.plan.measures.get(id.0 as usize).and_then(|measure| measure.at_most);
                    match at_most.and_then(|member| Some((member, index.records.get_mut(member.plan as usize)?))) {
                        Some((member, plan)) => plan.add(member, rules),
                        None => index.measures.push((id, rules)),
                    }
                }
            }
        }
        index.records.iter_mut().flat_map(|plan| &mut plan.needs).for_each(|needs| needs.sort_unstable());
        index.terms = terms.into_iter().collect();
        index
    }

    /// What each term cannot do without.
    fn triggers(&self) -> Vec<Triggers> {
        let mut known: Vec<Triggers> = Vec::with_capacity(self.ir.terms.len());
        for (id, term) in self.ir.terms() {
            // The parts of a term come before it.
            let triggers = self.triggers_of(id, term, &known);
            known.push(triggers);
        }
        known
    }

    fn triggers_of(&self, id: TermId, term: &Term, known: &[Triggers]) -> Triggers {
        let of = |part: &TermId| known.get(part.0 as usize);
        let together = |parts: &[TermId]| {
            let all = parts.iter().map(|part| of(part)?.as_slice()).collect::<Option<Vec<&[Trigger]>>>();
            let Some(mut triggers) = all.map(|all| all.concat()) else { return Triggers::None };
            triggers.sort_unstable();
            triggers.dedup();
            if triggers.len() > MAX_TRIGGERS { Triggers::One([Trigger::Term(id)]) } else { Triggers::Several(triggers) }
        };
        let counter = match term {
            // One part will do. The rarest is the best.
            Term::All(parts) => {
                let frequency =
                    |triggers: &[Trigger]| triggers.iter().map(|trigger| self.frequency(*trigger)).sum::<u32>();
                let needed = parts.iter().filter_map(|part| of(part).filter(|triggers| triggers.as_slice().is_some()));
                let rarest = needed.min_by_key(|triggers| triggers.as_slice().map(frequency));
                return rarest.cloned().unwrap_or(Triggers::None);
            }
            Term::Any(parts) => return together(parts),
            Term::HowMany { comparison, number, of } => {
                return comparison.fewest(**number).map_or(Triggers::None, |_| together(of));
            }
            Term::Count { measure, comparison, number } => {
                comparison.fewest(**number).map(|fewest| (Counter::Measure(*measure), fewest))
            }
            Term::Score { score, is: ScoreIs::Compare(comparison, number) } => {
                comparison.fewest(**number).map(|fewest| (Counter::Score(*score), fewest))
            }
            Term::Score { score, is: ScoreIs::Range { from, not: false, .. } } => {
                Comparison::AtLeast.fewest(**from).map(|fewest| (Counter::Score(*score), fewest))
            }
            _ => None,
        };
        Triggers::One([counter.map_or(Trigger::Term(id), |(counter, fewest)| Trigger::Counter(counter, fewest))])
    }

    /// How often something is there, as a guess. It has no bearing on any answer, only on how soon it comes.
    fn frequency(&self, trigger: Trigger) -> u32 {
        match trigger {
            Trigger::Counter(_, 2..) => 1,
            // What is counted is counted anyway, a fact is looked at just for this.
            Trigger::Counter(..) => 2,
            Trigger::Term(term) => match self.ir.term(term) {
                Some(Term::Test(_)) => 3,
                _ => 8,
            },
        }
    }

    fn wakes(&self, rule: &CompiledRule, triggers: Option<&[Trigger]>) -> bool {
        let monotonicity = |trigger: &Trigger| match trigger {
            Trigger::Counter(Counter::Measure(id), _) => {
                self.plan.measures.get(id.0 as usize).map_or(Monotonicity::CONSTANT, |measure| measure.monotonicity)
            }
            Trigger::Counter(Counter::Score(at), _) => {
                let rises = self.ir.points(*at).iter().any(|(_, term)| self.plan.monotonicity(*term).is_timed());
                Monotonicity { rises, falls: rises }
            }
            Trigger::Term(term) => self.plan.monotonicity(*term),
        };
        self.plan.monotonicity(rule.when).rises
            && triggers.is_none_or(|triggers| triggers.iter().any(|trigger| monotonicity(trigger).rises))
    }
}

impl RecordThresholds {
    fn none(plans: &[RecordPlan]) -> Vec<Self> {
        let none =
            |plan: &RecordPlan| Self { record: plan.record, needed: 0, needs: vec![Thresholds::new(); plan.bits] };
        plans.iter().map(none).collect()
    }

    /// Adds the rules of a measure; others may have been added before.
    fn add(&mut self, member: MemberBit, rules: Thresholds) {
        if let Some(needs) = self.needs.get_mut(member.bit as usize) {
            self.needed |= 1 << member.bit;
            needs.extend(rules);
        }
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

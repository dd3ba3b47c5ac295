//! What rules may make certain together: unknown things of which every way to turn out may let some rule apply.
//!
//! `eval/split.rs` goes through the ways of such a thing while it decides. Of most things one way helps no rule at all (no
//! injury, no earlier call), and the conditions alone tell; those are left out here, once for each policy.

use super::ids::{MeasureId, TermId};
use super::ir::{Ir, Term};
use super::rule::CompiledRule;
use crate::check::Effect;
use crate::model::{FactId, OutcomeId, Truth, Type, Value, Vocabulary};
use crate::semantics::{Monotonicity, Narrowed, ScoreIs, Subject, Test};
use std::collections::{BTreeMap, BTreeSet};

/// How many steps are taken in one decision to find what rules of one policy make certain together before giving up: more
/// would make it take too long.
pub const MOST_STEPS: usize = 1_000_000;

/// More readings than this of what *since the latest* means are not followed up: the answer is unknown.
pub const MAX_READINGS: usize = 100;

/// One unknown thing, in the order in which they are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pivot {
    Fact(FactId),
    Score(usize),
    Measure(MeasureId),
    Term(TermId),
}

/// Things and the conditions that read them.
pub(super) type Pivots = Vec<(Pivot, Vec<TermId>)>;

/// The most steps that it takes, at one moment, to go through every way of these things.
pub(super) fn most_steps(pivots: &Pivots, rules: &[CompiledRule], terms: usize) -> u64 {
    let steps = pivots.iter().map(|(pivot, readers)| {
        let read = readers.len() as u64;
        let ways = match pivot {
            Pivot::Term(_) => 2,
            // A number on, just below and above each that it is compared with; each of 64 values; or sets of flags.
            Pivot::Fact(_) => (3 * read + 2).max(64).max(1 << read.min(12)),
            Pivot::Score(_) | Pivot::Measure(_) => 3 * read + 2,
        };
        ways.saturating_mul(read + rules.len() as u64 + terms as u64)
    });
    let layers = rules.iter().map(|rule| rule.layer as u64 + 1).max().unwrap_or(0);
    steps.fold(0, u64::saturating_add).min(MOST_STEPS as u64).saturating_mul(layers)
}

/// What an unknown fact may be, of a policy that was written in earlier words.
pub(super) fn narrowed(vocabulary: &Vocabulary, earlier: Option<&Vocabulary>, fact: FactId) -> Narrowed {
    let (Some(earlier), Some(now)) = (earlier, vocabulary.call.get(fact.index())) else { return Narrowed::default() };
    Narrowed::to(earlier.call.iter().find(|known| known.name == now.name).map(|known| &known.ty), &now.ty)
}

/// Finds them for the rules of a policy, each its condition and what it gives.
pub(super) struct PivotFinder<'a> {
    pub ir: &'a Ir,
    pub rules: &'a [(TermId, &'a [Effect])],
    pub floors: &'a [(OutcomeId, FactId)],
}

impl PivotFinder<'_> {
    /// The things of which each way to turn out may let some rule apply, and the conditions that read them.
    ///
    /// Answers in three values grow with those of their parts, so a rule that is open comes to apply only by an answer that
    /// helps it. A thing is left out where no condition that reads it has such an answer in some way: the least of a number
    /// helps only what wants less of it.
    ///
    /// `earlier` are the words that the policy was written in, where it is read under others: what a fact could not be then it is not here.
    pub(super) fn pivots(&self, vocabulary: &Vocabulary, earlier: Option<&Vocabulary>) -> Pivots {
        let helps = self.helping();
        let mut readers: BTreeMap<Pivot, Vec<(TermId, Monotonicity)>> = BTreeMap::new();
        for ((id, term), helps) in self.ir.terms().zip(helps) {
            if helps == Monotonicity::CONSTANT {
                continue;
            }
            let pivot = match term {
                Term::Test(Test { subject: Subject::Fact(fact), .. }) => Some(Pivot::Fact(*fact)),
                Term::Score { score, .. } => Some(Pivot::Score(*score)),
                Term::Count { measure, .. } => Some(Pivot::Measure(*measure)),
                _ => None,
            };
            for pivot in pivot.into_iter().chain([Pivot::Term(id)]) {
                readers.entry(pivot).or_default().push((id, helps));
            }
        }
        let raising = self.raising_facts();
        let may_help = |(pivot, readers): &(Pivot, Vec<(TermId, Monotonicity)>)| match pivot {
            Pivot::Term(_) => readers.iter().any(|(_, helps)| *helps == Monotonicity::ANY),
            Pivot::Fact(fact) => {
                let narrowed = narrowed(vocabulary, earlier, *fact);
                let ty = vocabulary.call.get(fact.index()).map(|fact| &fact.ty);
                ty.is_some_and(|ty| self.each_value_helps((ty, &narrowed), raising.contains(fact), readers))
            }
            Pivot::Score(_) | Pivot::Measure(_) => self.both_ends_help(readers),
        };
        let pivots = readers.into_iter().filter(may_help);
        pivots.map(|(pivot, readers)| (pivot, readers.into_iter().map(|(id, _)| id).collect())).collect()
    }

    /// For each condition how its answer would have to move for a rule to apply: that it rises where a yes, or more of a number,
    /// may help one, and that it falls where a no, or less, may.
    fn helping(&self) -> Vec<Monotonicity> {
        let mut helping = vec![Monotonicity::CONSTANT; self.ir.terms.len()];
        let add = |term: TermId, helps: Monotonicity, helping: &mut Vec<Monotonicity>| {
            if let Some(known) = helping.get_mut(term.0 as usize) {
                *known = known.with(helps);
            }
        };
        for (when, _) in self.rules {
            add(*when, Monotonicity { rises: true, falls: false }, &mut helping);
        }
        // The parts of a condition come before it.
        for (at, term) in self.ir.terms.iter().enumerate().rev() {
            let helps = helping.get(at).copied().unwrap_or_default();
            if helps == Monotonicity::CONSTANT {
                continue;
            }
            match term {
                Term::All(parts) | Term::Any(parts) => parts.iter().for_each(|part| add(*part, helps, &mut helping)),
                Term::Not(part) => add(*part, helps.turned(), &mut helping),
                Term::Presumed(part) => add(*part, helps, &mut helping),
                Term::HowMany { comparison, of, .. } => {
                    of.iter().for_each(|part| add(*part, helps.compared(*comparison), &mut helping));
                }
                Term::Score { score, is } => {
                    let helps = self.helps_score(*score, is, helps);
                    for (points, point) in self.ir.points(*score) {
                        add(*point, if **points < 0 { helps.turned() } else { helps }, &mut helping);
                    }
                }
                Term::Test(_) | Term::Count { .. } | Term::Latest { .. } | Term::Trend { .. } => {}
            }
        }
        helping
    }

    /// Whether more points may help, and whether fewer may, where these answers to a condition about a score may.
    fn helps_score(&self, score: usize, is: &ScoreIs, helps: Monotonicity) -> Monotonicity {
        is.needs(helps, self.ir.bands(score))
    }

    /// The facts whose value is itself the least that some outcome can be.
    fn raising_facts(&self) -> BTreeSet<FactId> {
        let raised = self.rules.iter().flat_map(|(_, effects)| effects.iter()).filter_map(|effect| match effect {
            Effect::RaiseTo { fact, .. } => Some(*fact),
            Effect::Raise { .. } | Effect::Figure { .. } | Effect::Deadline { .. } => None,
        });
        raised.chain(self.floors.iter().map(|(_, fact)| *fact)).collect()
    }

    /// Whether each value of a fact may help a rule. `raises` where every value but the lowest raises an outcome by itself.
    fn each_value_helps(
        &self,
        (ty, narrowed): (&Type, &Narrowed),
        raises: bool,
        readers: &[(TermId, Monotonicity)],
    ) -> bool {
        let helped_by = |value: Value| {
            readers.iter().any(|(id, helps)| match self.ir.term(*id) {
                Some(Term::Test(test)) => match test.predicate.of_value(&value) {
                    Some(Truth::Yes) => helps.rises,
                    Some(Truth::No) => helps.falls,
                    Some(Truth::Unknown) => false,
                    None => true,
                },
                _ => true,
            })
        };
        match ty {
            Type::YesNo => [true, false].map(Value::YesNo).into_iter().all(helped_by),
            Type::Choice { values, .. } => {
                let places = narrowed.places(values.len()).into_iter().take(if raises { 1 } else { usize::MAX });
                places.map(Value::Choice).all(helped_by)
            }
            // One condition may be so at both ends: `is at least 0`, `is not from 1 to 3`.
            Type::Number { range } => {
                let (least, most) = narrowed.ends(*range);
                self.both_ends_help(readers) || [least, most].map(Value::Number).into_iter().all(helped_by)
            }
            Type::Duration => {
                self.both_ends_help(readers) || [0, i64::MAX].map(Value::Duration).into_iter().all(helped_by)
            }
            // So may one of flags: `include at most 3` of three.
            Type::Flags { values } => {
                let all = narrowed.bits(values.len());
                self.both_ends_help(readers) || [0, all].map(Value::Flags).into_iter().all(helped_by)
            }
            Type::Time { .. } | Type::Text | Type::Identity { .. } | Type::Link { .. } => false,
        }
    }

    /// Whether some condition wants more of what is read, and some wants less, or answers of both kinds help.
    fn both_ends_help(&self, readers: &[(TermId, Monotonicity)]) -> bool {
        if let [(_, helps)] = readers {
            return *helps == Monotonicity::ANY;
        }
        let wants = |(id, helps): &(TermId, Monotonicity)| match self.ir.term(*id) {
            Some(Term::Count { comparison, .. }) => helps.compared(*comparison),
            Some(Term::Score { score, is }) => self.helps_score(*score, is, *helps),
            Some(Term::Test(test)) => helps.of_answers(test.predicate.form().growth()),
            _ => Monotonicity::ANY,
        };
        let wanted = readers.iter().map(wants).fold(Monotonicity::CONSTANT, Monotonicity::with);
        let helping = readers.iter().fold(Monotonicity::CONSTANT, |all, (_, helps)| all.with(*helps));
        wanted == Monotonicity::ANY || helping == Monotonicity::ANY
    }
}

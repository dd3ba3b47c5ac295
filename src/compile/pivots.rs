//! What rules may make certain together: unknown things of which every way to turn out may let some rule apply.
//!
//! `eval/split.rs` goes through the ways of such a thing while it decides. Of most things one way helps no rule at all (no
//! injury, no earlier call), and the conditions alone tell; those are left out here, once for each policy.

use super::ids::TermId;
use super::program::{Pivot, Program, Term};
use crate::check::{Effect, Predicate, ScoreIs, Subject, Test};
use crate::model::{FactId, Truth, Type, Value, Vocabulary};
use crate::syntax::tree::Comparison;
use std::collections::{BTreeMap, BTreeSet};

/// How many steps are taken in one decision to find what rules of one policy make certain together before giving up: more
/// would make it take too long.
pub const MOST_STEPS: usize = 1_000_000;

/// Which answers of a condition may let a rule apply that would not otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Helps {
    yes: bool,
    no: bool,
}

impl Helps {
    const EITHER: Self = Self { yes: true, no: true };

    fn with(self, other: Self) -> Self {
        Self { yes: self.yes || other.yes, no: self.no || other.no }
    }

    fn turned(self) -> Self {
        Self { yes: self.no, no: self.yes }
    }

    /// The same for a number that is compared: whether more of it may help, and whether less may.
    fn compared(self, comparison: Comparison) -> Self {
        match comparison {
            Comparison::AtLeast | Comparison::MoreThan => self,
            Comparison::AtMost | Comparison::FewerThan => self.turned(),
            Comparison::Exactly => Self::EITHER,
        }
    }
}

impl Program {
    /// The things of which each way to turn out may let some rule apply, and the conditions that read them.
    ///
    /// Answers in three values grow with those of their parts, so a rule that is open comes to apply only by an answer that
    /// helps it. A thing is left out where no condition that reads it has such an answer in some way: the least of a number
    /// helps only what wants less of it.
    pub(super) fn find_pivots(&mut self, vocabulary: &Vocabulary) {
        let helps = self.helping();
        let mut readers: BTreeMap<Pivot, Vec<(TermId, Helps)>> = BTreeMap::new();
        for ((id, term), helps) in (0u32..).map(TermId).zip(&self.terms).zip(helps) {
            if helps == Helps::default() {
                continue;
            }
            let pivot = match term {
                Term::Test(Test { subject: Subject::Fact(fact), .. }) => Some(Pivot::Fact(*fact)),
                Term::Score { score, .. } => Some(Pivot::Score(*score)),
                Term::Count(count) => Some(Pivot::Measure(count.measure)),
                _ => None,
            };
            for pivot in pivot.into_iter().chain([Pivot::Term(id)]) {
                readers.entry(pivot).or_default().push((id, helps));
            }
        }
        let raising = self.raising_facts();
        let may_help = |(pivot, readers): &(Pivot, Vec<(TermId, Helps)>)| match pivot {
            Pivot::Term(_) => readers.iter().any(|(_, helps)| *helps == Helps::EITHER),
            Pivot::Fact(fact) => {
                let ty = vocabulary.call.get(fact.index()).map(|fact| &fact.ty);
                ty.is_some_and(|ty| self.each_value_helps(ty, raising.contains(fact), readers))
            }
            Pivot::Score(_) | Pivot::Measure(_) => self.both_ends_help(readers),
        };
        let pivots = readers.into_iter().filter(may_help);
        self.pivots = pivots.map(|(pivot, readers)| (pivot, readers.into_iter().map(|(id, _)| id).collect())).collect();
    }

    /// The most steps that it takes, at one moment, to go through every way of these things.
    pub(super) fn steps_of_pivots(&self) -> u64 {
        let steps = self.pivots.iter().map(|(pivot, readers)| {
            let read = readers.len() as u64;
            let ways = match pivot {
                Pivot::Term(_) => 2,
                // A number on, just below and above each that it is compared with; each of 64 values; or sets of flags.
                Pivot::Fact(_) => (3 * read + 2).max(64).max(1 << read.min(12)),
                Pivot::Score(_) | Pivot::Measure(_) => 3 * read + 2,
            };
            ways.saturating_mul(read + self.rules.len() as u64 + self.terms.len() as u64)
        });
        let layers = self.rules.iter().map(|rule| rule.layer as u64 + 1).max().unwrap_or(0);
        steps.fold(0, u64::saturating_add).min(MOST_STEPS as u64).saturating_mul(layers)
    }

    /// For each condition which of its answers may help a rule.
    fn helping(&self) -> Vec<Helps> {
        let mut helping = vec![Helps::default(); self.terms.len()];
        let add = |term: TermId, helps: Helps, helping: &mut Vec<Helps>| {
            if let Some(known) = helping.get_mut(term.0 as usize) {
                *known = known.with(helps);
            }
        };
        for rule in &self.rules {
            add(rule.when, Helps { yes: true, no: false }, &mut helping);
        }
        // The parts of a condition come before it.
        for (at, term) in self.terms.iter().enumerate().rev() {
            let helps = helping.get(at).copied().unwrap_or_default();
            if helps == Helps::default() {
                continue;
            }
            match term {
                Term::All(parts) | Term::Any(parts) => parts.iter().for_each(|part| add(*part, helps, &mut helping)),
                Term::Not(part) => add(*part, helps.turned(), &mut helping),
                Term::HowMany { comparison, of, .. } => {
                    of.iter().for_each(|part| add(*part, helps.compared(*comparison), &mut helping));
                }
                Term::Score { score, is } => {
                    let helps = self.helps_score(*score, is, helps);
                    let points = self.scores.get(*score).map(|score| score.points.as_slice()).unwrap_or_default();
                    for (points, point) in points {
                        add(*point, if *points < 0 { helps.turned() } else { helps }, &mut helping);
                    }
                }
                Term::Test(_) | Term::Count(_) | Term::Latest(_) | Term::Closer { .. } | Term::Gap(_) => {}
            }
        }
        helping
    }

    /// Whether more points may help, and whether fewer may, where these answers to a condition about a score may.
    fn helps_score(&self, score: usize, is: &ScoreIs, helps: Helps) -> Helps {
        match is {
            ScoreIs::Compare(comparison, _) => helps.compared(*comparison),
            ScoreIs::In { bands, not } => {
                let helps = if *not { helps.turned() } else { helps };
                let count = self.scores.get(score).map_or(0, |score| score.bands.len());
                let all =
                    u32::try_from(count).ok().and_then(|count| 1u64.checked_shl(count)).unwrap_or(0).wrapping_sub(1);
                // The lowest bands together have the lowest bits, without a gap.
                let are_lowest = |bands: u64| bands & bands.wrapping_add(1) == 0;
                match (are_lowest(*bands), are_lowest(all & !bands)) {
                    (true, false) => helps.turned(),
                    (false, true) => helps,
                    _ => Helps::EITHER,
                }
            }
        }
    }

    /// The facts whose value is itself the least that some outcome can be.
    fn raising_facts(&self) -> BTreeSet<FactId> {
        let raised = self.rules.iter().flat_map(|rule| rule.effects.iter()).filter_map(|effect| match effect {
            Effect::RaiseTo { fact, .. } => Some(*fact),
            Effect::Raise { .. } | Effect::Deadline { .. } => None,
        });
        raised.chain(self.floors.iter().map(|(_, fact)| *fact)).collect()
    }

    /// Whether each value of a fact may help a rule. `raises` where every value but the lowest raises an outcome by itself.
    fn each_value_helps(&self, ty: &Type, raises: bool, readers: &[(TermId, Helps)]) -> bool {
        let helped_by = |value: Value| {
            readers.iter().any(|(id, helps)| match self.terms.get(id.0 as usize) {
                Some(Term::Test(test)) => match test.predicate.of_value(&value) {
                    Some(Truth::Yes) => helps.yes,
                    Some(Truth::No) => helps.no,
                    Some(Truth::Unknown) => false,
                    None => true,
                },
                _ => true,
            })
        };
        match ty {
            Type::YesNo => [true, false].map(Value::YesNo).into_iter().all(helped_by),
            Type::Choice { values, .. } => {
                let values = (0u16..).zip(values).take(if raises { 1 } else { usize::MAX });
                values.map(|(at, _)| Value::Choice(at)).all(helped_by)
            }
            Type::Number { .. } | Type::Duration | Type::Flags { .. } => self.both_ends_help(readers),
            Type::Time { .. } | Type::Text | Type::Identity { .. } | Type::Link { .. } => false,
        }
    }

    /// Whether some condition wants more of what is read, and some wants less, or answers of both kinds help.
    fn both_ends_help(&self, readers: &[(TermId, Helps)]) -> bool {
        if let [(_, helps)] = readers {
            return *helps == Helps::EITHER;
        }
        let wants = |(id, helps): &(TermId, Helps)| match self.terms.get(id.0 as usize) {
            Some(Term::Count(count)) => helps.compared(count.comparison),
            Some(Term::Score { score, is }) => self.helps_score(*score, is, *helps),
            Some(Term::Test(Test { predicate: Predicate::Compare(comparison, _), .. })) => helps.compared(*comparison),
            Some(Term::Test(Test { predicate: Predicate::Include { .. }, .. })) => *helps,
            Some(Term::Test(Test { predicate: Predicate::Exclude { .. }, .. })) => helps.turned(),
            _ => Helps::EITHER,
        };
        let wanted = readers.iter().map(wants).fold(Helps::default(), Helps::with);
        let helping = readers.iter().fold(Helps::default(), |all, (_, helps)| all.with(*helps));
        wanted == Helps::EITHER || helping == Helps::EITHER
    }
}

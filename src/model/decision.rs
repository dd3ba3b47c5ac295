//! What a policy says of a case: the evaluator's only output.

use super::OutcomeId;
use super::level::{Effects, Level, Outcomes};
use crate::syntax::tree::Party;
use crate::time::Instant;

/// The answer to one case under one policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The call's own id.
    pub case: String,
    /// The policy that it was decided under.
    pub policy: PolicyRef,
    /// Whether others may hear what the caller says and is asked.
    pub overheard: bool,
    /// What is certain: never less than this, whatever the unknown facts turn out to be
    /// (save rules that apply unless known otherwise, which are marked).
    pub outcome: Outcomes,
    /// The most that the unknown facts could still make it. Where one side of an `either` stands only because nothing is
    /// known otherwise, the other side, if it may still be.
    pub possible: Outcomes,
    /// The outcomes that say what they are called where no rule applies, and to which none adds.
    pub unassessed: Vec<Unassessed>,
    /// The rules that apply, in the order of their names.
    pub fired: Vec<Fired>,
    /// The rules that may apply or not, in the order of their names.
    pub undecided: Vec<Undecided>,
    /// What is certain although no single rule is: whatever turns out, one of several applies.
    pub together: Vec<Together>,
    /// Rules that lack one thing to apply.
    pub near: Vec<Near>,
    /// What to find out, the weightiest first.
    pub questions: Vec<Question>,
    /// When the outcome changes by itself, soonest first, within 60 days.
    pub until: Vec<Until>,
    /// What rules without effect would have done.
    pub trial: Vec<Trial>,
    /// What a person should know about how the case was read or decided.
    pub warnings: Vec<Warning>,
    /// Both sides of the outcome, where they were asked for.
    pub explanation: Option<Explanation>,
}

/// What the outcome rests on, and what it lacks to be higher.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explanation {
    /// For the first outcome of the vocabulary alone, and for all of them together.
    pub enough: Vec<Enough>,
    /// For each higher value of the first outcome, lowest first.
    pub misses: Vec<Miss>,
    /// Whether there was too much to try it all, so that there may be nearer ones.
    pub misses_cut_short: bool,
}

/// Facts that alone give an outcome, whatever else is known or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Enough {
    /// The outcome that they give; all together for `None`.
    pub outcome: Option<OutcomeId>,
    /// The facts and records.
    pub grounds: Vec<Ground>,
    /// Whether no smaller set is enough. Else none of these can be left out, but there may be a smaller set of others.
    pub smallest: bool,
    /// How many other facts and records are known, and made no difference.
    pub idle_facts: usize,
    /// How many other records are known, and made no difference.
    pub idle_records: usize,
}

/// Something known that an outcome rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground {
    /// Where it stands in the case: `call.injury`, `history.calls[2]`, or `history.calls` for a list that is whole.
    pub about: String,
    /// The record's id.
    pub id: Option<String>,
    /// What is known there, in words.
    pub says: String,
}

/// The fewest changes to what is known that would reach a higher value.
#[derive(Clone, Debug, PartialEq)]
pub struct Miss {
    /// The outcome that would be raised.
    pub outcome: OutcomeId,
    /// The level that would be reached, at least.
    pub reaches: Level,
    /// The rule that would raise it.
    pub rule: String,
    /// What would have to be otherwise.
    pub changes: Vec<NeededChange>,
    /// The first second at which these changes, made then, would no longer be enough; `None` when that does not come
    /// within 60 days or does not depend on the clock.
    pub before: Option<Instant>,
    /// Whether it is the nearest of those that only take more records, rather than the nearest of all.
    pub more_records_alone: bool,
}

/// One change to what is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeededChange {
    /// Where it stands in the case; the list for one more record.
    pub about: String,
    /// What would be so instead, in words.
    pub says: String,
}

/// The policy that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRef {
    /// Its name, as its heading says.
    pub name: String,
    /// `sha256:` and the digest of what the policy means.
    pub digest: String,
}

/// A rule that applies.
#[derive(Clone, Debug, PartialEq)]
pub struct Fired {
    /// Its name.
    pub rule: String,
    /// What it gives as its reason, with numbers and ids filled in.
    pub because: String,
    /// What it alone adds.
    pub adds: Effects,
    /// Ids of the records counted, oldest first.
    pub evidence: Vec<String>,
    /// Paths of the unknown facts, for a rule that applies only because nothing is known otherwise.
    pub presumed: Vec<String>,
}

/// A rule that may or may not apply.
#[derive(Clone, Debug, PartialEq)]
pub struct Undecided {
    /// Its name.
    pub rule: String,
    /// Paths of the unknown facts.
    pub unknown: Vec<String>,
}

/// Rules that are open one by one, of which enough apply whatever turns out.
#[derive(Clone, Debug, PartialEq)]
pub struct Together {
    /// Their names.
    pub rules: Vec<String>,
    /// What they give at least.
    pub adds: Effects,
}

/// A rule that does not apply but lacks one thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Near {
    /// Its name.
    pub rule: String,
    /// What it lacks, in words.
    pub needs: String,
}

/// Something to find out, since an answer could change the outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The question as it is asked.
    pub ask: String,
    /// Who can answer it.
    pub of: Party,
    /// Whether it may be put to a caller whom others may hear.
    pub safe_if_overheard: bool,
    /// Path of the fact that the answer fills.
    pub about: String,
    /// What the outcome could become.
    pub raises: Effects,
    /// What an answer could take back, since it is said only because nothing is known otherwise.
    pub undoes: Effects,
}

/// A moment at which the outcome changes if nothing else is learnt, and what it becomes.
#[derive(Clone, Debug, PartialEq)]
pub struct Until {
    /// The first second of it.
    pub at: Instant,
    /// Every outcome from then on.
    pub outcome: Outcomes,
    /// Those to which no rule adds then.
    pub unassessed: Vec<Unassessed>,
}

/// An outcome to which no rule adds that applies, and which is never below anything known: it stands at its least because
/// nothing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unassessed {
    /// The outcome.
    pub outcome: OutcomeId,
    /// Whether a rule may still add to it, or the fact below which it never goes is not known.
    pub open: bool,
}

/// A side of an outcome of two that rules say, and that does not hold because the other wins.
#[derive(Clone, Debug, PartialEq)]
pub struct Outvoted<'d> {
    /// The outcome.
    pub outcome: OutcomeId,
    /// The side that does not hold.
    pub side: Level,
    /// The rules that say it.
    pub rules: Vec<&'d str>,
    /// The side that wins.
    pub wins: Level,
    /// The rules that say that; none where it is what open rules give together.
    pub by: Vec<&'d str>,
}

/// The sides that lose, of an outcome and what each rule that applies adds to it.
pub fn outvoted<'d>(
    outcome: &Outcomes,
    adds: impl Iterator<Item = (&'d str, OutcomeId, Level)> + Clone,
) -> Vec<Outvoted<'d>> {
    let of = |outcome: OutcomeId, wins: Level| {
        let side = wins.loser()?;
        let said = |level: Level| {
            adds.clone().filter(move |(_, of, said)| *of == outcome && *said == level).map(|(rule, ..)| rule).collect()
        };
        let rules: Vec<&str> = said(side);
        (!rules.is_empty()).then(|| Outvoted { outcome, side, rules, wins, by: said(wins) })
    };
    (0u16..).map(OutcomeId).zip(&outcome.0).filter_map(|(id, wins)| of(id, *wins)).collect()
}

impl Decision {
    /// The sides of outcomes of two that some rule says and that do not hold, since the other side wins.
    pub fn outvoted(&self) -> Vec<Outvoted<'_>> {
        let adds = self
            .fired
            .iter()
            .flat_map(|fired| fired.adds.0.iter().map(|(outcome, level)| (fired.rule.as_str(), *outcome, *level)));
        outvoted(&self.outcome, adds)
    }

    /// What is known of an outcome to which no rule adds.
    pub fn unassessed(&self, outcome: OutcomeId) -> Option<Unassessed> {
        self.unassessed.iter().find(|it| it.outcome == outcome).copied()
    }
}

/// What a rule on trial, or one that is suspended, would have done.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Its name.
    pub rule: String,
    /// Whether it applies for certain, or may.
    pub certain: bool,
    /// The last second of its suspension, for a rule that is suspended.
    pub suspended_until: Option<Instant>,
    /// What it gives as its reason.
    pub because: String,
    /// Ids of the records counted, oldest first.
    pub evidence: Vec<String>,
    /// What it would have added.
    pub would: Effects,
}

/// Something a person should know about how the case was read or decided. Ids only, never facts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Warning {
    /// A record is later than the call, so it is left out.
    LaterThanCall {
        /// The key of its list.
        list: String,
        /// Its id.
        id: String,
    },
    /// This call is among the records of calls, so it is left out there.
    ThisCallInHistory {
        /// The key of the list.
        list: String,
    },
    /// A record that was given more than once, and in which fields what was given differs.
    ListedTwice {
        /// The key of their list.
        list: String,
        /// Their id.
        id: String,
        /// The names of those fields.
        differs: Vec<String>,
    },
    /// A link to a record that the history does not hold.
    LinkNotFound {
        /// The id that is linked to.
        id: String,
        /// Where the link stands in the case.
        path: String,
    },
    /// A deadline runs past the days for which its calendar is complete.
    CalendarIncomplete {
        /// The calendar's name.
        calendar: String,
        /// The rule's name.
        rule: String,
    },
    /// Whether a day is one of a calendar's was asked of a day for which the calendar is not complete.
    CalendarUnknown {
        /// The calendar's name.
        calendar: String,
    },
    /// Too many moments of change to work them all out.
    UntilCutShort,
    /// Too many ways in which the unknown may turn out to go through them all.
    TogetherCutShort,
    /// A rule waits for more fields of records than are listed.
    UnknownNotListed {
        /// The rule's name.
        rule: String,
        /// How many are not listed.
        more: usize,
    },
    /// A key that the vocabulary does not have, where the reader was told to let it pass.
    UnknownKey {
        /// Where it stands in the case.
        path: String,
    },
    /// A value that cannot be used, where the reader was told to take such values as not known.
    ValueNotKnown {
        /// Where it stands in the case.
        path: String,
    },
    /// A record without an id and a time that can be used, in the same circumstances.
    RecordLeftOut {
        /// The key of the list.
        list: String,
    },
}

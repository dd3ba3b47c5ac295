//! A band that a higher score loses: `band-alone`.
//!
//! A rule that sets a grade or a deadline for one band of a score by `is`, where the band is neither the lowest nor the highest, and
//! no other rule asks about the score.
//!
//! While answers are missing a score is only known to lie between two sums. Once it is certain that it reaches the band, and
//! an open answer could still lift it beyond, `is` is neither yes nor no, and the rule does not speak: the caller
//! in more danger waits for an answer. `is at least` is certain from the moment at which the band is reached. A grade or a
//! deadline can only rise, so that nothing is lost where the score turns out higher.
//!
//! ```heed
//! score signs "Signs of danger"
//!   points:
//!     - 1 when strangulation is yes
//!     - 1 when suspect-present is yes
//!     - 1 when injury is serious
//!   bands:
//!     - 0: few
//!     - 1 to 2: some
//!     - 3: many
//!   source "Local policy"
//!
//! rule some-signs "Some signs"
//!   when signs is some
//!   then grade at least priority
//!   because "There are signs of danger"
//!   source "Local policy"
//! ```
//!
//! Ask for the number with which the band begins:
//!
//! ```heed
//! score signs "Signs of danger"
//!   points:
//!     - 1 when strangulation is yes
//!     - 1 when suspect-present is yes
//!     - 1 when injury is serious
//!   bands:
//!     - 0: few
//!     - 1 to 2: some
//!     - 3: many
//!   source "Local policy"
//!
//! rule some-signs "Some signs"
//!   when signs is at least 1
//!   then grade at least priority
//!   because "There are signs of danger"
//!   source "Local policy"
//! ```

use super::super::policy::{Effect, Policy};
use super::sites::Site;
use crate::model::Level;
use crate::semantics::{Condition, ScoreId, ScoreIs, Use};
use crate::text::Diagnostic;

pub(super) fn band_alone(site: &Site<'_>) -> Option<Diagnostic> {
    let only_rise = |effect: &Effect| match effect {
        Effect::Raise { level, .. } => {
            matches!(level, Level::Highest(_) | Level::HighestNumber(_) | Level::LowestNumber(_))
        }
        Effect::RaiseTo { .. } | Effect::Figure { .. } | Effect::Deadline { .. } => true,
    };
    let Condition::Score { score: id, is: ScoreIs::In { bands, not: false } } = site.condition else { return None };
    let score = site.policy.score(*id)?;
    if score.unanswered_as_yes || !site.rule?.effects.iter().all(only_rise) {
        return None;
    }
    // What rules for several bands give together is certain as soon as each of them would give it.
    let mut others = site.policy.rules.iter().filter(|other| Some(other.at) != site.rule.map(|rule| rule.at));
    if others.any(|other| asks(site.policy, &other.when, *id)) {
        return None;
    }
    let is_asked =
        |at: usize| u32::try_from(at).ok().and_then(|at| bands.checked_shr(at)).is_some_and(|bit| bit & 1 == 1);
    let asked = || score.bands.iter().enumerate().filter(|(at, _)| is_asked(*at)).map(|(_, band)| band);
    let from = asked().map(|band| *band.from).min().filter(|from| *from > 0)?;
    let highest = asked().map(|band| *band.from).max()?;
    let (_, most) = score.reach;
    let reached = score.bands.iter().filter(|band| *band.from > highest && *band.from <= most);
    let above = reached.min_by_key(|band| *band.from)?;
    let message =
        format!("this is not certain while an open answer could still make `{}` `{}`", score.name, above.name);
    Some(
        Diagnostic::warning("band-alone", site.at, message)
            .help(format!("write `{} is at least {from}`, which is certain as soon as it is reached", score.name))
            .help("what the rule gives only rises, so that it does no harm where the score is higher"),
    )
}

fn asks(policy: &Policy, condition: &Condition, wanted: ScoreId) -> bool {
    condition.uses().into_iter().any(|used| match used {
        Use::Part(part, _) => asks(policy, part, wanted),
        Use::Definition(id) => policy.definition(id).is_some_and(|it| asks(policy, &it.condition, wanted)),
        Use::Score(score) => score == wanted,
        Use::Test(_) | Use::Selection(_) | Use::Field(..) => false,
    })
}

//! Checks invariants: where they bear, and what each decision must then give, or must not.

use super::names::{Checker, NameScope};
use super::once::{Once, no_effect};
use super::policy::{Effect, Invariant, Modality, SettingRange, SettingValue};
use super::symbols::{Namespace, Symbol, SymbolKind};
use crate::model::OutcomeKind;
use crate::syntax;
use crate::syntax::tree::{self, EffectValue, InvariantItem, InvariantLine, Item, Line};
use crate::text::{Diagnostic, Span};

impl<'a> Checker<'a, '_> {
    pub(super) fn check_invariants(&mut self, items: &[(&str, &'a Line<Item>)]) {
        let found = items.iter().filter_map(|(policy, item)| match &item.node {
            Item::Invariant(invariant) => Some((*policy, invariant)),
            _ => None,
        });
        let mut found: Vec<(&str, &'a InvariantItem)> = found.collect();
        found.sort_by(|(_, one), (_, other)| one.name.text.cmp(&other.name.text));
        for (policy, item) in found {
            if self.declare_invariant(policy, &item.name) {
                let invariant = self.invariant(policy, item);
                self.policy.invariants.extend(invariant);
            }
        }
    }

    fn declare_invariant(&mut self, policy: &str, name: &tree::Word) -> bool {
        let (rank, at) = (self.ranks.of_policy(policy), Some(name.at.0));
        let symbol = Symbol { kind: SymbolKind::Invariant, name: name.text.clone(), at, rank };
        let Some(problem) = self.symbols.declare(Namespace::Invariants, symbol) else { return true };
        let mut known = self.policy.invariants.iter();
        let of_base = known.any(|known| known.name == name.text && known.policy != policy);
        self.problems.push(match of_base {
            true => problem.help("what the base states holds for this policy as it stands"),
            false => problem,
        });
        false
    }

    fn invariant(&mut self, policy: &str, item: &'a InvariantItem) -> Option<Invariant> {
        self.check_invariant_lines(item);
        let mut whole = !self.lost.anything_under(item.name.at.0);
        let (mut condition, mut demands, mut modality) = (None, Vec::new(), Modality::Always);
        let mut sources = Vec::new();
        for line in &item.lines {
            match &line.node {
                InvariantLine::Whenever(written) => condition = self.condition(written, NameScope::Call),
                InvariantLine::Then(written) => match self.demands(written, Modality::Always) {
                    Some(found) => demands.extend(found),
                    None => whole = false,
                },
                InvariantLine::Never(written) => {
                    modality = Modality::Never;
                    match self.demands(written, Modality::Never) {
                        Some(found) => demands.extend(found),
                        None => whole = false,
                    }
                }
                InvariantLine::Source(text) => sources.push(text.value.clone()),
                InvariantLine::Help(_) => {}
            }
        }
        let condition = condition.filter(|_| whole)?;
        let title = item.title.as_ref().map_or_else(|| item.name.text.clone(), |title| title.value.clone());
        let (name, policy, at) = (item.name.text.clone(), policy.to_owned(), item.name.at.0);
        Some(Invariant { name, title, condition, modality, demands, sources, policy, at })
    }

    /// Says which lines an invariant lacks, or has twice.
    fn check_invariant_lines(&mut self, item: &InvariantItem) {
        let mut once = Once::under("this invariant");
        let mut demand: Option<(&str, Span)> = None;
        for line in &item.lines {
            let at = line.at.0;
            let (word, effects) = match &line.node {
                InvariantLine::Help(_) => {
                    let help =
                        "an invariant has one text, which stands after its name; for a remark write a comment with `#`";
                    self.problems.push(no_effect(at, "this text has no effect here").help(help));
                    continue;
                }
                InvariantLine::Source(text) => {
                    if !once.has("source") {
                        once.line("source", at, self.problems);
                    }
                    once.text("source", text, at, self.problems);
                    continue;
                }
                InvariantLine::Whenever(_) => {
                    once.line("whenever", at, self.problems);
                    continue;
                }
                InvariantLine::Then(effects) => ("then", effects),
                InvariantLine::Never(effects) => ("never", effects),
            };
            match demand {
                Some((first, place)) if first != word => {
                    let message = "an invariant says what is always given, or what never is";
                    let problem = Diagnostic::error("line-twice", at, message).also(place, "the other is said here");
                    self.problems.push(problem.help("write two invariants, each with its own name"));
                }
                _ => drop(once.line(word, at, self.problems)),
            }
            demand = demand.or(Some((word, at)));
            for effect in effects {
                once.line(&syntax::print_effect(&effect.node), effect.at.0, self.problems);
            }
        }
        let lost = |name: &str| self.lost.line_under(item.name.at.0, name);
        let needed = [
            ("whenever", "say where it must hold: `whenever …`", once.has("whenever") || lost("whenever")),
            (
                "then",
                "say what each decision then gives: `then grade at least …`; or what none does: `never …`",
                demand.is_some() || lost("then") || lost("never"),
            ),
            (
                "source",
                "name the guidance or law that asks for it: `source \"…\"`",
                once.has("source") || lost("source"),
            ),
        ];
        let missing: Vec<(&str, &str)> =
            needed.into_iter().filter(|(.., has)| !has).map(|(name, help, _)| (name, help)).collect();
        self.report_missing(item.name.at.0, &format!("invariant `{}`", item.name.text), &missing);
    }

    /// What must be given, or must not be. A decision that gives something by itself can neither be asked to give it nor not to;
    /// and what none gives is known when the policy is read, whatever a call says.
    fn demands(&mut self, lines: &[Line<tree::Effect>], modality: Modality) -> Option<Vec<Effect>> {
        let effects = self.effects(lines)?;
        let mut sound = true;
        for (line, effect) in lines.iter().zip(&effects) {
            let Some(outcome) = self.outcomes.get(effect.outcome().index()) else { continue };
            let at = line.at.0;
            let problem = if let Some(problem) = self.may_bar_everything(&outcome.kind, &line.node, modality) {
                problem
            } else if is_given_anyway(&outcome.kind, &line.node) {
                let message = format!("every decision gives `{}`, whatever the rules say", line.node);
                let help = match modality {
                    Modality::Always => "leave it out, or ask for more",
                    Modality::Never => "name what is more than that",
                };
                Diagnostic::error("no-effect", at, message).help(help)
            } else if modality == Modality::Never && !matches!(effect, Effect::Raise { .. }) {
                let message = "what is never given cannot hang on the call";
                let problem = Diagnostic::error("wrong-kind", at, message);
                match outcome.kind.numbers() {
                    Some(_) => problem.help(format!("write a number or a setting: `never {} 10`", outcome.phrase)),
                    None if outcome.kind.takes_time() => {
                        problem.help("of a time only how late it may be can be asked: `then …`")
                    }
                    None => problem.help(format!(
                        "write a value or a setting: `never {} {}`",
                        outcome.phrase,
                        outcome.kind.values().last().copied().unwrap_or_default()
                    )),
                }
            } else {
                continue;
            };
            self.problems.push(problem);
            sound = false;
        }
        sound.then_some(effects)
    }

    /// For a bar by a setting that may be the lowest value of a scale, which every decision gives.
    fn may_bar_everything(&self, kind: &OutcomeKind, effect: &tree::Effect, modality: Modality) -> Option<Diagnostic> {
        let (Modality::Never, EffectValue::Words(words)) = (modality, &effect.value) else { return None };
        let (lowest, word) = (kind.scale()?.first()?, words.first()?);
        let setting = self.policy.settings.get(*self.settings.get(word.text.as_str())?)?;
        let is_lowest = |value: &SettingValue| matches!(value, SettingValue::Word(value) if value == lowest);
        let may_be = match &setting.range {
            Some(SettingRange::FromTo(from, _)) => is_lowest(from),
            _ => false,
        };
        if !may_be && !is_lowest(&setting.value) {
            return None;
        }
        let message = format!("`{}` may be `{lowest}`, which every decision gives", word.text);
        let problem = Diagnostic::error("no-effect", word.at.0, message);
        let place = setting.given.first().map(|given| given.at);
        let problem = place.into_iter().fold(problem, |problem, at| problem.also(at, "here it is declared"));
        Some(problem.help("give it a range that begins higher, or name a value here"))
    }
}

/// Whether an effect is the lowest value of a scale, in so many words: a setting that has come to be that is its base's choice.
fn is_given_anyway(kind: &OutcomeKind, effect: &tree::Effect) -> bool {
    let lowest = kind.scale().and_then(|values| values.first());
    match &effect.value {
        EffectValue::Words(words) => {
            words.first().is_some_and(|word| lowest.is_some_and(|lowest| *lowest == word.text))
        }
        EffectValue::Deadline(_) => false,
    }
}

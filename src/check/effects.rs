//! What to say of an effect that is none: its value left out, two on a line, a deadline from no moment, or no such phrase.

use super::names::Checker;
use super::policy::Effect;
use super::rules::not_the_vocabularys_word;
use crate::syntax::tree::{self, EffectValue, LengthRef};
use crate::text::{Diagnostic, Span, joined, nearest, spelt_number, spoken};
use crate::time::Unit;

impl Checker<'_, '_> {
    /// Says which effects there are: one with its value left out, two on a line, or none such.
    pub(super) fn report_no_effect(&mut self, effect: &tree::Effect) -> Option<Effect> {
        let written = &effect.phrase;
        let said = written.value.to_lowercase();
        let outcomes: Vec<(String, Vec<&str>)> = self
            .policy
            .vocabulary
            .outcomes
            .iter()
            .map(|outcome| (outcome.phrase.clone(), outcome.kind.values()))
            .collect();
        let values: Vec<&str> = match &effect.value {
            EffectValue::Words(words) => words.iter().map(|word| word.text.as_str()).collect(),
            EffectValue::Deadline(_) => Vec::new(),
        };
        let whole = format!("{said} {}", values.join(" ").to_lowercase());
        let found = |begins: &dyn Fn(&str) -> bool| outcomes.iter().find(|(phrase, _)| begins(&phrase.to_lowercase()));
        let called =
            outcomes.iter().find_map(|(phrase, _)| self.value_called(whole.strip_prefix(&phrase.to_lowercase())?));
        let phrases: Vec<&str> = outcomes.iter().map(|(phrase, _)| phrase.as_str()).collect();
        if let (EffectValue::Deadline(tree::Deadline { length: Some(LengthRef::Name(unit)), .. }), Some(word)) =
            (&effect.value, said.rsplit(' ').next())
            && let (Some(number), Some(_)) = (spelt_number(word), Unit::parse(&unit.text))
        {
            let message = format!("`{word}` is not written as a number");
            let problem = Diagnostic::error("wrong-kind", written.at.0, message);
            self.problems.push(problem.help(format!("write `{number} {}`", unit.text)));
            return None;
        }
        let problem = if let Some(problem) = self.always_or_never(written.at.0, &said, &values) {
            problem
        } else if let Some((called, value)) = called {
            not_the_vocabularys_word(written.at.0, &called, &value)
        } else if said.is_empty() {
            let value = values.first().copied().unwrap_or_default();
            let message = format!("it is not said what `{value}` is a value of");
            let problem = Diagnostic::error("wrong-kind", written.at.0, message);
            let has_it = |phrase: &&(String, Vec<&str>)| phrase.1.contains(&value);
            let lines: Vec<String> =
                outcomes.iter().filter(has_it).map(|(phrase, _)| format!("{phrase} {value}")).collect();
            if lines.is_empty() {
                problem.help(begins(&phrases))
            } else {
                problem.help(format!("write {}", joined(&lines, "or")))
            }
        } else if let Some(problem) = self.no_number_alone(written.at.0, &whole) {
            problem
        } else if let Some((phrase, values)) = found(&|phrase| whole == phrase) {
            let problem = Diagnostic::error("wrong-kind", written.at.0, format!("`{phrase}` needs a value after it"));
            problem.help(if values.is_empty() {
                format!("such as `{phrase} 40 minutes after this call`")
            } else {
                format!("its values are {}", joined(values, "and"))
            })
        } else if let Some(problem) = self.deadline_from_nowhere(written.at.0, &whole) {
            problem
        } else if let Some((phrase, extra)) = outcomes.iter().find_map(|(phrase, _)| {
            let extra = said.strip_prefix(&phrase.to_lowercase())?.trim();
            ["all that apply", "all that apply of", "all of", "any of", "both", "all"]
                .contains(&extra)
                .then_some((phrase, extra))
        }) {
            let message = format!("`{extra}` does not fit after `{phrase}`");
            Diagnostic::error("wrong-kind", written.at.0, message)
                .help(format!("leave it out: `{phrase} {}`", spoken(&values, "and")))
        } else if let Some((phrase, _)) = found(&|phrase| said.starts_with(phrase)) {
            let message = format!("`{phrase}` takes its value alone: one line holds one effect");
            let problem = Diagnostic::error("unknown-name", written.at.0, message);
            problem.help(
                "for several effects make a list: `then:`, and each effect on its own line below, beginning with `- `",
            )
        } else {
            let message = format!("`{}` is not an effect that the vocabulary has", written.value);
            let begun = phrases.iter().find(|phrase| phrase.to_lowercase().starts_with(&said)).copied();
            let named = self.outcomes.iter().find(|outcome| outcome.name == said);
            let begun = named.map(|outcome| outcome.phrase.as_str()).or(begun);
            let problem = Diagnostic::error("unknown-name", written.at.0, message)
                .suggest(begun.or_else(|| nearest(&said, phrases.iter().copied())));
            problem.help(begins(&phrases))
        };
        self.problems.push(problem);
        None
    }

    /// `then never refer to mash`, `grade above priority`: what only an invariant says, and in other words.
    fn always_or_never(&self, at: Span, said: &str, values: &[&str]) -> Option<Diagnostic> {
        let begins = |phrase: &str| self.outcomes.iter().any(|outcome| outcome.phrase.to_lowercase() == phrase);
        if let Some(rest) = said.strip_prefix("never ").filter(|rest| begins(rest)) {
            let problem = Diagnostic::error("wrong-kind", at, "`then` says what is given, and not what never is");
            let instead = format!("never {rest} {}", spoken(values, "and"));
            return Some(problem.help(format!(
                "in an invariant write `{instead}` on a line of its own, without `then`; a rule takes nothing away"
            )));
        }
        if let Some(rest) = said.strip_prefix("always ").filter(|rest| begins(rest)) {
            let problem = Diagnostic::error("wrong-kind", at, "`always` does not fit here");
            return Some(problem.help(format!("leave it out: `{rest} {}`", spoken(values, "and"))));
        }
        let (name, beyond) = said.split_once(' ')?;
        let outcome = self.outcomes.iter().find(|outcome| outcome.name.to_lowercase() == name)?;
        let is_beyond = ["above", "over", "more than", "higher than", "beyond"].contains(&beyond);
        let [value] = values else { return None };
        let scale = outcome.kind.scale().filter(|_| is_beyond)?;
        let next = scale.iter().skip_while(|known| known != value).nth(1)?;
        let problem = Diagnostic::error("wrong-kind", at, format!("`{name} {beyond}` is not how an effect begins"));
        Some(problem.help(format!("name the first that is more: `{} {next}`", outcome.phrase)))
    }

    /// `review by 3 hours`, `review by within 3 hours of now`: a length of time that counts from no moment.
    fn deadline_from_nowhere(&self, at: Span, whole: &str) -> Option<Diagnostic> {
        let deadlines = self.outcomes.iter().filter(|outcome| outcome.kind.takes_time());
        let (phrase, said) = deadlines
            .filter_map(|outcome| Some((&outcome.phrase, whole.strip_prefix(&outcome.phrase.to_lowercase())?)))
            .next()?;
        if said.trim() == "the end of the day" {
            let problem = Diagnostic::error("wrong-kind", at, "it is not said at the end of which day");
            let help = format!(
                "write `{phrase} the end of the day of this call`, or `{phrase} the end of the day 2 days after this call`"
            );
            return Some(problem.help(help));
        }
        let words: Vec<&str> = said.split_whitespace().collect();
        let length = words.windows(2).find_map(|pair| match pair {
            [number, unit] if Unit::parse(unit).is_some() => number.parse::<u32>().ok().map(|_| pair.join(" ")),
            _ => None,
        })?;
        let message = format!("it is not said from when `{length}` is counted");
        let problem = Diagnostic::error("wrong-kind", at, message);
        Some(problem.help(format!("write `{phrase} {length} after this call`, or after a time among its facts")))
    }
}

/// How the effects of a vocabulary begin.
fn begins(phrases: &[&str]) -> String {
    match phrases {
        [] => "the vocabulary has no outcome, so a rule can have no effect: declare one with `outcome`".to_owned(),
        phrases => format!("an effect begins with {}", joined(phrases, "or")),
    }
}

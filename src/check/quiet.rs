//! How long a rule that has spoken does not speak again: what a vocabulary says of it, and the line of a rule -> its quiet period.

use super::names::Checker;
use super::policy::{Effect, QuietLink, QuietPeriod, Rule};
use super::vocabulary::Builder;
use crate::model::{FactId, FieldId, OutcomeKind, RecordId, RecordKind, Type};
use crate::syntax::tree::{self, Line, NotAgain, OutcomeItem, OutcomeLine, Party, Word};
use crate::text::{Diagnostic, Span, joined, nearest, with_article};

/// What a vocabulary says.
impl Builder<'_> {
    /// A record of a decision names the rules that applied in a field that lists rules.
    pub(super) fn names_rules(&mut self, id: RecordId, word: &Word) {
        let kinds = &self.vocabulary.records;
        let Some(kind) = kinds.get(id.index()) else { return };
        if kind.is_call {
            let problem = Diagnostic::error("not-quiet", word.at.0, "a call is not the decision about it");
            let help = "declare a kind of record for decisions, such as `record decision`, and say it there";
            return self.problems.push(problem.help(help));
        }
        if let Some(other) = kinds.iter().find(|other| other.rules.is_some() && other.name != kind.name) {
            let message = format!("`{}` names the rules that applied already", other.name);
            let problem = Diagnostic::error("not-quiet", word.at.0, message);
            return self.problems.push(problem.help("one kind of record is for decisions: leave this line out"));
        }
        let declared = kind.field(&word.text);
        let field = declared.and_then(|field| kind.fields.get(field.index()));
        let lists_rules = |ty: &Type| matches!(ty, Type::Flags { .. });
        if field.is_some_and(|field| lists_rules(&field.ty)) {
            return self.edit(id, |record| record.rules = declared);
        }
        if self.lost.name(&word.text) {
            return;
        }
        let message = format!("`{}` is not a field of {} that lists rules", word.text, with_article(&kind.name));
        let lists = kind.fields.iter().filter(|field| lists_rules(&field.ty)).map(|field| field.name.as_str());
        let near = nearest(&word.text, lists);
        let problem = Diagnostic::error("not-quiet", word.at.0, message).suggest(near);
        let help = format!(
            "declare it as `field {}: any of` and the names of the rules that are not to speak again",
            word.text
        );
        self.problems.push(problem.help(help));
    }

    /// What is told once may be left out for a time; how soon to respond, by when, and what this call needs may not.
    pub(super) fn may_be_quiet(
        &mut self,
        item: &OutcomeItem,
        kind: &OutcomeKind,
        party: Option<Party>,
        at: Span,
    ) -> bool {
        let name = &item.name.text;
        let warns = item.lines.iter().find_map(|line| match &line.node {
            OutcomeLine::Warns { value, .. } => Some((value, line.at.0)),
            _ => None,
        });
        let says = item.lines.iter().find(|line| matches!(line.node, OutcomeLine::Says(_)));
        let problem = |message: String| Diagnostic::error("not-quiet", at, message);
        let refused = if !kind.takes_several() {
            let problem = problem(format!("`{name}` says one thing of each call, so it is never left out"));
            problem.help(
                "only an outcome of `all that apply of` its values may be quiet: silence then leaves out something that was told before, and lowers nothing",
            )
        } else if let Some(party) = party {
            let whom = match party {
                Party::Caller => "asked of the caller",
                Party::LookUp => "looked up",
                Party::Officer => "told to the officer",
            };
            problem(format!("`{name}` is {whom}, and another call has another caller, dispatcher or officer"))
                .help("leave this line out")
        } else if let Some((value, warned)) = warns {
            problem(format!("`{}` of `{name}` warns of what must not be done, which is never left out", value.text))
                .also(warned, "here it warns")
                .help("leave this line out")
        } else if let Some(says) = says {
            problem(format!(
                "what is said of `{name}` when no rule applies would be said of a call to which a quiet one does"
            ))
            .also(says.at.0, "here it says what")
            .help("leave one of the two lines out")
        } else {
            return true;
        };
        self.problems.push(refused);
        false
    }

    /// A vocabulary that extends another says only there that one of its values warns.
    pub(super) fn report_quiet_warning(&mut self, name: &str, value: &Word) {
        let message = format!("`{name}` may be quiet, and what must not be done is never left out");
        let problem = Diagnostic::error("not-quiet", value.at.0, message);
        self.problems.push(problem.help("leave this line out, or say it by an outcome that may not be quiet"));
    }
}

/// What a rule says.
impl Checker<'_, '_> {
    pub(super) fn quiet_period(&mut self, rule: &Word, line: &NotAgain) -> Option<QuietPeriod> {
        let within = self.length(&line.within);
        let Some((record, kind, rules)) = self.decisions() else {
            let message = "no record of this vocabulary names the rules that applied, so nobody can tell whether this one has spoken";
            let problem = Diagnostic::error("not-quiet", line.at.0, message);
            self.problems.push(
                problem
                    .help("declare a kind of record for decisions, with a field that lists rules, and say which field that is: `names in rules the rules that applied`"),
            );
            return None;
        };
        let links = self.quiet_links(line, record, &kind);
        let flag = self.flag_of_rule(rule, line, &kind, rules);
        let within = within?;
        self.check_reach(record, *within, &line.within);
        Some(QuietPeriod { record, rules, flag: flag?, within, links: links?, at: line.at.0 })
    }

    /// The kind of record that names the rules that applied, and the field in which it does.
    fn decisions(&self) -> Option<(RecordId, RecordKind, FieldId)> {
        let mut kinds = (0..).map(RecordId).zip(&self.policy.vocabulary.records);
        kinds.find_map(|(id, kind)| Some((id, kind.clone(), kind.rules?)))
    }

    /// The place of a rule in the field that lists rules, as a bit.
    fn flag_of_rule(&mut self, rule: &Word, line: &NotAgain, kind: &RecordKind, rules: FieldId) -> Option<u64> {
        let field = kind.fields.get(rules.index())?;
        if let Some(at) = field.values().iter().position(|value| *value == rule.text) {
            return u32::try_from(at).ok().and_then(|at| 1u64.checked_shl(at));
        }
        if self.lost.name(&field.name) {
            return None;
        }
        let (name, record) = (&rule.text, &kind.name);
        let message = format!(
            "the `{}` of {} do not list `{name}`, so no record says that it has spoken",
            field.name,
            with_article(record)
        );
        let problem = Diagnostic::error("not-quiet", line.at.0, message);
        self.problems.push(problem.help(format!(
            "add `{name}` to `{}` of `record {record}`; in a vocabulary that extends it with `field {}: also {name}`",
            field.name, field.name
        )));
        None
    }

    /// What a decision must share with the call: somebody or something that can be told from all others, and of which the call has one.
    fn quiet_links(&mut self, line: &NotAgain, record: RecordId, kind: &RecordKind) -> Option<Vec<QuietLink>> {
        let vocabulary = &self.policy.vocabulary;
        let one = |fact: Option<FactId>| {
            let fact = fact.and_then(|fact| vocabulary.call.get(fact.index()));
            fact.is_some_and(|fact| matches!(fact.ty, Type::Identity { many: false, .. }))
        };
        let shared = kind.fields.iter().filter(|field| matches!(field.ty, Type::Identity { .. }));
        let could: Vec<String> = shared
            .filter(|field| one(vocabulary.fact(&field.name)))
            .map(|field| format!("`about the same {}`", field.name))
            .collect();
        let told_apart = line.links.iter().any(|(_, name)| one(vocabulary.fact(&name.text)));
        let links: Vec<Option<QuietLink>> = line
            .links
            .iter()
            .map(|(preposition, name)| {
                let (field, fact) = self.shared(name, record, false)?;
                Some(QuietLink { preposition: preposition.clone(), field, fact })
            })
            .collect();
        let links: Vec<QuietLink> = links.into_iter().collect::<Option<_>>()?;
        if told_apart {
            return Some(links);
        }
        let message = match line.links.as_slice() {
            [] => "it is not said about whom: a decision about anybody would silence this rule".to_owned(),
            named => {
                let named: Vec<&str> = named.iter().map(|(_, name)| name.text.as_str()).collect();
                format!(
                    "{} may be shared by calls about different people, of whom nothing was said yet",
                    joined(&named, "and")
                )
            }
        };
        let problem = Diagnostic::error("not-quiet", line.at.0, message);
        self.problems.push(match could.as_slice() {
            [] => problem.help(format!(
                "give {} a field `identity of …` with the name of a fact of the call, such as `victim`",
                with_article(&kind.name)
            )),
            could => problem.help(format!("say whom the decision and the call have in common: {}", could.join(" or "))),
        });
        None
    }

    /// Refuses effects that a rule with a quiet period may not have, wherever they are written.
    pub(super) fn report_never_quiet(&mut self, rule: &Rule, written: &[&Line<tree::Effect>], effects: &[Effect]) {
        let Some(quiet) = &rule.quiet else { return };
        for (line, effect) in written.iter().zip(effects) {
            let Some(outcome) = self.outcomes.get(effect.outcome().index()).filter(|outcome| !outcome.may_be_quiet)
            else {
                continue;
            };
            let message = format!(
                "`{}` may not be left out of a decision, and `{}` would leave it out when it has spoken",
                outcome.name, rule.name
            );
            let problem = Diagnostic::error("not-quiet", line.at.0, message).also(quiet.at, "here it says when");
            let problem = problem.help("give this effect in a rule of its own, without `not again within …`");
            self.problems.push(match outcome.kind.takes_several() {
                true => problem.help(format!("or say of `outcome {}` that it `may be quiet`", outcome.name)),
                false => problem,
            });
        }
    }
}

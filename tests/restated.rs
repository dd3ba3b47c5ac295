//! What a policy executes, said in the language again: read and checked, it is the same policy. The document for a
//! chief officer is made of these words, so it says what the engine does.

use crate::generate::policy::policy;
use crate::generate::words::VOCABULARY;
use crate::laws::{each, load, policies};
use crate::support::{load_texts, policy_files, root, shipped};
use heedful::check::{Modality, Policy, Rule, Table};
use heedful::explain::Lift;
use heedful::report::SignedPage;
use heedful::semantics::{Condition, FigureSource, Parameter, Selection, Since};
use heedful::syntax;
use heedful::syntax::tree::{
    Amount, At, Band, BandEnd, Comments, DefinitionItem, File, InvariantItem, InvariantLine, Item, Line, Meaning,
    Number, Points, PolicyHeader, PolicyLine, RowKey, RuleItem, RuleLine, ScoreItem, ScoreLine, TableItem, TableLine,
    TableRow, Text, Word,
};
use heedful::text::{Severity, SourceId, Span};

const NOWHERE: At = At(Span { source: SourceId(0), start: 0, end: 0 });

fn word(text: &str) -> Word {
    Word { text: text.to_owned(), at: NOWHERE }
}

fn text(value: &str) -> Text {
    Text { value: value.to_owned(), at: NOWHERE }
}

fn number(value: i64) -> Number {
    Number { value, at: NOWHERE }
}

fn line<T>(node: T) -> Line<T> {
    Line { node, at: NOWHERE, comments: Comments::default() }
}

fn lines<T>(nodes: impl IntoIterator<Item = T>) -> Vec<Line<T>> {
    nodes.into_iter().map(line).collect()
}

/// Everything that a policy executes as one file without settings and without a base.
fn restated(policy: &Policy) -> String {
    let lift = Lift::exact(policy);
    let header =
        lines([PolicyLine::Vocabulary(text(&policy.vocabulary.name)), PolicyLine::TimeZone(word(policy.zone.name()))]);
    let mut items = vec![Item::Policy(PolicyHeader { name: text(&policy.name), lines: header })];
    items.extend(policy.groups.iter().map(|group| {
        let meaning = Meaning::Records(lift.group(group));
        let (name, plural) = (word(&group.name), Some(word(&group.plural)));
        Item::Definition(DefinitionItem { name, plural, meaning }.into())
    }));
    items.extend(policy.definitions.iter().map(|definition| {
        let meaning = Meaning::Condition(lift.condition(&definition.condition));
        Item::Definition(DefinitionItem { name: word(&definition.name), plural: None, meaning }.into())
    }));
    items.extend(policy.scores.iter().map(|score| {
        let points = score
            .points
            .iter()
            .map(|(points, when)| Points { points: Amount::Number(number(**points)), when: lift.condition(when) });
        let bands = score.bands.iter().map(|band| Band {
            from: Amount::Number(number(*band.from)),
            end: band.to.map_or(BandEnd::Open, |to| BandEnd::At(number(to))),
            name: word(&band.name),
        });
        let mut of_score = vec![ScoreLine::Points(lines(points))];
        if !score.bands.is_empty() {
            of_score.push(ScoreLine::Bands(lines(bands)));
        }
        if score.unanswered_as_yes {
            of_score.push(ScoreLine::CountUnansweredAsYes);
        }
        Item::Score(ScoreItem { name: word(&score.name), title: Some(text(&score.title)), lines: lines(of_score) })
    }));
    items.extend(policy.tables.iter().map(|table| {
        let values = match table.by {
            FigureSource::Fact(fact) => policy.vocabulary.call[fact.index()].values(),
            _ => &[],
        };
        let rows = table.rows.iter().map(|row| TableRow {
            when: match usize::try_from(row.from).ok().and_then(|at| values.get(at)) {
                Some(value) => RowKey::Values(vec![word(value)]),
                None => RowKey::Numbers { from: number(row.from), to: row.to.map(number) },
            },
            gives: Amount::Number(number(*row.gives)),
        });
        let (name, by) = (word(&table.name), word(policy.source_name(table.by).expect("checked")));
        let of_table = lines([TableLine::Gives(lines(rows))]);
        Item::Table(TableItem { name, by, title: Some(text(&table.title)), lines: of_table })
    }));
    items.extend(policy.rules.iter().map(|rule| {
        let quiet = rule.quiet.as_ref().map(|quiet| RuleLine::NotAgain(lift.not_again(quiet)));
        let of_rule = [
            RuleLine::When(lift.condition(&asked(rule))),
            RuleLine::Then(lines(rule.effects.iter().map(|effect| lift.effect(effect)))),
            RuleLine::Because(text("The reason")),
            RuleLine::Source(text("The source")),
        ];
        let of_rule = of_rule.into_iter().chain(quiet);
        Item::Rule(RuleItem { name: word(&rule.name), title: Some(text(&rule.title)), lines: lines(of_rule) })
    }));
    items.extend(policy.invariants.iter().map(|invariant| {
        let demands = lines(invariant.demands.iter().map(|demand| lift.effect(demand)));
        let of_invariant = lines([
            InvariantLine::Whenever(lift.condition(&invariant.condition)),
            match invariant.modality {
                Modality::Always => InvariantLine::Then(demands),
                Modality::Never => InvariantLine::Never(demands),
            },
            InvariantLine::Source(text("The source")),
        ]);
        let (name, title) = (word(&invariant.name), Some(text(&invariant.title)));
        Item::Invariant(InvariantItem { name, title, lines: of_invariant })
    }));
    syntax::print(&File { items: lines(items), ..File::default() })
}

/// What a rule asks besides its quiet period.
fn asked(rule: &Rule) -> Condition {
    if rule.quiet.is_none() {
        return rule.when.clone();
    }
    let mut ways = rule.ways().iter().map(|way| {
        let Condition::All(parts) = way else { panic!("{way:?} asks for a quiet period last") };
        match &parts[..parts.len() - 1] {
            [only] => only.clone(),
            several => Condition::All(several.to_vec()),
        }
    });
    match (ways.len(), ways.next()) {
        (1, Some(only)) => only,
        (_, first) => Condition::Any(first.into_iter().chain(ways).collect()),
    }
}

/// A condition without the words that its author chose for what is counted.
fn meaning(condition: &Condition) -> Condition {
    let all = |parts: &[Condition]| parts.iter().map(meaning).collect();
    match condition {
        Condition::All(parts) => Condition::All(all(parts)),
        Condition::Any(parts) => Condition::Any(all(parts)),
        Condition::Not(part) => Condition::Not(Box::new(meaning(part))),
        Condition::Presumed(part) => Condition::Presumed(Box::new(meaning(part))),
        Condition::HowMany { comparison, number, of } => {
            Condition::HowMany { comparison: *comparison, number: *number, of: all(of) }
        }
        other => other.clone(),
    }
}

/// What the policy and the one read from its restatement mean differently.
fn difference(policy: &Policy, again: &Policy) -> Option<String> {
    for (one, other) in policy.rules.iter().zip(&again.rules) {
        let quiet = |rule: &Rule| rule.quiet.as_ref().map(|quiet| quiet.condition());
        if (meaning(&asked(one)), quiet(one), &one.effects) != (meaning(&asked(other)), quiet(other), &other.effects) {
            return Some(format!("rule {}\n{:?}\n{:?}", one.name, one.when, other.when));
        }
    }
    for (one, other) in policy.invariants.iter().zip(&again.invariants) {
        if (meaning(&one.condition), one.modality, &one.demands)
            != (meaning(&other.condition), other.modality, &other.demands)
        {
            return Some(format!("invariant {}\n{:?}\n{:?}", one.name, one.condition, other.condition));
        }
    }
    for one in &policy.definitions {
        let other = again.definitions.iter().find(|other| other.name == one.name);
        if other.is_none_or(|other| meaning(&other.condition) != meaning(&one.condition)) {
            return Some(format!("definition {}\n{:?}\n{other:?}", one.name, one.condition));
        }
    }
    for one in &policy.groups {
        let other = again.groups.iter().find(|other| other.name == one.name);
        if other.is_none_or(|other| other.of != one.of) {
            return Some(format!("group {}\n{:?}\n{other:?}", one.name, one.of));
        }
    }
    for (one, other) in policy.tables.iter().zip(&again.tables) {
        let rows = |table: &Table| table.rows.iter().map(|row| (row.from, row.to, *row.gives)).collect::<Vec<_>>();
        if (&one.name, one.by, rows(one)) != (&other.name, other.by, rows(other)) {
            return Some(format!("table {}\n{one:?}\n{other:?}", one.name));
        }
    }
    for (one, other) in policy.scores.iter().zip(&again.scores) {
        let points = |points: &[(Parameter<i64>, Condition)]| -> Vec<(i64, Condition)> {
            points.iter().map(|(points, when)| (**points, meaning(when))).collect()
        };
        let (a, b) = (points(&one.points), points(&other.points));
        if (a, &one.bands, one.unanswered_as_yes) != (b, &other.bands, other.unanswered_as_yes) {
            return Some(format!("score {}", one.name));
        }
    }
    let sizes =
        |policy: &Policy| (policy.rules.len(), policy.definitions.len(), policy.scores.len(), policy.invariants.len());
    (sizes(policy) != sizes(again)).then(|| "something was left out".to_owned())
}

/// Says a policy again, reads that, and compares.
fn hold(policy: &Policy, vocabulary: &[String]) {
    let said = restated(policy);
    let texts: Vec<&str> = vocabulary.iter().map(String::as_str).chain([said.as_str()]).collect();
    let load = load_texts(&texts);
    let errors = || load.diagnostics.iter().filter(|problem| problem.severity == Severity::Error);
    let told: Vec<String> = errors()
        .map(|problem| format!("{}: {} {:?}", load.sources.slice(problem.span), problem.message, problem.help))
        .collect();
    // What a group and a condition both ask stands twice in one list once the group is written out; nobody would write that.
    let only_doubles = errors().all(|problem| problem.code == "line-twice");
    if only_doubles && !told.is_empty() {
        return;
    }
    assert!(told.is_empty(), "{}\n{said}", told.join("\n"));
    let again = load.policies.iter().find(|again| again.name() == policy.name).expect("the policy");
    let difference = difference(policy, again.policy());
    assert!(difference.is_none(), "{}\n{said}", difference.unwrap_or_default());
}

#[test]
fn a_generated_policy_said_again_is_the_same_policy() {
    each(policies(200), &policy(), |text| {
        let load = load(&text.files());
        for policy in &load.policies {
            hold(policy.policy(), &[VOCABULARY.to_owned()]);
            let document = load.explain(policy);
            for page in [SignedPage::whole(&document, None).markdown(), SignedPage::whole(&document, None).html()] {
                // What cannot be shown becomes this mark, and a name that was not found leaves a gap.
                assert!(!page.contains('\u{FFFD}'), "{page}");
                assert!(!page.contains(" is  ") && !page.contains(" in  ") && !page.contains("any  "), "{page}");
            }
        }
    });
}

#[test]
fn a_shipped_policy_said_again_is_the_same_policy() {
    let vocabulary: Vec<String> = policy_files(&root("rules/vocabulary"))
        .iter()
        .map(|path| std::fs::read_to_string(path).expect("a file"))
        .collect();
    for name in ["National baseline", "Riverside Police", "Saltmarsh Constabulary"] {
        hold(shipped("rules", name).policy(), &vocabulary);
    }
}

/// The law would be empty if nothing were compared: a changed test, group or order is seen.
#[test]
fn a_different_policy_is_not_the_same() {
    let policy = shipped("rules", "National baseline").policy().clone();
    let mut other = policy.clone();
    let group = other.groups.first_mut().expect("a group");
    group.of = Selection { since: vec![Since::Instant(heedful::time::Instant(0))], ..group.of.clone() };
    assert!(difference(&policy, &other).is_some());
    let mut other = policy.clone();
    other.rules.swap(0, 1);
    assert!(difference(&policy, &other).is_some());
}

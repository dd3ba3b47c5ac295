//! A base -> a force's policy that tailors it, with everything that the base lets a force change, behind a `#`.

use super::args::NewForce;
use super::{NewFile, Starter};
use crate::error::CliError;
use crate::policy;
use crate::terminal::Terminal;
use heedful::engine::Snapshot;
use heedful::explain::{PolicyDocument, Setting};
use heedful::model::{OutcomeValue, Type};
use heedful::text::{capitalised, slug};
use heedful::wire::{Document, Reading};

pub(super) fn starter(args: &NewForce, terminal: &Terminal) -> Result<Starter, CliError> {
    let load = policy::load_sound(&args.policies, terminal)?;
    let base = policy::pick(&load.policies, args.base.as_deref())?;
    if load.policies.iter().any(|known| known.name() == args.name) {
        return Err(CliError::Cannot(format!("there is a policy called `{}` already", args.name)));
    }
    let file = |ending: &str, text: String| NewFile {
        path: args.place.to.join(format!("{}.{ending}", slug(&args.name))),
        text,
    };
    let policies: Vec<String> = args.policies.iter().map(|path| path.display().to_string()).collect();
    // Where the new files are not in a folder of the base, both are named.
    let is_inside = args.policies.iter().any(|path| args.place.to.starts_with(path));
    let own = (!is_inside).then(|| args.place.to.display().to_string());
    let all = policies.into_iter().chain(own).collect::<Vec<_>>().join(" ");
    Ok(Starter {
        files: vec![
            file("heed", rules(&load.explain(base), base, &args.name)),
            file("test.yaml", tests(base, &args.name)),
        ],
        next: vec![
            format!("heedful check {all}   # is it right?"),
            format!("heedful test {all}    # does each call of the tests come out as it should?"),
        ],
    })
}

fn rules(document: &PolicyDocument, base: &Snapshot, name: &str) -> String {
    let mut text = format!(
        "# What {name} decides otherwise than {}. So far that is nothing: a line\n# changes something once its # is taken away.\n\n",
        base.name()
    );
    text += &format!("policy \"{name}\"\n  tailors \"{}\"\n", base.name());
    text += &values(base);
    for setting in document.settings.iter().filter(|setting| setting.range.is_some()) {
        text += &of_setting(setting);
    }
    text + &suspensions(document) + &widenings(document, base) + &own_rule(base)
}

/// What the officers of the force call the values of its first outcome.
fn values(base: &Snapshot) -> String {
    let Some(lead) = base.vocabulary().outcomes.first() else { return String::new() };
    let values = lead.kind.values();
    if values.is_empty() {
        return String::new();
    }
    let called = values.iter().rev().zip(1..).map(|(value, number)| {
        format!("  # {} {value} is called \"{} {number}\"\n", lead.name, capitalised(&lead.name))
    });
    format!("  # What your officers call each {}\n{}", lead.name, called.collect::<String>())
}

fn of_setting(setting: &Setting) -> String {
    let range = setting.range.as_deref().unwrap_or_default();
    let never = setting.never.map(|never| format!(", {never}")).unwrap_or_default();
    let help = setting.help.trim_end_matches('.');
    format!("  # {help}\n  # set {} to {}   # {range}{never}\n", setting.name, setting.value)
}

/// A rule of the base that may be suspended, if there is one.
fn suspensions(document: &PolicyDocument) -> String {
    let rules = document.sections.iter().flat_map(|section| &section.groups).flat_map(|group| &group.rules);
    let names: Vec<&str> = rules.filter(|rule| rule.may_be_suspended).map(|rule| rule.name.as_str()).collect();
    let Some(first) = names.first() else { return String::new() };
    format!(
        "\n# Rules of the base that may be suspended for a time: {}\n# suspend {first} until 2027-06-01\n#   because \"Why it says the wrong thing here, and what is done about that\"\n#   owner \"Who answers for it\"\n",
        names.join(", ")
    )
}

/// Each rule of the base that may be widened, with a way in which it could apply as well.
fn widenings(document: &PolicyDocument, base: &Snapshot) -> String {
    let Some(fact) = a_yes_or_no(base) else { return String::new() };
    let rules = document.sections.iter().flat_map(|section| &section.groups).flat_map(|group| &group.rules);
    let widened = rules.filter(|rule| rule.may_be_widened).map(|rule| {
        format!(
            "\n# Another way in which \"{}\" applies, which the base allows\n# add to {}\n#   also when {fact} is yes\n#   because \"What the call handler reads where it is this that holds\"\n#   source \"Which guidance, order or review asks for it\"\n",
            rule.title, rule.name
        )
    });
    widened.collect()
}

/// A fact of the call to ask for in an example.
fn a_yes_or_no(base: &Snapshot) -> Option<&str> {
    let fact = base.vocabulary().call.iter().find(|fact| matches!(fact.ty, Type::YesNo))?;
    Some(&fact.name)
}

/// A rule of one's own, in the words of the vocabulary.
fn own_rule(base: &Snapshot) -> String {
    let vocabulary = base.vocabulary();
    let lead = vocabulary.outcomes.iter().find_map(|outcome| Some((outcome, outcome.kind.scale()?.last()?)));
    let Some((fact, (outcome, value))) = a_yes_or_no(base).zip(lead) else { return String::new() };
    format!(
        "\n# A rule of your own. `heedful case` lists every fact that it may ask for; docs/guide.md has every way to ask.\n# rule our-own-rule \"What it is about\"\n#   when {} is yes\n#   then {} {value}\n#   because \"What the call handler reads: why this is more than it seems\"\n#   source \"Which guidance, order or review asks for it\"\n",
        fact, outcome.phrase
    )
}

/// A first test, which holds for the base too.
fn tests(base: &Snapshot, name: &str) -> String {
    let expected = of_nothing_known(base)
        .map_or_else(|| "questions: none".to_owned(), |(outcome, value)| format!("{outcome}: {value}"));
    format!(
        "policy: {name}\nabout: What {name} decides otherwise than {}.\n\n# What all tests below share. `history: none` says that everything was looked up, and nothing is on record.\nbackground:\n  call: {{at: 22:10 on 14 March 2026}}\n  history: none\n\ntests:\n  # To begin with. Add one for each thing that you change: the call that it is about, and what should come of it.\n  - name: a call of which nothing is known yet\n    expect: {{{expected}}}\n",
        base.name()
    )
}

/// The first outcome of a call of which nothing is known and of which nothing is on record.
fn of_nothing_known(base: &Snapshot) -> Option<(String, String)> {
    let lists = base.vocabulary().records.iter().map(|kind| format!("\"{}\":[]", kind.plural));
    let lists = lists.collect::<Vec<_>>().join(",");
    let case =
        format!("{{\"call\":{{\"id\":\"call-1\",\"at\":\"2026-03-14T22:10:00+00:00\"}},\"history\":{{{lists}}}}}");
    let case = Document::json_line(&case, 1).read(Reading::strict(base.vocabulary(), base.zone())).ok()?;
    let decision = base.decide(&case);
    let outcome = base.vocabulary().outcomes.first()?;
    match outcome.kind.value_of(*decision.outcome.0.first()?) {
        OutcomeValue::One(Some(value)) => Some((outcome.name.clone(), value.to_owned())),
        _ => None,
    }
}

//! What was expected of a line that cannot be read, in the words of the person who wrote it.

use super::grammar::Rule;
use super::habits;
use super::misfit::{Misfit, shown, word_at};
use super::rows;
use crate::text::{Diagnostic, Source, nearest};
use pest::error::Error;

/// Turns the parser's complaint about one line into ours.
pub(super) fn explain(source: &Source, rule: Rule, base: usize, said: &str, error: &Error<Rule>) -> Diagnostic {
    let misfit = Misfit::new(source, base, said, error);
    if misfit.found.is_empty() {
        return unfinished(&misfit, rule);
    }
    if let Some(problem) = misspelt_beginning(&misfit, rule).or_else(|| missing_dash(&misfit, rule)) {
        return problem;
    }
    if let Some(problem) = rows::advice(&misfit, rule) {
        return problem;
    }
    if let Some(problem) = not_again(&misfit, rule).or_else(|| habits::advice(&misfit)) {
        return problem;
    }
    if misfit.at_beginning() {
        return beginning(&misfit, rule);
    }
    if let Some(problem) = not_a_name(&misfit, rule) {
        return problem;
    }
    let found = shown(misfit.found);
    let problem = Diagnostic::error("cannot-read", misfit.span(), format!("`{found}` does not fit here"));
    let words = misfit.expected_words();
    let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let days = days.into_iter().filter(|_| misfit.expects(Rule::weekday));
    let near = nearest(misfit.found, words.iter().filter(|word| !word.contains(' ')).copied().chain(days));
    match near.filter(|near| !near.eq_ignore_ascii_case(misfit.found)) {
        Some(near) => problem.suggest(Some(near)),
        None => hint(problem, &misfit, rule),
    }
}

/// Where a line may begin with any name, as in `grade immediate is called …`, a word that was meant to begin another line is
/// read as such a name, and only what follows it does not fit.
fn misspelt_beginning(misfit: &Misfit<'_>, rule: Rule) -> Option<Diagnostic> {
    let begins_with_names =
        matches!(rule, Rule::policy_line | Rule::outcome_line | Rule::record_line | Rule::called_line);
    let said = misfit.said.trim_start();
    if !begins_with_names || misfit.at_beginning() || said.contains(" is called") || said.contains(" warns") {
        return None;
    }
    let (place, beginnings) = match rule {
        Rule::called_line => ("under `call`", ["fact"].as_slice()),
        rule => beginnings(rule),
    };
    let begun = word_at(said, 0);
    let firsts = beginnings.iter().map(|words| words.split(' ').next().unwrap_or(words));
    if firsts.clone().any(|first| first.eq_ignore_ascii_case(begun)) {
        return None;
    }
    let near = nearest(begun, beginnings.iter().copied().chain(firsts))?;
    let start = misfit.said.len() - said.len();
    let span = misfit.span_of(start, start + begun.len());
    let message = format!("`{}` does not begin a line {place}", shown(begun));
    Some(Diagnostic::error("unknown-line", span, message).suggest(Some(near)))
}

fn unfinished(misfit: &Misfit<'_>, rule: Rule) -> Diagnostic {
    let end = misfit.said.trim_end().len();
    let start = misfit.said.trim_end().char_indices().next_back().map_or(0, |(at, _)| at);
    let problem = Diagnostic::error("unfinished-line", misfit.span_of(start, end), "this line is not finished");
    hint(problem.label("something is missing after this"), misfit, rule)
}

/// A word where a name should stand that cannot be one.
fn not_a_name(misfit: &Misfit<'_>, rule: Rule) -> Option<Diagnostic> {
    let found = misfit.found;
    let message = format!("`{}` cannot be a name", shown(found));
    let problem = Diagnostic::error("cannot-read", misfit.span(), message);
    if found.chars().any(|character| character.is_alphabetic() && !character.is_ascii()) {
        return Some(problem.help("a name is made of the letters A to Z, digits and hyphens, without accents"));
    }
    if rule == Rule::called_line {
        return Some(
            problem.help("the fact or field comes first, then its value: `contact-kind silent-55 is called …`"),
        );
    }
    let problem = Diagnostic { code: "reserved-name", ..problem };
    let wants_name = [Rule::name, Rule::own, Rule::bare, Rule::subject].into_iter().any(|rule| misfit.expects(rule));
    let is_word = found.bytes().all(|byte| byte.is_ascii_alphabetic());
    if !wants_name || !is_word || misfit.expected.len() > 1 {
        return None;
    }
    if let Some((of, several)) = list_of_values(misfit, rule)
        && matches!(found, "none" | "no")
    {
        return Some(super::reserved::instead_of(found, of, several).into_iter().fold(problem, Diagnostic::help));
    }
    Some(match found {
        "at" => problem.help("every call and record has its time already: in a rule write `this call` or `it`"),
        _ => problem.help(format!("`{found}` has a meaning of its own in a sentence; choose another name")),
    })
}

/// What has the list of values in which a line stops making sense, and whether it may have several of them.
fn list_of_values<'s>(misfit: &Misfit<'s>, rule: Rule) -> Option<(&'s str, bool)> {
    let (declared, values) = misfit.before().split_once(':')?;
    let several = ["any of", "all that apply of"].iter().any(|list| values.contains(list));
    let is_list = several || ["one of", "highest of", "also"].iter().any(|list| values.contains(list));
    let of = declared.split_whitespace().next_back()?;
    // Under an outcome the value alone is named.
    (is_list && matches!(rule, Rule::fact_line | Rule::heading))
        .then_some((if rule == Rule::heading { "" } else { of }, several))
}

/// A line whose very first word is wrong: say how lines of its kind begin.
fn beginning(misfit: &Misfit<'_>, rule: Rule) -> Diagnostic {
    let (place, beginnings) = beginnings(rule);
    let first = |words: &'static str| words.split(' ').next().unwrap_or(words);
    if let Some(words) = beginnings.iter().find(|words| first(words).eq_ignore_ascii_case(misfit.found)) {
        return not_as_begun(misfit, rule, words);
    }
    let message = format!("`{}` does not begin a line {place}", shown(misfit.found));
    let problem = Diagnostic::error("unknown-line", misfit.span(), message);
    if misfit.found == "-" {
        return problem.help("a list item belongs under a line that ends with a colon");
    }
    if misfit.found.starts_with("//") {
        let span = misfit.span_of(misfit.at, misfit.at + 2);
        return problem.help("a comment begins with `#`").fix(span, "#").certain(true);
    }
    if rule == Rule::addition_line && misfit.found.eq_ignore_ascii_case("when") {
        return problem
            .help("an addition never makes a rule apply less often; where the base's rule says `may be widened`, write `also when …` for another way in which it applies, else a rule of your own");
    }
    let instead = match (rule, misfit.found.to_ascii_lowercase().as_str()) {
        (Rule::rule_line, "if") => Some("when"),
        (Rule::invariant_line, "if" | "when" | "where") => Some("whenever"),
        (Rule::invariant_line, "must") => Some("then"),
        _ => None,
    };
    let near = instead.or_else(|| nearest(misfit.found, beginnings.iter().map(|words| first(words))));
    let list: Vec<String> = beginnings.iter().map(|words| format!("`{words}`")).collect();
    match near {
        Some(_) => problem.suggest(near),
        None => problem.help(format!("a line {place} begins with {}", or_list(&list))),
    }
}

/// A line that begins with the right word and then goes wrong at once.
fn not_as_begun(misfit: &Misfit<'_>, rule: Rule, words: &'static str) -> Diagnostic {
    let count = words.split(' ').count();
    let end = nth_word_end(misfit.said, misfit.at, count);
    let begun = misfit.said.get(misfit.at..end).unwrap_or("");
    let span = misfit.span_of(misfit.at, end);
    if !begun.eq_ignore_ascii_case(words) && nearest(begun, [words]).is_some() {
        return Diagnostic::error("unknown-line", span, format!("`{begun}` does not begin a line"))
            .suggest(Some(words));
    }
    let wants_colon = matches!(words, "fact" | "field" | "outcome");
    if wants_colon && !misfit.said.contains(':') {
        let name_end = nth_word_end(misfit.said, misfit.at, 2);
        let span = misfit.span_of(name_end.saturating_sub(1), name_end);
        let problem =
            Diagnostic::error("cannot-read", span, "a colon and what it may hold are missing after this name");
        return hint(problem, misfit, rule);
    }
    let problem = Diagnostic::error(
        "cannot-read",
        span,
        format!("this line does not go on as a line that begins with `{words}`"),
    );
    hint(problem, misfit, rule)
}

/// A quiet period in other words, or where it cannot stand.
fn not_again(misfit: &Misfit<'_>, rule: Rule) -> Option<Diagnostic> {
    let words: Vec<String> = misfit.said.split_whitespace().take(3).map(str::to_ascii_lowercase).collect();
    if !matches!(words.as_slice(), [not, again, ..] if not == "not" && again == "again") {
        return None;
    }
    let start = misfit.said.len() - misfit.said.trim_start().len();
    let span = misfit.span_of(start, nth_word_end(misfit.said, start, 2));
    if rule == Rule::addition_line {
        let problem = Diagnostic::error("unknown-line", span, "an addition never makes a rule speak less often");
        return Some(problem.help("only the policy that has the rule says `not again within …`; leave this line out"));
    }
    if rule != Rule::rule_line || words.get(2).is_some_and(|within| within == "within") {
        return None;
    }
    let problem =
        Diagnostic::error("cannot-read", span, "it is not said within which time the rule does not speak again");
    Some(problem.help("such a line reads: `not again within 24 hours about the same victim`"))
}

/// An item of a list with no mark before it, or with another mark than a hyphen.
fn missing_dash(misfit: &Misfit<'_>, rule: Rule) -> Option<Diagnostic> {
    let in_list =
        matches!(rule, Rule::condition_line | Rule::effect_line | Rule::points_line | Rule::band_line | Rule::row_line);
    if !in_list || !misfit.at_beginning() || misfit.found.starts_with('-') {
        return None;
    }
    let first = misfit.found.chars().next()?;
    let problem = |span, message: &str| {
        Diagnostic::error("unknown-line", span, message)
            .help("begin each item of a list with a hyphen and a space: `- `")
    };
    if first.is_alphanumeric() || first == '"' {
        let start = misfit.span_of(misfit.at, misfit.at);
        return Some(problem(misfit.span(), "this item of a list has no hyphen before it").fix(start, "- "));
    }
    let mark = misfit.span_of(misfit.at, misfit.at + first.len_utf8());
    Some(problem(mark, &format!("`{first}` does not begin an item of a list")).fix(mark, "-").certain(true))
}

/// Says what could stand there, or shows a line of the kind when that would be a long list.
fn hint(problem: Diagnostic, misfit: &Misfit<'_>, rule: Rule) -> Diagnostic {
    const MOST: usize = 5;
    if misfit.expects(Rule::k_yes_or_no) {
        return problem.help("a fact is `yes or no`, `one of …`, `any of …`, `number`, `duration`, `time`, `text`, `identity of …` or `link to …`");
    }
    if misfit.expects(Rule::k_is) && misfit.expects(Rule::k_includes) {
        return problem.help("say what is asked of it, such as `is yes`, `is at least 2` or `include …`");
    }
    if misfit.expects(Rule::k_at_least) && misfit.expects(Rule::k_before) {
        return problem.help("a value stands here, or a comparison such as `at least 2` or `within 3 days`");
    }
    let ends = ["the end of the line", "`and`", "`or`"];
    let words: Vec<String> = misfit.expected_words().iter().map(|word| quoted(word)).collect();
    let telling: Vec<String> = words.iter().filter(|word| !ends.contains(&word.as_str())).cloned().collect();
    let words = if telling.is_empty() { words } else { telling };
    if !words.is_empty() && words.len() <= MOST {
        return problem.help(format!("expected here: {}", or_list(&words)));
    }
    match example(misfit.said, rule) {
        Some(example) => problem.help(format!("such a line reads: `{example}`")),
        None => problem,
    }
}

/// A line that begins as this one does and is right.
fn example(said: &str, rule: Rule) -> Option<&'static str> {
    const EXAMPLES: [(&str, &str); 35] = [
        ("setting", "setting repeat-window is 24 hours, from 12 hours to 7 days"),
        ("define", "define at-night as this call is between 22:00 and 06:00"),
        ("record", "record order, plural orders \"An order that protects somebody\""),
        ("outcome", "outcome grade: highest of resolved, scheduled, priority and immediate"),
        ("part", "part of policy \"National baseline\""),
        ("policy", "policy \"National baseline\""),
        ("vocabulary", "vocabulary \"control-room\""),
        ("call", "call \"One contact with the control room\""),
        ("questions", "questions dash \"DASH 2009\""),
        ("calendar", "calendar court-days \"Days that do not count\""),
        ("score", "score danger \"Danger screen\""),
        ("table", "table reassault-norms by odara \"How many assaulted again\""),
        ("rule", "rule repeat-calls \"Repeat calls for help\""),
        ("add", "add to repeat-calls"),
        ("suspend", "suspend repeat-place until 2026-12-31"),
        ("accept", "accept not-used for quiet-hours until 2026-12-31"),
        ("invariant", "invariant live-breach \"A live breach is never below priority\""),
        ("whenever", "whenever any order in force where kind is DAPO"),
        ("never", "never refer to school-notification"),
        ("fact", "fact injury: one of uninjured, minor and serious \"How badly anybody is hurt\""),
        ("field", "field victim: identity of person \"Who was harmed\""),
        ("then", "then grade at least priority"),
        ("in", "in force from 2025-02-21 until 2030-12-31"),
        ("time", "time zone Europe/London"),
        ("set", "set repeat-calls to 2 calls"),
        ("skips", "skips every 25 December"),
        ("complete", "complete from 2026-01-01 to 2027-12-31"),
        ("kept", "kept for 6 years"),
        ("not", "not again within 24 hours about the same victim"),
        ("names", "names in rules the rules that applied"),
        ("may", "may be overheard when contact-kind is one of silent or open-line"),
        ("identities", "identities person, address and phone"),
        ("says", "says \"not assessed\" when no rule applies"),
        ("when", "when at least 2 incidents about the same victim within 12 months"),
        ("-", "- any incident about the same victim within 12 months"),
    ];
    let first = word_at(said, 0).to_ascii_lowercase();
    match rule {
        Rule::points_line if said.contains(" each ") => Some("- 1 for each of dash that is yes"),
        Rule::points_line => Some("- 2 when strangulation is yes"),
        Rule::questions_line => Some("1. injury \"Is anybody hurt?\""),
        Rule::band_line => Some("- 0 to 3: low"),
        Rule::row_line => Some("- 2 to 4: 20"),
        Rule::effect_line => Some("- grade at least priority"),
        Rule::called_line => Some("contact-kind silent-55 is called \"55 pressed, or a sound made when asked\""),
        Rule::value_line => Some("immediate is called \"at once\""),
        _ => EXAMPLES.iter().find(|(begin, _)| *begin == first).map(|(_, example)| *example),
    }
}

/// A keyword in backticks; what is said in plain words, as it is.
fn quoted(words: &str) -> String {
    if words.starts_with("a ") || words.starts_with("the end") || words.starts_with('`') {
        words.to_owned()
    } else {
        format!("`{words}`")
    }
}

/// How a line of a kind may begin, and where such lines stand.
fn beginnings(rule: Rule) -> (&'static str, &'static [&'static str]) {
    match rule {
        Rule::heading => (
            "at the margin",
            &[
                "vocabulary",
                "policy",
                "part of",
                "call",
                "questions",
                "record",
                "outcome",
                "calendar",
                "setting",
                "define",
                "score",
                "table",
                "rule",
                "add to",
                "suspend",
                "accept",
                "invariant",
            ],
        ),
        Rule::rule_line => (
            "of a rule",
            &[
                "when",
                "then",
                "because",
                "source",
                "applies unless known otherwise",
                "not again within",
                "in force from",
                "on trial",
                "may be suspended",
                "may be widened",
            ],
        ),
        Rule::grounds_line => ("of a suspension or an acceptance", &["because", "owner"]),
        Rule::invariant_line => ("of an invariant", &["whenever", "then", "never", "source"]),
        Rule::addition_line => ("of an addition to a rule", &["also when", "then", "because", "source"]),
        Rule::policy_line => ("under `policy`", &["vocabulary", "time zone", "tailors", "set", "grade"]),
        Rule::vocabulary_line => ("under `vocabulary`", &["identities", "extends"]),
        Rule::fact_line => ("that declares a fact or a field", &["fact", "field"]),
        Rule::questions_line => {
            ("of a list of questions", &["1. injury", "asked of the caller", "asked of the officer", "looked up"])
        }
        Rule::called_line => ("that says what a value is called", &["contact-kind silent-55 is called"]),
        Rule::overheard_line => ("of a call that begins so", &["may be overheard when"]),
        Rule::record_line => (
            "under `record`",
            &["field", "asked as", "looked up as", "asked of the officer as", "kept for", "in force from", "names in"],
        ),
        Rule::outcome_line => (
            "under `outcome`",
            &[
                "written as",
                "never below",
                "says",
                "may be quiet",
                "asked of the caller",
                "looked up",
                "told to the officer",
                "immediate is called",
            ],
        ),
        Rule::value_line => ("that says what a value is called", &["immediate is called", "no-call-back warns"]),
        Rule::calendar_line => ("of a calendar", &["skips every", "skips", "complete from"]),
        Rule::score_line => ("of a score", &["points:", "bands:", "count unanswered as yes", "source"]),
        Rule::table_line => ("of a table", &["gives:", "source"]),
        Rule::row_line => ("in a table", &["- 0:", "- 2 to 4:", "- 7 or more:", "- immediate:"]),
        Rule::points_line => ("in a list of points", &["- 2 when"]),
        Rule::band_line => ("in a list of bands", &["- 0 to 3:", "- 8 or more:"]),
        Rule::effect_line => ("in a list of effects", &["-"]),
        _ => ("in a list of conditions", &["- any", "- no", "- at least"]),
    }
}

/// Where the `count`th word after a place ends.
fn nth_word_end(said: &str, at: usize, count: usize) -> usize {
    let mut words = 0;
    let mut inside = false;
    for (offset, character) in said.char_indices().skip_while(|(offset, _)| *offset < at) {
        if inside && character.is_whitespace() {
            words += 1;
            if words == count {
                return offset;
            }
        }
        inside = !character.is_whitespace();
    }
    said.len()
}

fn or_list(words: &[String]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

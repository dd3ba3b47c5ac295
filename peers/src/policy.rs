//! The 30 rules by name, what each adds, and how a policy of 3,000 rules is made of them.

/// How many rules one variant has.
pub const RULES: usize = 30;

/// The grades, lowest first.
pub const GRADES: [&str; 4] = ["resolved", "scheduled", "priority", "immediate"];
const SCHEDULED: u8 = 1;
const PRIORITY: u8 = 2;
const IMMEDIATE: u8 = 3;

/// The referrals, each at its bit.
pub const REFERRALS: [&str; 4] = ["da-specialist", "supervisor", "offender-manager", "children-services"];
const DA_SPECIALIST: u8 = 1;
const SUPERVISOR: u8 = 2;
const OFFENDER_MANAGER: u8 = 4;
const CHILDREN_SERVICES: u8 = 8;

/// A rule as far as every engine has it alike: what it is called and what it adds when it fires.
pub struct Rule {
    pub name: &'static str,
    pub grade: u8,
    pub referrals: u8,
    /// The list whose records it rests on.
    pub rests_on: List,
}

/// A list of the history; no rule rests on two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    Nothing,
    Calls,
    Incidents,
    Orders,
    Breaches,
}

const fn rule(name: &'static str, grade: u8, referrals: u8, rests_on: List) -> Rule {
    Rule { name, grade, referrals, rests_on }
}

/// In the order of `policy/heedful/rules.heed`.
pub const TABLE: [Rule; RULES] = [
    rule("calls-hour", PRIORITY, SUPERVISOR, List::Calls),
    rule("calls-day", PRIORITY, DA_SPECIALIST, List::Calls),
    rule("calls-week", SCHEDULED, DA_SPECIALIST, List::Calls),
    rule("calls-month", PRIORITY, DA_SPECIALIST | SUPERVISOR, List::Calls),
    rule("place-day", SCHEDULED, SUPERVISOR, List::Calls),
    rule("place-week", PRIORITY, CHILDREN_SERVICES, List::Calls),
    rule("past-abuse", SCHEDULED, DA_SPECIALIST, List::Incidents),
    rule("repeat-victim", PRIORITY, DA_SPECIALIST, List::Incidents),
    rule("long-suffering", IMMEDIATE, DA_SPECIALIST | SUPERVISOR, List::Incidents),
    rule("hurt-before", PRIORITY, DA_SPECIALIST, List::Incidents),
    rule("serial-suspect", PRIORITY, OFFENDER_MANAGER, List::Incidents),
    rule("repeat-suspect", PRIORITY, OFFENDER_MANAGER, List::Incidents),
    rule("armed-before", IMMEDIATE, SUPERVISOR, List::Incidents),
    rule("stalking", PRIORITY, DA_SPECIALIST, List::Incidents),
    rule("strangled-before", IMMEDIATE, DA_SPECIALIST, List::Incidents),
    rule("latest-serious", IMMEDIATE, SUPERVISOR, List::Incidents),
    rule("latest-armed", IMMEDIATE, SUPERVISOR, List::Incidents),
    rule("place-incidents", SCHEDULED, SUPERVISOR, List::Incidents),
    rule("protected", PRIORITY, DA_SPECIALIST, List::Orders),
    rule("orders", PRIORITY, OFFENDER_MANAGER, List::Orders),
    rule("protected-and-threatened", IMMEDIATE, DA_SPECIALIST | SUPERVISOR, List::Orders),
    rule("order-ended", PRIORITY, DA_SPECIALIST, List::Orders),
    rule("breached", IMMEDIATE, OFFENDER_MANAGER, List::Breaches),
    rule("breached-again", IMMEDIATE, OFFENDER_MANAGER | SUPERVISOR, List::Breaches),
    rule("contact-breaches", PRIORITY, OFFENDER_MANAGER, List::Breaches),
    rule("breach-then-call", IMMEDIATE, DA_SPECIALIST, List::Breaches),
    rule("latest-breach", IMMEDIATE, OFFENDER_MANAGER, List::Breaches),
    rule("armed-with-children", IMMEDIATE, CHILDREN_SERVICES, List::Nothing),
    rule("children-and-abuse", PRIORITY, CHILDREN_SERVICES, List::Incidents),
    rule("strangled-and-separated", IMMEDIATE, DA_SPECIALIST | SUPERVISOR, List::Incidents),
];

/// The number of a rule by the name that decisions have for it, counted through the variants: `calls-day-0` is 1.
pub fn rule_number(name: &str) -> Option<usize> {
    let (base, variant) = name.rsplit_once('-')?;
    let at = TABLE.iter().position(|rule| rule.name == base)?;
    Some(variant.parse::<usize>().ok()? * RULES + at)
}

/// One variant of the rules in a policy's own language: `@v` stands for its number, `@#` for the number of the rule at hand,
/// counted through the variants, and `@2` for a threshold that is 2 in variant 0, 3 in variant 1 and so on. So variants
/// differ in thresholds alone, and no two are the same.
pub fn variant(template: &str, number: usize) -> String {
    let mut parts = template.split('@');
    let mut text = parts.next().unwrap_or_default().to_owned();
    let mut rules = number * RULES..;
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (meant, rest) = match part.as_bytes().first() {
            Some(b'v') => (number, &part[1..]),
            Some(b'#') => (rules.next().unwrap_or_default(), &part[1..]),
            _ => (part[..digits].parse::<usize>().expect("a threshold after @") + number, &part[digits..]),
        };
        text.push_str(&meant.to_string());
        text.push_str(rest);
    }
    text
}

/// So many variants of the rules, one after the other.
pub fn variants(template: &str, count: usize, separator: &str) -> String {
    (0..count).map(|number| variant(template, number)).collect::<Vec<_>>().join(separator)
}

/// The place of a grade.
pub fn grade(name: &str) -> u8 {
    GRADES.iter().position(|grade| *grade == name).expect("one of the grades") as u8
}

#[cfg(test)]
mod tests {
    use super::{rule_number, variant};

    #[test]
    fn variants_differ_in_thresholds_and_names() {
        let template = "rule calls-hour-@v when count >= @2 then @#\nrule calls-day-@v when count >= @10 then @#";
        let third = "rule calls-hour-2 when count >= 4 then 60\nrule calls-day-2 when count >= 12 then 61";
        assert_eq!(variant(template, 2), third);
        assert_eq!(rule_number("calls-day-2"), Some(61));
        assert_eq!(rule_number("no-such-rule-2"), None);
    }
}

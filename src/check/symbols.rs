//! The symbol table: which names are taken in all that a policy is built on, by what, and where.
//!
//! Every declaration goes through this one table, so a name, a plural, a phrase or a force's word for a value means one thing,
//! whoever takes it and in whichever file.

use crate::text::{Diagnostic, Span, heard, slug};
use std::collections::BTreeMap;

/// Names that could be taken for one another stand in one namespace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Namespace {
    /// What conditions, reasons and effects call by a bare name.
    Names,
    /// What a number, a length or a level can be called: settings, and the values that they could be taken for.
    Levels,
    Identities,
    /// The fields of a record, and what different people in them are called.
    Fields(String),
    /// Outcomes, and the words that effects begin with.
    Effects,
    Rules,
    Invariants,
    /// The bands of a score.
    Bands(String),
    /// The values of an outcome, and a force's words for them.
    Labels(String),
    /// The values that somebody has words for, by whose they are and who has them.
    Labelled(String, String),
    Policies,
    Vocabularies,
}

/// What a name was taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SymbolKind {
    Language,
    Identity,
    Fact,
    /// The questions of a form.
    Questions,
    Record,
    /// With what it is a field of.
    Field(String),
    /// With what it is the plural of.
    Plural(String),
    Outcome,
    /// With the outcome that it begins an effect of.
    Phrase(String),
    /// With the fact, field or outcome that may have it.
    Value(String),
    /// With the value that a force calls so.
    Label(String),
    Calendar,
    Setting,
    Definition,
    Group,
    Score,
    Table,
    /// With the score.
    Band(String),
    Rule,
    Invariant,
    Policy,
    Vocabulary,
}

/// A name with the place where it is taken. `SymbolKind` the base takes has the lower rank, so that a policy built on it is told.
#[derive(Clone, Debug)]
pub(super) struct Symbol {
    pub kind: SymbolKind,
    pub name: String,
    pub at: Option<Span>,
    pub rank: usize,
}

#[derive(Clone, Debug)]
pub(super) struct Symbols {
    symbols: BTreeMap<(Namespace, String), Symbol>,
}

/// Words that mean something where a name could stand.
const LANGUAGE: [&str; 12] =
    ["call", "calls", "count", "different", "first", "gap", "id", "ids", "last", "latest", "unknown", "yes"];

impl Default for Symbols {
    fn default() -> Self {
        let of_language = |word: &&str| {
            let symbol = Symbol { kind: SymbolKind::Language, name: (*word).to_owned(), at: None, rank: 0 };
            ((Namespace::Names, (*word).to_owned()), symbol)
        };
        Self { symbols: LANGUAGE.iter().map(of_language).collect() }
    }
}

impl Symbols {
    /// Takes a name. Where it is taken, whoever comes later is told, and of two of one rank the second.
    pub(super) fn declare(&mut self, namespace: Namespace, symbol: Symbol) -> Option<Diagnostic> {
        if let Some(at) = symbol.at.filter(|_| is_read_as_a_number(&namespace, &symbol)) {
            let message = format!("`{}` is read as a number, so it cannot be a name", symbol.name);
            return Some(Diagnostic::error("reserved-name", at, message).help("begin it with a letter"));
        }
        if let Some(at) = symbol.at.filter(|_| is_read_as_an_answer(&namespace, &symbol)) {
            let message = format!("`{}` is a word of the language, so it cannot be a name", symbol.name);
            let help = "choose another name, which says what is meant";
            return Some(Diagnostic::error("reserved-name", at, message).help(help));
        }
        if let (Namespace::Effects, SymbolKind::Phrase(_)) = (&namespace, &symbol.kind)
            && let Some(problem) = self.begins_alike(&symbol)
        {
            return Some(problem);
        }
        let name = folded(&namespace, &symbol.name);
        let key = (namespace, name);
        let Some(before) = self.symbols.get(&key).filter(|before| !may_stand_beside(&key.0, before, &symbol)) else {
            self.symbols.entry(key).or_insert(symbol);
            return None;
        };
        if symbol.rank < before.rank {
            let problem = clash(before, &symbol);
            self.symbols.insert(key, symbol);
            return problem;
        }
        clash(&symbol, before)
    }

    /// Where a name is taken.
    pub(super) fn place(&self, namespace: &Namespace, name: &str) -> Option<Span> {
        self.symbols.get(&(namespace.clone(), folded(namespace, name)))?.at
    }

    /// Where one phrase is the beginning of another, nobody could tell which of the two an effect is meant to be.
    fn begins_alike(&self, symbol: &Symbol) -> Option<Diagnostic> {
        let own = folded(&Namespace::Effects, &symbol.name);
        let of_another = |other: &&Symbol| matches!(other.kind, SymbolKind::Phrase(_)) && other.kind != symbol.kind;
        let begun = format!("{own}-");
        let longer = self.symbols.range((Namespace::Effects, begun.clone())..);
        let longer =
            longer.take_while(|((namespace, name), _)| *namespace == Namespace::Effects && name.starts_with(&begun));
        let shorter = own.match_indices('-').filter_map(|(at, _)| {
            let begins = own.get(..at)?.to_owned();
            self.symbols.get(&(Namespace::Effects, begins))
        });
        let other = longer.map(|(_, other)| other).chain(shorter).find(of_another)?;
        let (later, first) = if symbol.rank < other.rank { (other, symbol) } else { (symbol, other) };
        let (short, long) = if symbol.name.len() < other.name.len() { (symbol, other) } else { (other, symbol) };
        let message =
            format!("`{}` is how `{}` begins, so effects could be taken for one another", short.name, long.name);
        let problem = Diagnostic::error("named-twice", later.at?, message);
        let problem = first.at.into_iter().fold(problem, |problem, at| problem.also(at, "here is the other one"));
        Some(problem.help("begin the two with different words"))
    }
}

impl SymbolKind {
    fn described(&self) -> String {
        match self {
            Self::Language => "a word of the language".to_owned(),
            Self::Identity => "a kind of identity".to_owned(),
            Self::Fact => "a fact of the call".to_owned(),
            Self::Questions => "a list of questions".to_owned(),
            Self::Record => "a kind of record".to_owned(),
            Self::Field(record) => format!("a field of `{record}`"),
            Self::Plural(name) => format!("the plural of `{name}`"),
            Self::Outcome => "an outcome".to_owned(),
            Self::Phrase(outcome) => format!("how `{outcome}` is written"),
            Self::Value(owner) => format!("a value of `{owner}`"),
            Self::Label(value) => format!("what `{value}` is called"),
            Self::Calendar => "a calendar".to_owned(),
            Self::Setting => "a setting".to_owned(),
            Self::Definition => "a definition".to_owned(),
            Self::Group => "a group of records".to_owned(),
            Self::Score => "a score".to_owned(),
            Self::Table => "a table".to_owned(),
            Self::Band(score) => format!("a band of `{score}`"),
            Self::Rule => "a rule".to_owned(),
            Self::Invariant => "an invariant".to_owned(),
            Self::Policy => "a policy".to_owned(),
            Self::Vocabulary => "a vocabulary".to_owned(),
        }
    }
}

/// Names that differ in capitals and joining marks alone are one: nobody hears the difference.
fn folded(namespace: &Namespace, name: &str) -> String {
    match namespace {
        Namespace::Policies | Namespace::Vocabularies => slug(name),
        _ => heard(name),
    }
}

fn is_read_as_a_number(namespace: &Namespace, symbol: &Symbol) -> bool {
    let is_number = symbol.name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    is_number && matches!(namespace, Namespace::Names | Namespace::Bands(_))
}

/// Whether a name would be taken for what is said of a value, as in `is unknown`: that of a band or a field. Values are refused where
/// they are listed, and names of one space with the language's own words as theirs; nothing asks whether something is a rule.
fn is_read_as_an_answer(namespace: &Namespace, symbol: &Symbol) -> bool {
    matches!(symbol.name.as_str(), "unknown" | "yes") && matches!(namespace, Namespace::Fields(_) | Namespace::Bands(_))
}

/// Whether two things may have one name in their namespace: values and bands, of which it is always known whose they are;
/// the record of earlier calls, which is what the language means by `call`; and an outcome, which no condition and no reason names.
fn may_stand_beside(namespace: &Namespace, one: &Symbol, other: &Symbol) -> bool {
    let is_value = |symbol: &Symbol| matches!(symbol.kind, SymbolKind::Value(_) | SymbolKind::Band(_));
    let unambiguous = |symbol: &Symbol| match &symbol.kind {
        SymbolKind::Record => symbol.name == "call",
        SymbolKind::Outcome => true,
        SymbolKind::Plural(name) => name == "call",
        _ => false,
    };
    match (&one.kind, &other.kind) {
        (SymbolKind::Language, _) => unambiguous(other),
        (_, SymbolKind::Language) => unambiguous(one),
        _ => *namespace == Namespace::Levels && is_value(one) && is_value(other),
    }
}

fn clash(later: &Symbol, first: &Symbol) -> Option<Diagnostic> {
    let described = first.kind.described();
    let alike = later.name == first.name;
    let message = match &later.kind {
        SymbolKind::Plural(name) if alike => {
            format!("`{}` would be the plural of `{name}`, and is {described} already", later.name)
        }
        SymbolKind::Invariant if alike => format!("there are two invariants `{}`", later.name),
        SymbolKind::Rule if alike => format!("there are two rules `{}`", later.name),
        _ if alike && later.kind == first.kind => format!("`{}` is declared twice", later.name),
        _ if alike => format!("`{}` is {described} already", later.name),
        _ => format!("`{}` is too like `{}`, which is {described}", later.name, first.name),
    };
    let problem = Diagnostic::error("named-twice", later.at?, message);
    let problem = first.at.into_iter().fold(problem, |problem, at| problem.also(at, "here it is declared first"));
    Some(problem.help(match later.kind {
        SymbolKind::Plural(_) => "give it a plural of its own, as in `breach, plural breaches`",
        _ => "choose another name",
    }))
}

/// How near the base each vocabulary and policy stands: what a base declares comes before what is built on it declares.
#[derive(Debug, Default)]
pub(super) struct Ranks<'a> {
    vocabularies: BTreeMap<&'a str, usize>,
    policies: BTreeMap<&'a str, usize>,
}

impl<'a> Ranks<'a> {
    /// Adds a policy that is built on those added before, with the vocabularies that it is written in.
    pub(super) fn add(&mut self, policy: &'a str, vocabularies: Vec<&'a str>) {
        let rank = 2 * self.policies.len();
        for vocabulary in vocabularies {
            self.vocabularies.entry(vocabulary).or_insert(rank);
        }
        self.policies.insert(policy, rank + 1);
    }

    pub(super) fn of_vocabulary(&self, name: &str) -> usize {
        self.vocabularies.get(name).copied().unwrap_or(0)
    }

    pub(super) fn of_policy(&self, name: &str) -> usize {
        self.policies.get(name).copied().unwrap_or(0)
    }
}

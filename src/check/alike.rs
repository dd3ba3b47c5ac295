//! Rules that are alike: what the first of them was checked to say, with the name and numbers of each of the others.

use super::names::Checker;
use super::policy::{Condition, Count, Piece, Predicate, Rule, ScoreIs, Test};
use super::rules::Counted;
use crate::syntax::tree::{
    self, AlikeItem, Amount, ConditionKind, Group, Item, Line, Measure, Quantifier, RuleItem, RuleLine, Text, Word,
};
use hashbrown::HashMap;
use std::sync::Arc;

/// A rule as the files have it.
#[derive(Clone, Copy)]
pub(super) enum Written<'a> {
    Whole(&'a RuleItem),
    Alike(&'a AlikeItem),
}

/// What rules were checked to say that others are like, by where they are; `None` for those that are wrong. Only looked
/// up in, never walked.
pub(super) type Checked = HashMap<*const RuleItem, Option<First>>;

/// A rule that others are like.
pub(super) struct First {
    rule: Rule,
    /// For each piece of its reason, which of the rule's own counts it names, if any. `None` where that is not plain to
    /// see, so that each reason has to be read.
    named: Option<Vec<Option<usize>>>,
}

impl<'a> Written<'a> {
    pub(super) fn of(item: &'a Line<Item>) -> Option<Self> {
        match &item.node {
            Item::Rule(rule) => Some(Self::Whole(rule)),
            Item::Alike(rule) => Some(Self::Alike(rule)),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'a Word {
        match self {
            Self::Whole(rule) => &rule.name,
            Self::Alike(rule) => &rule.name,
        }
    }
}

impl<'a> Checker<'a, '_> {
    /// A rule that is like another, which is checked once.
    pub(super) fn alike(&mut self, policy: &str, item: &'a AlikeItem, checked: &mut Checked) -> Option<Rule> {
        let known = std::ptr::from_ref(&*item.like);
        let first = checked.entry(known).or_insert_with(|| self.first(policy, &item.like)).as_ref()?;
        let Rule { title, policy: checked_in, .. } = &first.rule;
        let mut rule = Rule {
            name: item.name.text.clone(),
            title: if item.like.title.is_some() { Arc::clone(title) } else { item.name.text.as_str().into() },
            when: first.rule.when.clone(),
            effects: Arc::clone(&first.rule.effects),
            additions: Vec::new(),
            because: Vec::new(),
            sources: first.rule.sources.clone(),
            suspension: None,
            policy: if **checked_in == *policy { Arc::clone(checked_in) } else { policy.into() },
            at: item.name.at.0,
            ..first.rule
        };
        let mut numbers = item.numbers.iter().copied();
        conditions(&item.like).for_each(|written| ask_for(written, &mut rule.when, &mut numbers));
        let mut counted = Vec::new();
        conditions(&item.like).for_each(|written| Self::own_counts(written, &rule.when, &mut counted));
        rule.because = match &first.named {
            Some(named) => {
                let pieces = first.rule.because.iter().zip(named);
                pieces.map(|(piece, at)| told_again(piece, at.and_then(|at| counted.get(at)))).collect()
            }
            None => because(&item.like).and_then(|text| self.because(text, &counted)).unwrap_or_default(),
        };
        Some(rule)
    }

    fn first(&mut self, policy: &str, item: &'a RuleItem) -> Option<First> {
        let rule = self.rule(policy, item)?;
        let mut counted = Vec::new();
        conditions(item).for_each(|written| Self::own_counts(written, &rule.when, &mut counted));
        let named = |piece: &Piece| {
            let Some(count) = count_of(piece) else { return Some(None) };
            let mut fitting = counted.iter().enumerate().filter(|(_, counted)| *counted.count == *count);
            let only = fitting.next().filter(|_| fitting.next().is_none());
            only.map(|(at, _)| Some(at))
        };
        let named = rule.because.iter().map(named).collect();
        Some(First { rule, named })
    }
}

fn conditions(item: &RuleItem) -> impl Iterator<Item = &tree::Condition> {
    item.lines.iter().filter_map(|line| match &line.node {
        RuleLine::When(written) => Some(written),
        _ => None,
    })
}

fn because(item: &RuleItem) -> Option<&Text> {
    item.lines.iter().rev().find_map(|line| match &line.node {
        RuleLine::Because(text) => Some(text),
        _ => None,
    })
}

/// What a piece of a reason counts.
fn count_of(piece: &Piece) -> Option<&Count> {
    match piece {
        Piece::Count(count, _) | Piece::Ids(count) | Piece::Latest(count) | Piece::Field(count, _) => Some(count),
        Piece::Text(_) | Piece::Fact(_) | Piece::Score(_) => None,
    }
}

/// A piece of a reason, for a rule that has this count in the place of the one that the piece names.
fn told_again(piece: &Piece, counted: Option<&Counted<'_>>) -> Piece {
    let mut piece = piece.clone();
    if let (Some(counted), Piece::Count(count, _) | Piece::Ids(count) | Piece::Latest(count) | Piece::Field(count, _)) =
        (counted, &mut piece)
    {
        count.number = counted.count.number;
    }
    piece
}

/// Puts these numbers in the places of those that something is compared with, in the order in which they are written.
fn ask_for(written: &tree::Condition, typed: &mut Condition, numbers: &mut impl Iterator<Item = i64>) {
    match (&written.kind, typed) {
        (ConditionKind::Group { group, items }, typed) => {
            if let (Group::HowMany { amount: Amount::Number(_), .. }, Condition::HowMany { number, .. }) =
                (group, &mut *typed)
            {
                *number = numbers.next().unwrap_or(*number);
            }
            for (item, part) in items.iter().zip(parts(typed)) {
                ask_for(&item.node, part, numbers);
            }
        }
        (ConditionKind::Chain { items, .. }, typed) => {
            for (item, part) in items.iter().zip(parts(typed)) {
                ask_for(item, part, numbers);
            }
        }
        (ConditionKind::Count(written), Condition::Count(count)) => {
            if let Quantifier::HowMany { amount: Amount::Number(_), .. } = written.quantifier {
                count.number = numbers.next().unwrap_or(count.number);
            }
        }
        (ConditionKind::Test(written), typed) => {
            if let tree::Predicate::Compare { with: Measure::Amount(Amount::Number(_)), .. } = written.predicate
                && let Condition::Test(Test { predicate: Predicate::Compare(_, number), .. })
                | Condition::Score { is: ScoreIs::Compare(_, number), .. } = typed
            {
                *number = numbers.next().unwrap_or(*number);
            }
        }
        _ => {}
    }
}

/// The parts of a list or chain; of `none of` those of the list that it denies.
fn parts(typed: &mut Condition) -> &mut [Condition] {
    match typed {
        Condition::All(parts) | Condition::Any(parts) | Condition::HowMany { of: parts, .. } => parts,
        Condition::Not(denied) => parts(denied),
        _ => &mut [],
    }
}

//! Rule -> the cases that are worth posing to it, and what of a case a rule can see.

use super::asked::RulePredicates;
use super::effort::{Cut, Effort};
use super::moves::{Move, MoveKind, moves, moves_of_records};
use super::ways::{ways_to_hold, ways_to_miss};
use crate::check::{Effect, Policy, Rule};
use crate::compile::Program;
use crate::eval::rules_seen;
use crate::model::{Case, FactId, FieldId, OutcomeId, OutcomeKind, RecordId, Truth, Type, Value};
use crate::proof::witness::{Sketch, Val, When};
use crate::proof::{Wish, cases};
use crate::semantics::{FigureSource, Row, Subject as Moment};
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// A case that is put to a rule.
#[derive(Clone, Debug)]
pub(in crate::testing) struct Posed {
    /// What is otherwise than in the case that it lies beside; empty for that case itself.
    pub label: String,
    pub kind: MoveKind,
    pub sketch: Sketch,
}

/// What is asked of a policy about one of its rules.
#[derive(Clone, Copy)]
pub(in crate::testing) struct Subject<'p> {
    pub policy: &'p Policy,
    pub program: &'p Program,
    pub rule: usize,
}

/// How long before the call something was of which it only matters when it was, in seconds.
const A_LITTLE: i64 = 300;

/// How many cases are posed in which a rule applies but for one record.
const MOST_MISSES: usize = 4;

/// The most that is looked at for one rule, in values.
const MOST_LOOKED_AT: usize = 3_000_000;

/// What came of posing a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::testing) struct Reached {
    /// Whether a case was found for which the rule applies.
    pub applies: bool,
    /// Why not everything was looked at.
    pub cut: Option<Cut>,
}

impl Posed {
    /// A case that others lie beside.
    fn of(base: &Sketch) -> Self {
        Self { label: String::new(), kind: MoveKind::Edge, sketch: base.clone() }
    }
}

impl From<Move> for Posed {
    fn from(Move { label, kind, sketch }: Move) -> Self {
        Self { label, kind, sketch }
    }
}

impl Subject<'_> {
    fn truth(&self, sketch: &Sketch) -> Truth {
        let case = sketch.case(&self.policy.vocabulary, &self.policy.zone);
        let seen = rules_seen(self.policy, self.program, &case, &[self.rule]);
        seen.first().map_or(Truth::No, |seen| seen.truth)
    }

    /// Shows cases for which the rule applies, and those beside them, until told to stop. `ways` is how many of the former;
    /// where none is found, those `known` beforehand for which it applies.
    pub(in crate::testing) fn pose(
        &self,
        ways: usize,
        known: &[Sketch],
        visit: &mut dyn FnMut(Posed) -> ControlFlow<()>,
    ) -> Reached {
        let Some(rule) = self.policy.rules.get(self.rule) else { return Reached::default() };
        let asked = RulePredicates::of(self.policy, rule);
        let applies = |sketch: &Sketch| self.truth(sketch) == Truth::Yes;
        let found = cases(self.policy, rule, &ways_to_hold(self.policy, &rule.when), ways);
        let mut bases: Vec<Sketch> = found.calls.into_iter().filter(applies).collect();
        if bases.is_empty() {
            bases = known.iter().filter(|sketch| applies(sketch)).take(ways).cloned().collect();
        }
        bases.iter_mut().for_each(|base| self.let_effects_be_known(base));
        let effort = Effort::of(MOST_LOOKED_AT);
        let mut seen = BTreeSet::new();
        let unsettled = found.unsettled.filter(|why| bases.is_empty() || why.is_for_lack_of_room());
        let shown = bases.iter().try_for_each(|base| {
            self.show(Posed::of(base), &asked, &mut seen, visit)?;
            self.beside(base, &asked, &effort, &mut seen, visit)
        });
        if shown.is_continue() {
            let _ = self.misses(rule, &asked, &effort, &mut seen, visit);
        }
        Reached { applies: !bases.is_empty(), cut: unsettled.map(Cut::Unsettled).or(effort.cut()) }
    }

    /// Shows the cases in which the rule would apply if there were no record, and those in which that lies at other times.
    fn misses(
        &self,
        rule: &Rule,
        asked: &RulePredicates,
        effort: &Effort,
        seen: &mut BTreeSet<String>,
        visit: &mut dyn FnMut(Posed) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let wishes: Vec<Wish> = ways_to_miss(self.policy, &rule.when);
        if wishes.is_empty() {
            return ControlFlow::Continue(());
        }
        for miss in cases(self.policy, rule, &wishes, MOST_MISSES).calls {
            for beside in moves_of_records(self.policy, asked, &miss, effort) {
                self.show(beside.into(), asked, seen, visit)?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Gives the facts that only what follows depends on, such as the time after which a deadline is: without them a rule that
    /// applies would add nothing that a test could expect.
    fn let_effects_be_known(&self, base: &mut Sketch) {
        let Some(rule) = self.policy.rules.get(self.rule) else { return };
        for effect in rule.effects.iter() {
            let (fact, value) = match effect {
                Effect::Deadline { after: Moment::Fact(fact), .. } => (*fact, Val::Time(When::shifted(-A_LITTLE))),
                Effect::RaiseTo { outcome, fact } => {
                    let kind = self.policy.vocabulary.outcomes.get(outcome.index()).map(|outcome| &outcome.kind);
                    let steps = kind.map_or(0, |kind| kind.values().len());
                    let Some(top) = steps.checked_sub(1).and_then(|top| u16::try_from(top).ok()) else { continue };
                    (*fact, Val::Choice(top))
                }
                Effect::Figure { outcome, of } => match self.most_of(*outcome, *of) {
                    Some(known) => known,
                    None => continue,
                },
                Effect::Raise { .. } | Effect::Deadline { .. } => continue,
            };
            base.call.entry(fact).or_insert(value);
        }
    }

    /// The fact that a number is taken from, at the value that asks for most.
    fn most_of(&self, outcome: OutcomeId, of: FigureSource) -> Option<(FactId, Val)> {
        let FigureSource::Fact(fact) = self.policy.rests_on(of) else { return None };
        let kind = &self.policy.vocabulary.outcomes.get(outcome.index())?.kind;
        let ty = &self.policy.vocabulary.call.get(fact.index())?.ty;
        let at =
            match (of, ty) {
                (FigureSource::Table(table), _) => {
                    let rows = self.policy.table(table)?.rows.iter();
                    let asks_most = |row: &&Row| kind.least().at_number(*row.gives).strength();
                    rows.max_by_key(asks_most)?.from
                }
                (_, Type::Number { range: Some((least, most)) }) => {
                    if matches!(kind, OutcomeKind::LowestNumber { .. }) { *least } else { *most }
                }
                _ => return None,
            };
        Some((
            fact,
            if matches!(ty, Type::Choice { .. }) { Val::Choice(u16::try_from(at).ok()?) } else { Val::Number(at) },
        ))
    }

    /// Shows the cases beside one.
    pub(in crate::testing) fn beside(
        &self,
        base: &Sketch,
        asked: &RulePredicates,
        effort: &Effort,
        seen: &mut BTreeSet<String>,
        visit: &mut dyn FnMut(Posed) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some(rule) = self.policy.rules.get(self.rule) else { return ControlFlow::Continue(()) };
        for beside in moves(self.policy, rule, asked, base, effort) {
            self.show(beside.into(), asked, seen, visit)?;
        }
        ControlFlow::Continue(())
    }

    /// Shows a case that the rule does not see like another before it.
    fn show(
        &self,
        posed: Posed,
        asked: &RulePredicates,
        seen: &mut BTreeSet<String>,
        visit: &mut dyn FnMut(Posed) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let case = posed.sketch.case(&self.policy.vocabulary, &self.policy.zone);
        // A test cannot say of a list that it is known in part.
        if case.warnings.is_empty()
            && posed.sketch.in_part.is_empty()
            && seen.insert(view(asked, &case, &self.policy.vocabulary))
        {
            return visit(posed);
        }
        ControlFlow::Continue(())
    }
}

/// What a rule can see of a case: the facts and fields that it asks about, with people by the order in which they come.
pub(in crate::testing) fn view(asked: &RulePredicates, case: &Case, vocabulary: &crate::model::Vocabulary) -> String {
    let mut people: Vec<String> = Vec::new();
    let mut out = String::new();
    let mut said = |value: Value, out: &mut String| match value {
        Value::Time(at) => out.push_str(&format!("t{},", at.0 - case.at.0)),
        Value::Text(at) => out.push_str(&format!("{:?},", case.text(at))),
        Value::Identity(_) | Value::Identities { .. } => {
            for name in case.identities(&value) {
                let name = case.name(*name).to_owned();
                let at = people.iter().position(|known| *known == name).unwrap_or_else(|| {
                    people.push(name);
                    people.len() - 1
                });
                out.push_str(&format!("p{at}+"));
            }
            out.push(',');
        }
        other => out.push_str(&format!("{other:?},")),
    };
    if asked.dated {
        out.push_str(&format!("at{};", case.at.0));
    }
    for fact in asked.facts.keys() {
        said(case.fact(*fact), &mut out);
    }
    for kind in &asked.kinds {
        out.push(';');
        let Some(records) = case.records(*kind) else { continue };
        out.push('=');
        for record in 0..records.len() {
            out.push_str(&format!("|{}:", records.time(record).0 - case.at.0));
            for field in fields(asked, *kind) {
                let link = vocabulary.records.get(kind.index()).and_then(|it| it.fields.get(field.index()));
                match (records.value(record, field), link.map(|it| &it.ty)) {
                    // A link is where it leads, not what the id is called.
                    (Value::Identity(id), Some(Type::Link { record })) => {
                        let found = case.records(*record).and_then(|records| records.find(id));
                        out.push_str(&format!("l{found:?},"));
                    }
                    (value, _) => said(value, &mut out),
                }
            }
        }
    }
    out
}

fn fields(asked: &RulePredicates, kind: RecordId) -> impl Iterator<Item = FieldId> {
    asked.fields.keys().filter(move |(known, _)| *known == kind).map(|(_, field)| *field)
}

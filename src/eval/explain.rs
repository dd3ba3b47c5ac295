//! Why: reasons with their numbers, the records counted, what is unknown, and what came near.

use super::evaluation::Evaluation;
use super::members::{Member, Members};
use super::reading::{CountRange, NO_END};
use super::rule_scan::RuleScan;
use super::scratch::Marks;
use super::words::value_words;
use super::{About, Doubt, Row, ask};
use crate::compile::{CompiledRule, FlatFollow, FlatPiece, FlatSince, MeasureId, SelectionId, Term, TermId};
use crate::model::{FactId, Field, FieldId, Near, Question, RecordId, Truth, Value};
use crate::semantics::{Predicate, ScoreIs, Subject, Test};
use crate::syntax::tree::Comparison;
use crate::text::aloud;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// No more unknown fields of records than this are named for one rule: a long history may lack a field in every record.
const MAX_FIELDS: usize = 100;

/// Most sentences have no more bytes than this.
const ROOM: usize = 80;

pub(super) struct Explainer<'r, 'a> {
    run: &'r Evaluation<'a>,
}

impl<'r, 'a> Explainer<'r, 'a> {
    pub(super) fn new(run: &'r Evaluation<'a>) -> Self {
        Self { run }
    }

    pub(super) fn path(&self, about: &About) -> String {
        ask::path(&self.run.policy.vocabulary, self.run.case, about)
    }

    pub(super) fn questions(&self, survey: &RuleScan, doubts: &[Doubt]) -> Vec<Question> {
        ask::questions(self.run, survey, doubts)
    }

    /// The unknown facts because of which a condition is open, in the order of the condition, and how many more there are:
    /// every fact of the call and every list is among them, and so many fields of records.
    pub(super) fn unknowns(&self, term: TermId) -> (Vec<About>, usize) {
        let (mut abouts, mut known, mut fields) = (Vec::new(), BTreeSet::new(), 0usize);
        self.all_unknowns(&[term], |about| {
            if !known.insert(*about) {
                return;
            }
            let is_field = matches!(about, About::Field { .. });
            fields += usize::from(is_field);
            if !is_field || fields <= MAX_FIELDS {
                abouts.push(*about);
            }
        });
        (abouts, fields.saturating_sub(MAX_FIELDS))
    }

    /// Hands on what leaves any of some conditions open; the same may come several times.
    pub(super) fn all_unknowns(&self, terms: &[TermId], add: impl FnMut(&About)) {
        let mut seen = self.run.memory.terms.take();
        seen.begin();
        let mut found = Unknowns { run: self.run, seen, add };
        terms.iter().for_each(|term| found.walk(*term, Row::Call));
        self.run.memory.terms.replace(found.seen);
    }

    /// The ids of the records that made a rule apply, oldest first.
    pub(super) fn evidence(&self, rule: &CompiledRule) -> Vec<String> {
        let mut found = Vec::new();
        self.run.gather_evidence(rule, &mut found);
        self.run.case.ids_in_order(&found).map(str::to_owned).collect()
    }

    /// The id of a member's record; the call itself has none to show.
    fn id(&self, members: Members<'_>, member: Member) -> Option<String> {
        match members.row(member) {
            Row::Record { record, index } => {
                let id = self.run.case.records(record)?.id(index)?;
                Some(self.run.case.name(id).to_owned())
            }
            _ => None,
        }
    }

    /// The reason with its numbers filled in: of several ways in which a rule applies, the reasons of those that hold, so that
    /// no reason says of a call what is not so.
    pub(super) fn because(&self, rule: &CompiledRule) -> String {
        let ways = rule.because.iter().filter_map(|reason| reason.way);
        // Where nothing says that it applies, it applies by presumption.
        let spoke = ways.map(|way| self.run.truth(way)).max().unwrap_or(Truth::Yes);
        let mut text = String::with_capacity(ROOM);
        for reason in rule.because.iter().filter(|it| it.way.is_none_or(|way| self.run.truth(way) == spoke)) {
            if !text.is_empty() {
                text.push_str(". ");
            }
            reason.pieces.iter().for_each(|piece| self.push_piece(&mut text, piece));
        }
        text
    }

    fn push_piece(&self, reason: &mut String, piece: &FlatPiece) {
        match piece {
            FlatPiece::Text(text) => reason.push_str(text),
            FlatPiece::Count(measure, words) => {
                let (least, most) = self.number(*measure);
                push_number(reason, least, most, words.as_deref());
            }
            FlatPiece::Answers(facts, words) => {
                let (least, most) = self.answered_yes(facts);
                push_number(reason, least, Some(most), words.as_deref());
            }
            FlatPiece::Ids(measure) => {
                let members = self.run.counted_for_certain(*measure);
                let ids: Vec<String> = members.sure().filter_map(|member| self.id(members, member)).collect();
                match ids.as_slice() {
                    [] => reason.push_str("none"),
                    ids => reason.push_str(&ids.join(", ")),
                }
            }
            FlatPiece::Latest(measure) => match self.run.counted_for_certain(*measure).sure().next_back() {
                Some(latest) => reason.push_str(&self.run.policy.zone.spoken(latest.time)),
                None => reason.push_str("a time not known"),
            },
            FlatPiece::Field(measure, field) => {
                let members = self.run.counted_for_certain(*measure);
                let kind = self.run.policy.vocabulary.records.get(members.record.index());
                let declared = kind.and_then(|kind| kind.fields.get(field.index()));
                // Where several may be the latest, only what all of them say is so.
                let said = |latest: Member| {
                    Some(self.words(self.run.value(Subject::Field(*field), members.row(latest)), declared?))
                };
                let mut said: Vec<Option<String>> = members.last_sure(false, 1).into_iter().map(said).collect();
                said.dedup();
                match said.as_slice() {
                    [Some(words)] => reason.push_str(words),
                    _ => reason.push_str("not known"),
                }
            }
            FlatPiece::Fact(fact) => {
                if let Some(declared) = self.run.policy.vocabulary.call.get(fact.index()) {
                    reason.push_str(&self.words(self.run.case.fact(*fact), declared));
                }
            }
            FlatPiece::Score(score) => {
                let (least, most) = self.run.score_between(*score);
                push_between(reason, least, Some(most));
            }
        }
    }

    /// How many of some questions are answered yes for certain, and how many may be.
    fn answered_yes(&self, facts: &[FactId]) -> (i64, i64) {
        let answers = || facts.iter().map(|fact| self.run.case.fact(*fact));
        let certain = answers().filter(|answer| *answer == Value::YesNo(true)).count();
        let possible = answers().filter(|answer| *answer != Value::YesNo(false)).count();
        (i64::try_from(certain).unwrap_or(i64::MAX), i64::try_from(possible).unwrap_or(i64::MAX))
    }

    fn words(&self, value: Value, field: &Field) -> String {
        value_words(self.run.policy, self.run.case, value, field)
    }

    /// The least and the most that are counted; the most is `None` when nobody can say.
    fn number(&self, measure: MeasureId) -> (i64, Option<i64>) {
        let widest = |one: CountRange, other: CountRange| CountRange {
            least: one.least.min(other.least),
            most: one.most.max(other.most),
        };
        let between = self.run.readings(measure).flatten().reduce(widest);
        between.map_or((0, None), |CountRange { least, most }| (least, Some(most).filter(|most| *most != NO_END)))
    }

    /// What a rule that does not apply lacks, when it is one thing and near: everything else is met, and at least
    /// half of what is counted is there.
    pub(super) fn near(&self, rule: &CompiledRule) -> Option<Near> {
        let mut ways = rule.because.iter().filter_map(|reason| reason.way).peekable();
        let only = ways.peek().is_none().then_some(rule.when);
        ways.chain(only).find_map(|way| self.near_by(rule, way))
    }

    /// The same of one of the ways in which it applies.
    fn near_by(&self, rule: &CompiledRule, way: TermId) -> Option<Near> {
        let top = self.run.program.ir.all_of(&way);
        let mut missing = top.iter().filter(|part| self.run.truth(**part) != Truth::Yes);
        let (Some(only), None) = (missing.next(), missing.next()) else { return None };
        let needs = self.needs(rule, *only)?;
        Some(Near { rule: rule.name.clone(), needs })
    }

    fn needs(&self, rule: &CompiledRule, term: TermId) -> Option<String> {
        if let Some(Term::Presumed(part)) = self.run.program.ir.term(term) {
            return self.spoke(*part);
        }
        // This call is there whatever the history holds: it alone brings nothing near.
        let mut own = 0;
        let (have, number, words) = match self.run.program.ir.term(term)? {
            Term::Count { measure, comparison, number } => {
                let readings = self.run.readings(*measure);
                let most =
                    |reading: Option<CountRange>| reading.map(|reading| reading.most).filter(|most| *most != NO_END);
                let most = readings.map(most).reduce(Option::max)??;
                let members = self.run.counted_members(*measure);
                own = i64::from(members.all().next_back().is_some_and(|newest| members.row(newest) == Row::ThisCall));
                let (_, words) = rule.counted.iter().find(|(count, _)| *count == term)?;
                (most, needed(*comparison, **number)?, Cow::Borrowed(&**words))
            }
            Term::HowMany { comparison, number, of } => {
                let have = of.iter().filter(|part| self.run.truth(**part) != Truth::No).count();
                let form = rule.counted.iter().find(|(count, _)| *count == term);
                let words = form.map_or(Cow::Borrowed("conditions in its list"), |(_, form)| {
                    Cow::Owned(format!("that must be yes among {form}"))
                });
                (i64::try_from(have).ok()?, needed(*comparison, **number)?, words)
            }
            Term::Score { score, is } => {
                let name = &self.run.program.ir.scores.get(*score)?.name;
                let needed = match is {
                    ScoreIs::Compare(comparison, number) => needed(*comparison, **number)?,
                    ScoreIs::Range { from, not: false, .. } => **from,
                    _ => return None,
                };
                (self.run.score_between(*score).1, needed, Cow::Owned(format!("points of {}", aloud(name))))
            }
            _ => return None,
        };
        let short = number - have;
        let near = short > 0 && have > own && short <= have;
        let said = |number: i64| number.to_string();
        near.then(|| [&said(short), " more: ", &said(have), " of ", &said(number), " ", &words].concat())
    }
}

impl Explainer<'_, '_> {
    /// When a rule last spoke that does not speak again so soon.
    fn spoke(&self, term: TermId) -> Option<String> {
        let Some(Term::Count { measure, .. }) = self.run.program.ir.term(term) else { return None };
        let members = self.run.counted_for_certain(*measure);
        let last = members.sure().next_back()?;
        Some(format!("time since it last spoke: {}", self.run.policy.zone.spoken(last.time)))
    }
}

/// The number that must be reached, for comparisons that more of something can meet.
fn needed(comparison: Comparison, number: i64) -> Option<i64> {
    match comparison {
        Comparison::AtLeast => Some(number),
        Comparison::MoreThan => number.checked_add(1),
        _ => None,
    }
}

/// Adds a number, with the words for one or for more.
fn push_number(text: &mut String, least: i64, most: Option<i64>, words: Option<&(String, String)>) {
    push_between(text, least, most);
    if let Some((one, more)) = words {
        let is_one = (least, most) == (1, Some(1));
        text.push(' ');
        text.push_str(if is_one { one } else { more });
    }
}

/// Adds a number that is known to lie between two; to the most there may be no end.
fn push_between(text: &mut String, least: i64, most: Option<i64>) {
    if most.is_none() {
        text.push_str("at least ");
    }
    text.push_str(&least.to_string());
    if let Some(most) = most.filter(|most| *most != least) {
        text.push_str(" to ");
        text.push_str(&most.to_string());
    }
}

/// Walks a condition for what leaves it open.
struct Unknowns<'r, 'a, F> {
    run: &'r Evaluation<'a>,
    /// Conditions about the call, which may be reached by many ways.
    seen: Marks,
    add: F,
}

impl<F: FnMut(&About)> Unknowns<'_, '_, F> {
    fn add(&mut self, about: About) {
        (self.add)(&about);
    }

    fn walk(&mut self, term: TermId, row: Row) {
        let truth = match row {
            Row::Call => self.run.open_truth(term),
            Row::Record { .. } | Row::ThisCall => self.run.truth_of(term, row),
        };
        if truth != Truth::Unknown || (row == Row::Call && !self.seen.is_first(term.0 as usize)) {
            return;
        }
        let program = self.run.program;
        match program.ir.term(term) {
            Some(Term::Test(test)) => self.test(test, row),
            Some(Term::Count { measure, .. }) => {
                if let Some(measure) = program.ir.measure(*measure) {
                    self.selection(measure.of);
                    if let Some(follow) = &measure.follow {
                        let leads_on = program.ir.selection(measure.of).is_some_and(|firsts| firsts.this_call);
                        let is_whole = !leads_on && self.run.all_followers_of(measure.of, follow).is_some();
                        self.members(follow.by, is_whole || self.run.is_whole(follow.by), usize::MAX);
                        self.that(measure.of, follow);
                    }
                    if let Some(field) = measure.different {
                        self.fields(measure.of, field);
                    }
                }
            }
            Some(Term::Latest { first, of, test }) => {
                self.selection(*of);
                let members = self.run.members(*of);
                for member in members.all().rev() {
                    self.walk(*test, members.row(member));
                }
                self.order(members, *first);
            }
            Some(Term::Trend { of, trend }) => self.members(*of, self.run.is_whole(*of), trend.last()),
            Some(Term::Score { score, .. }) => {
                if let Some(score) = program.ir.scores.get(*score) {
                    score.points.iter().for_each(|(_, part)| self.walk(*part, row));
                }
            }
            _ => program.ir.parts(term).iter().for_each(|part| self.walk(*part, row)),
        }
    }

    /// What leaves open which records a selection means.
    fn selection(&mut self, id: SelectionId) {
        self.members(id, self.run.is_whole(id), usize::MAX);
    }

    /// What leaves it open among the last few of those that are known, and whether there may be others.
    fn members(&mut self, id: SelectionId, is_whole: bool, last: usize) {
        let Some(selection) = self.run.program.ir.selection(id) else { return };
        for since in &selection.since {
            if let FlatSince::Record { of, .. } = since {
                self.selection(*of);
            }
        }
        if !is_whole {
            self.add(About::List(selection.record));
        }
        let members = self.run.members(id);
        let older = members.all().count().saturating_sub(last);
        for member in members.all().skip(older).filter(|member| !member.sure) {
            self.time(members.row(member));
            for test in &selection.tests {
                self.walk(*test, members.row(member));
            }
        }
    }

    /// The time of a record that was given with several.
    fn time(&mut self, row: Row) {
        if let Row::Record { record, index } = row
            && self.run.case.records(record).is_some_and(|records| records.is_open(index))
        {
            self.add(About::Time { record, index });
        }
    }

    /// The times of those of which it is open which is the latest (or first), as they are of one second.
    fn order(&mut self, members: Members<'_>, first: bool) {
        let rivals = members.last_sure(first, 1);
        if rivals.len() > 1 {
            for rival in rivals {
                if let Row::Record { record, index } = members.row(rival) {
                    self.add(About::Time { record, index });
                }
            }
        }
    }

    /// Members whose identity in a field is not known.
    fn fields(&mut self, id: SelectionId, field: FieldId) {
        let members = self.run.members(id);
        for member in members.all() {
            let row = members.row(member);
            if self.run.value(Subject::Field(field), row) == Value::Unknown {
                self.about(Subject::Field(field), row);
            }
        }
    }

    fn that(&mut self, firsts: SelectionId, follow: &FlatFollow) {
        for (own, first) in &follow.that {
            self.fields(follow.by, *own);
            self.fields(firsts, *first);
        }
    }

    fn test(&mut self, test: &Test, row: Row) {
        test.predicate.reads().for_each(|other| self.about(other, row));
        match (test.subject, &test.predicate) {
            (Subject::Record(record), Predicate::InForce(_)) => {
                self.in_force(record, row);
            }
            (subject, Predicate::InForce(_)) => {
                let Some((link, record)) = self.run.link(subject) else { return };
                match self.run.follow_link(link, record, row) {
                    Some(index) => self.in_force(record, Row::Record { record, index }),
                    None => self.link(link, record, row),
                }
            }
            (subject, _) => self.about(subject, row),
        }
    }

    fn in_force(&mut self, record: RecordId, row: Row) {
        let kind = self.run.policy.vocabulary.records.get(record.index()).and_then(|kind| kind.in_force.as_ref());
        let Some(kind) = kind else { return };
        for field in std::iter::once(&kind.from).chain(&kind.until) {
            self.about(Subject::Field(*field), row);
        }
    }

    /// A linked record that cannot be had: the list, or the link itself.
    fn link(&mut self, link: Subject, target: RecordId, row: Row) {
        if !self.run.case.is_whole(target) {
            return self.add(About::List(target));
        }
        match (link, row) {
            (Subject::Fact(fact), _) => self.add(About::Fact(fact)),
            (Subject::Field(field), Row::Record { record, index }) => self.add(About::Field { record, index, field }),
            // This call's own link: the fact that stands for the field.
            _ => self.about(link, row),
        }
    }

    /// Adds a subject when its value is not known.
    fn about(&mut self, subject: Subject, row: Row) {
        if self.run.value(subject, row) != Value::Unknown {
            return;
        }
        match (subject, row) {
            (Subject::Fact(fact), _) => self.add(About::Fact(fact)),
            (Subject::Field(field), Row::Record { record, index }) => self.add(About::Field { record, index, field }),
            (Subject::Field(field), Row::ThisCall) => {
                if let Some(fact) = self.run.policy.stands_for(field) {
                    self.add(About::Fact(fact));
                }
            }
            (Subject::Through { link, record, field }, row) => {
                match self.run.follow_link(Subject::Field(link), record, row) {
                    Some(index) => self.add(About::Field { record, index, field }),
                    None => self.link(Subject::Field(link), record, row),
                }
            }
            _ => {}
        }
    }
}

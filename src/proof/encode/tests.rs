//! A question to a value -> its answer, by asking it of everything that the value may hold.

use super::row::{Link, Row, Spot};
use super::terms::Encoder;
use super::var::{Holds, ValueVar};
use crate::model::{FactId, RecordId, Truth, Type, Value};
use crate::proof::gates::Gates;
use crate::proof::solver::Lit;
use crate::proof::tri::{Between, Sum, Tri};
use crate::semantics::predicates::{IdentityCount, InForce, Passed, Same, ToCome};
use crate::semantics::{Mark, Predicate, Subject, Takes, Test};

impl Encoder<'_> {
    pub(super) fn test(&mut self, test: &Test, row: Row) -> Tri {
        if let Predicate::InForce(InForce { not }) = test.predicate {
            let answer = self.in_force(test.subject, row);
            return if not { answer.negated() } else { answer };
        }
        match (test.subject, row) {
            (Subject::Fact(fact), _) => self.question(&test.predicate, row, Spot::Fact(fact)),
            (Subject::CallTime, _) | (Subject::RecordTime, Row::Call) => {
                self.question(&test.predicate, Row::Call, Spot::Time)
            }
            (Subject::RecordTime, row) => self.question(&test.predicate, row, Spot::Time),
            (Subject::Field(field), row) => self.question(&test.predicate, row, Spot::Field(field)),
            (Subject::Through { link, record, field }, row) => {
                self.far(Link::Field(link), record, row, |encoder, row| {
                    let spot = match row {
                        Row::Slot(..) => Spot::Field(field),
                        _ => Spot::Far { link: Link::Field(link), record, field },
                    };
                    encoder.question(&test.predicate, row, spot)
                })
            }
            (Subject::Record(_) | Subject::Linked { .. }, _) => Tri::free(&mut self.gates),
        }
    }

    fn in_force(&mut self, subject: Subject, row: Row) -> Tri {
        let (link, kind) = match (subject, row) {
            (Subject::Record(kind), Row::ThisCall | Row::Any(_) | Row::Last { .. } | Row::Slot(..)) => (None, kind),
            (Subject::Linked { link, record }, _) => (Some(Link::Field(link)), record),
            (Subject::Fact(fact), _) => match self.policy.vocabulary.call.get(fact.index()).map(|fact| &fact.ty) {
                Some(Type::Link { record }) => (Some(Link::Fact(fact)), *record),
                _ => return Tri::of(Truth::Unknown, &self.gates),
            },
            _ => return Tri::of(Truth::Unknown, &self.gates),
        };
        let declared = self.policy.vocabulary.records.get(kind.index()).and_then(|kind| kind.in_force.clone());
        let Some(times) = declared else { return Tri::of(Truth::Unknown, &self.gates) };
        let answer = |encoder: &mut Self, row: Row, link: Option<Link>| {
            let spot = |field| match (row, link) {
                (Row::Slot(..), _) | (_, None) => Spot::Field(field),
                (_, Some(link)) => Spot::Far { link, record: kind, field },
            };
            let mut parts = vec![encoder.question(&Passed.into(), row, spot(times.from))];
            for until in &times.until {
                let lasts = encoder.question(&ToCome.into(), row, spot(*until));
                // What has no end lasts.
                let none = Tri::known(encoder.value(row, spot(*until)).none);
                parts.push(Tri::any(&[lasts, none], &mut encoder.gates));
            }
            Tri::all(&parts, &mut encoder.gates)
        };
        match link {
            None => answer(self, row, None),
            Some(link) => self.far(link, kind, row, |encoder, row| answer(encoder, row, Some(link))),
        }
    }

    /// What is answered of the record that a link leads to; open where it leads to none that is there.
    fn far(&mut self, link: Link, kind: RecordId, row: Row, mut ask: impl FnMut(&mut Self, Row) -> Tri) -> Tri {
        let spot = match link {
            Link::Fact(fact) => Spot::Fact(fact),
            Link::Field(field) => Spot::Field(field),
        };
        let value = self.value(row, spot);
        let Holds::Record(_, targets) = &value.holds else {
            let exists = value.exists(&mut self.gates);
            return ask(self, if matches!(link, Link::Fact(_)) { Row::Call } else { row })
                .only_known_where(exists, &mut self.gates);
        };
        let (mut yes, mut found, mut no) = (Vec::new(), Vec::new(), Vec::new());
        for (at, leads) in targets.iter().enumerate() {
            let target = Row::Slot(kind, at);
            let there = self.present.get(&target).copied().unwrap_or(self.gates.solver.no());
            let answer = ask(self, target);
            yes.push(self.gates.and(&[*leads, there, answer.yes]));
            no.push(self.gates.and(&[*leads, there, !answer.may]));
            found.push(self.gates.and(&[*leads, there]));
        }
        Tri { yes: self.gates.or(&yes), may: !self.gates.or(&no) }
    }

    /// The answer of a question to the value at a spot.
    pub(super) fn question(&mut self, predicate: &Predicate, row: Row, spot: Spot) -> Tri {
        let value = self.value(row, spot);
        let known = match &value.holds {
            Holds::One(all) => match predicate {
                Predicate::Same(same) => return self.same(&value, (same.fact, same.not), row, spot),
                _ => {
                    let values: Vec<(Value, Lit)> = all.clone();
                    self.of_each(predicate, &values, row)
                }
            },
            Holds::Time { at, .. } => {
                let values: Vec<(Value, Lit)> = at.iter().map(|(time, lit)| (Value::Time(*time), *lit)).collect();
                self.of_each(predicate, &values, row)
            }
            Holds::Flags(bits) => match of_flags(predicate) {
                Some((flags, takes)) => {
                    let asked: Vec<Lit> =
                        bits.iter().filter(|(bit, _)| flags >> bit & 1 == 1).map(|(_, lit)| *lit).collect();
                    Tri::known(takes_lit(takes, &asked, &mut self.gates))
                }
                None => return self.free_question(predicate, row, spot, &value),
            },
            Holds::Phrases(phrases) => {
                let asked = predicate.form().marks();
                let said = phrases.iter().filter(|(phrase, _)| asked.iter().any(|mark| *mark == Mark::Phrase(phrase)));
                let said: Vec<Lit> = said.map(|(_, lit)| *lit).collect();
                Tri::known(self.gates.or(&said))
            }
            Holds::Names { names, several, .. } => match predicate {
                Predicate::Same(same) => return self.same(&value, (same.fact, same.not), row, spot),
                Predicate::IdentityCount(IdentityCount { comparison, number }) => {
                    if *several {
                        let named = names.iter().map(|name| (1, Tri::known(*name)));
                        Sum::of(named.collect::<Vec<_>>()).compared(*comparison, **number, &mut self.gates)
                    } else {
                        Tri::of(Truth::from(comparison.holds(1, **number)), &self.gates)
                    }
                }
                _ => return self.free_question(predicate, row, spot, &value),
            },
            Holds::Anything | Holds::Record(..) => return self.free_question(predicate, row, spot, &value),
        };
        self.away(predicate, &value, known)
    }

    /// The answer where it is known is given; where it is not, or there is none, it follows.
    pub(super) fn away(&mut self, predicate: &Predicate, value: &ValueVar, known: Tri) -> Tri {
        let of_none = predicate.of_value(&Value::None).unwrap_or(Truth::Unknown);
        let of_none = Tri::of(of_none, &self.gates);
        let exists = value.exists(&mut self.gates);
        let here = known.where_holds(exists, &mut self.gates);
        let none = of_none.where_holds(value.none, &mut self.gates);
        let unknown = Tri { yes: self.gates.solver.no(), may: value.unknown };
        Tri::any(&[here, none, unknown], &mut self.gates)
    }

    /// The answer for each of some values, of which one is the case.
    fn of_each(&mut self, predicate: &Predicate, values: &[(Value, Lit)], row: Row) -> Tri {
        let moment = self.moment();
        let other = predicate.form().marks().into_iter().find_map(|mark| match mark {
            Mark::Time(other) => Some(other),
            Mark::Apart(apart) => Some(apart.other),
            _ => None,
        });
        let other = other.or(match predicate {
            Predicate::SameDay(same) => Some(same.other),
            _ => None,
        });
        let Some(other) = other else {
            let answers = values.iter().map(|(value, lit)| (moment.answer(predicate, *value, Value::Unknown), *lit));
            let answers: Vec<(Truth, Lit)> = answers.collect();
            return self.one_of(&answers);
        };
        let Some((row, spot)) = beside(other, row) else { return Tri::free(&mut self.gates) };
        let with = self.value(row, spot);
        let Holds::Time { at, .. } = &with.holds else { return Tri::free(&mut self.gates) };
        let mut others: Vec<(Value, Lit)> = at.iter().map(|(time, lit)| (Value::Time(*time), *lit)).collect();
        others.extend([(Value::Unknown, with.unknown), (Value::None, with.none)]);
        let mut answers = Vec::new();
        for (other, other_lit) in others {
            let mut own = Vec::new();
            for (value, lit) in values {
                own.push((moment.answer(predicate, *value, other), *lit));
            }
            let own = self.one_of(&own);
            answers.push(own.where_holds(other_lit, &mut self.gates));
        }
        Tri::any(&answers, &mut self.gates)
    }

    fn one_of(&mut self, answers: &[(Truth, Lit)]) -> Tri {
        let of = |is: fn(Truth) -> bool| {
            answers.iter().filter(|(truth, _)| is(*truth)).map(|(_, lit)| *lit).collect::<Vec<Lit>>()
        };
        let (yes, may) = (of(|truth| truth == Truth::Yes), of(|truth| truth != Truth::No));
        Tri { yes: self.gates.or(&yes), may: self.gates.or(&may) }
    }

    /// Whether a value is, or shares somebody with, a fact.
    fn same(&mut self, value: &ValueVar, (fact, not): (FactId, bool), row: Row, spot: Spot) -> Tri {
        let other = self.value(Row::Call, Spot::Fact(fact));
        let Some(shared) = self.shared(value, &other) else {
            let predicate: Predicate = Same { fact, not }.into();
            return self.free_question(&predicate, row, spot, value);
        };
        let answer = if not { shared.negated() } else { shared };
        self.away(&Same { fact, not }.into(), value, answer)
    }

    /// Whether two values are one choice, or share somebody; `None` where that is not told by what they hold.
    pub(super) fn shared(&mut self, one: &ValueVar, other: &ValueVar) -> Option<Tri> {
        let pairs: Vec<(Lit, Lit)> = match (&one.holds, &other.holds) {
            (Holds::One(own), Holds::One(others)) => {
                let same = own.iter().flat_map(|(value, lit)| {
                    others.iter().filter(move |(other, _)| other == value).map(move |(_, other)| (*lit, *other))
                });
                same.collect()
            }
            (Holds::Names { names: own, kind, .. }, Holds::Names { names: others, kind: theirs, .. }) => {
                if kind != theirs {
                    return Some(Tri::of(Truth::No, &self.gates));
                }
                own.iter().copied().zip(others.iter().copied()).collect()
            }
            _ => return None,
        };
        let shared: Vec<Lit> = pairs.into_iter().map(|(one, other)| self.gates.and(&[one, other])).collect();
        let shared = self.gates.or(&shared);
        let known = self.gates.and(&[!one.unknown, !other.unknown]);
        Some(Tri::known(shared).only_known_where(known, &mut self.gates))
    }
}

/// The row and the spot of another time that a question reads.
pub(super) fn beside(other: Subject, row: Row) -> Option<(Row, Spot)> {
    match (other, row) {
        (Subject::Fact(fact), _) => Some((Row::Call, Spot::Fact(fact))),
        (Subject::CallTime, _) | (Subject::RecordTime, Row::Call) => Some((Row::Call, Spot::Time)),
        (Subject::RecordTime, row) => Some((row, Spot::Time)),
        (Subject::Field(field), row) => Some((row, Spot::Field(field))),
        _ => None,
    }
}

/// The flags that a question asks about, and how many of them it takes.
fn of_flags(predicate: &Predicate) -> Option<(u64, Takes)> {
    predicate.form().marks().into_iter().find_map(|mark| match mark {
        Mark::Flags { flags, takes } => Some((flags, takes?)),
        _ => None,
    })
}

fn takes_lit(takes: Takes, flags: &[Lit], gates: &mut Gates) -> Lit {
    match takes {
        Takes::All => gates.and(flags),
        Takes::Any => gates.or(flags),
        Takes::None => !gates.or(flags),
        Takes::HowMany(comparison, number) => {
            let flags = flags.iter().map(|flag| (1, Tri::known(*flag)));
            Sum::of(flags.collect::<Vec<_>>()).compared(comparison, number, gates).yes
        }
    }
}

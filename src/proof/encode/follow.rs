//! Records that are followed, or not, by another within a span.

use super::row::{Row, Spot};
use super::terms::Encoder;
use super::var::Holds;
use crate::compile::FlatFollow;
use crate::model::{RecordId, Truth};
use crate::proof::asked::Place;
use crate::proof::solver::Lit;
use crate::proof::tri::Tri;
use crate::time::{Instant, Length};

const MINUTE: i64 = 60;

impl Encoder<'_> {
    /// Whether a record is followed, or not.
    pub(super) fn followed(&mut self, first: Row, follow: &FlatFollow) -> Tri {
        let ir = self.ir;
        let Some(by) = ir.selection(follow.by) else { return Tri::of(Truth::Unknown, &self.gates) };
        if by.is_from_a_record() {
            self.left_open = true;
            return Tri::free(&mut self.gates);
        }
        let mut found: Vec<Tri> = Vec::new();
        for row in self.rows(by).into_iter().filter(|row| *row != first) {
            let mut parts = vec![self.member(follow.by, row)];
            for (own, of_first) in &follow.that {
                let (one, other) = (self.value(row, Spot::Field(*own)), self.value(first, Spot::Field(*of_first)));
                parts.push(match self.shared(&one, &other) {
                    Some(shared) => shared,
                    None => {
                        self.left_open = true;
                        Tri::free(&mut self.gates)
                    }
                });
            }
            let (after, within) = (self.is_no_earlier(row, first), self.is_by_end(row, first, *follow.within));
            parts.extend([Tri::known(after), Tri::known(within)]);
            found.push(Tri::all(&parts, &mut self.gates));
        }
        let whole = self.is_whole(follow.by);
        let others = Tri { yes: self.gates.solver.no(), may: !whole };
        found.push(others);
        let followed = Tri::any(&found, &mut self.gates);
        if !follow.not {
            return followed;
        }
        let over = self.is_over(first, *follow.within);
        followed.negated().where_holds(over, &mut self.gates)
    }

    /// Times at which a record of a kind may follow another: with it, in its span, at the end of that and after it.
    pub(super) fn times_of_followers(&self, kind: RecordId, now: Instant) -> Vec<Instant> {
        let zone = &self.policy.zone;
        let measures = self.asked.measures.keys().filter_map(|id| self.ir.measure(*id));
        let follows = measures.filter_map(|measure| Some((measure.record, measure.follow.as_ref()?)));
        let own = follows.filter(|(_, follow)| self.ir.selection(follow.by).is_some_and(|by| by.record == kind));
        let mut times = Vec::new();
        for (first, follow) in own {
            for start in self.times(Place::RecordTime(first), now, &[now]) {
                let end = zone.after(start, *follow.within);
                times.extend([start, start.plus_seconds((end.0 - start.0) / 2), end, end.plus_seconds(MINUTE)]);
            }
        }
        times
    }

    /// Whether a row comes no later than the end of the span that begins with another.
    fn is_by_end(&mut self, row: Row, first: Row, length: Length) -> Lit {
        let (own, of_first) = (self.value(row, Spot::Time), self.value(first, Spot::Time));
        let (Holds::Time { at, from }, Holds::Time { at: starts, .. }) = (&own.holds, &of_first.holds) else {
            return self.gates.solver.fresh();
        };
        let mut ways = Vec::new();
        for (start, lit) in starts {
            let end = self.policy.zone.after(*start, length);
            let later = at.partition_point(|(time, _)| *time <= end);
            ways.push(match from.get(later) {
                Some(later) => self.gates.and(&[*lit, !*later]),
                None => *lit,
            });
        }
        self.gates.or(&ways)
    }

    /// Whether the span that begins with a row is over.
    fn is_over(&mut self, first: Row, length: Length) -> Lit {
        let now: Instant = self.moment().now;
        let of_first = self.value(first, Spot::Time);
        let Holds::Time { at, .. } = &of_first.holds else { return self.gates.solver.fresh() };
        let over = at.iter().filter(|(start, _)| self.policy.zone.after(*start, length) < now);
        let over: Vec<Lit> = over.map(|(_, lit)| *lit).collect();
        self.gates.or(&over)
    }
}

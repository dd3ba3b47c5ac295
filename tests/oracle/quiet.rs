//! A rule that does not speak again for a time (reference, section 4).

use super::{Oracle, Row, all, any, opposite, truth};
use heedful::check::{QuietPeriod, Rule};
use heedful::model::{LinkTo, Records, Truth, Value};
use heedful::semantics::Condition;

impl Oracle<'_> {
    /// What a rule's condition comes to, with its quiet period.
    pub(super) fn rule(&self, rule: &Rule) -> Truth {
        let Some(quiet) = &rule.quiet else { return self.condition(&rule.when, None) };
        if let Some(supposed) = self.supposed_answer(&rule.when) {
            return supposed;
        }
        any(rule.ways().iter().map(|way| {
            self.supposed_answer(way).unwrap_or_else(|| {
                let Condition::All(parts) = way else { panic!("{way:?} asks for a quiet period last") };
                let (last, own) = parts.split_last().expect("a quiet period");
                let own = own.iter().map(|part| self.condition(part, None));
                all(own.chain([self.has_not_spoken(quiet, last)]))
            })
        }))
    }

    /// That it has not spoken is presumed while it is not known.
    fn has_not_spoken(&self, quiet: &QuietPeriod, written: &Condition) -> Truth {
        let Condition::Presumed(inner) = written else { panic!("{written:?} is presumed") };
        let supposed = self.supposed_answer(written);
        let answer = self.supposed_answer(inner).unwrap_or_else(|| opposite(self.has_spoken(quiet)));
        supposed.unwrap_or(if answer == Truth::Unknown && self.presumes { Truth::Yes } else { answer })
    }

    fn has_spoken(&self, quiet: &QuietPeriod) -> Truth {
        let list = self.case.records(quiet.record);
        let start = self.span_start(*quiet.within);
        let spoke = (0..list.map_or(0, Records::len)).map(|at| {
            let row = Row::Listed(quiet.record, at);
            let time = self.time(row);
            let names_it = match self.field(Some(row), quiet.rules) {
                Value::Flags(rules) => truth(rules & quiet.flag != 0),
                _ => Truth::Unknown,
            };
            let in_time = truth(start <= time && time < self.case.at && time <= self.now);
            let one_of_several = list.is_some_and(|list| list.is_open(at)).then_some(Truth::Unknown);
            let links =
                quiet.links.iter().map(|link| self.same(self.field(Some(row), link.field), self.fact(link.fact)));
            all(links.chain([names_it, in_time]).chain(one_of_several))
        });
        let whole_by_link = self.case.whole_by(quiet.record).iter().any(|whole| {
            quiet.links.iter().any(|link| {
                *whole == LinkTo::Fact { field: link.field, fact: link.fact } && self.fact(link.fact) != Value::Unknown
            })
        });
        let all_sent = list.is_some() && (self.case.is_whole(quiet.record) || whole_by_link);
        any(spoke.chain((!all_sent).then_some(Truth::Unknown)))
    }
}

//! A moment as people say it, `22:10 on 14 March 2026` -> the moment, by the clocks of a zone.

use super::{Instant, LocalTime, Weekday, Zone};

/// How a clock time and a day are written, as `strptime` has them.
const FORMS: [&str; 2] = ["%H:%M on %d %B %Y", "%H:%M:%S on %d %B %Y"];

impl Zone {
    /// Reads `22:10 on 14 March 2026` and `14 March 2026 at 22:10`, with seconds, the day of the week and the letters of the time or without,
    /// so that whatever [`Zone::spoken`] writes is read as what it was. None where the words are no clock time of a day at all.
    ///
    /// # Errors
    /// Why they name no moment, or do not tell which of two.
    pub fn read_spoken(&self, words: &str) -> Option<Result<Instant, String>> {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let (clock, day) =
            words.split_once(" on ").or_else(|| words.split_once(" at ").map(|(day, clock)| (clock, day)))?;
        let (clock, letters) = clock.split_once(' ').map_or((clock, None), |(clock, letters)| (clock, Some(letters)));
        let letters = letters.map(|letters| letters.trim_matches(['(', ')']));
        let named = day.split_once(' ').and_then(|(first, rest)| Some((Weekday::parse(first)?, rest)));
        let (weekday, date) = named.map_or((None, day), |(weekday, date)| (Some(weekday), date));
        let text = format!("{clock} on {date}");
        let local = FORMS.iter().find_map(|form| self.read_local(&text, form).ok())?;
        Some(self.meant(local, letters, weekday))
    }

    fn meant(&self, local: LocalTime, letters: Option<&str>, weekday: Option<Weekday>) -> Result<Instant, String> {
        let all = match local {
            LocalTime::At(at) => vec![at],
            LocalTime::Twice(first, second) => vec![first, second],
            LocalTime::Skipped => {
                return Err("the clocks never showed this time: they went forward past it".to_owned());
            }
        };
        let is_meant = |at: &Instant| letters.is_none_or(|letters| self.letters(*at).iter().any(|own| own == letters));
        let meant: Vec<Instant> = all.iter().copied().filter(is_meant).collect();
        let at = match (meant.as_slice(), all.first()) {
            ([at], _) => *at,
            ([first, second, ..], _) => {
                return Err(format!(
                    "the clocks showed this time twice: it is `{}` or `{}`",
                    self.spoken(*first),
                    self.spoken(*second)
                ));
            }
            ([], first) => {
                let own = first.map(|at| self.letters(*at)[0].clone()).unwrap_or_default();
                return Err(format!("the clocks were on {own} then"));
            }
        };
        let date = self.date(at);
        match weekday.filter(|weekday| *weekday != date.weekday()) {
            Some(_) => Err(format!("{} is a {}", date.spoken(), date.weekday().name())),
            None => Ok(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::time::{Instant, Zone};
    use proptest::prelude::*;

    fn read(words: &str) -> Result<Instant, String> {
        Zone::named("Europe/London").expect("a zone").read_spoken(words).unwrap_or_else(|| Err("no time".to_owned()))
    }

    #[test]
    fn each_way_to_say_a_moment_is_read() {
        for (words, at) in [
            ("22:10 on 14 March 2026", "2026-03-14T22:10:00Z"),
            ("22:10 on 14 July 2026", "2026-07-14T21:10:00Z"),
            ("9:05 on 1 july 2026", "2026-07-01T08:05:00Z"),
            ("22:10:07 on Saturday 14 March 2026", "2026-03-14T22:10:07Z"),
            ("14 March 2026 at 22:10", "2026-03-14T22:10:00Z"),
            ("Saturday  14 March 2026 at 22:10 GMT", "2026-03-14T22:10:00Z"),
            ("01:30 (BST) on 25 October 2026", "2026-10-25T00:30:00Z"),
            ("01:30 GMT on Sunday 25 October 2026", "2026-10-25T01:30:00Z"),
        ] {
            assert_eq!(read(words), Instant::parse(at).map_err(str::to_owned), "{words}");
        }
    }

    #[test]
    fn what_names_no_moment_is_said() {
        for (words, said) in [
            ("01:30 on 25 October 2026", "twice: it is `01:30 (BST) on Sunday 25 October 2026` or `01:30 (GMT) on"),
            ("01:30 on 29 March 2026", "never showed this time"),
            ("22:10 BST on 14 March 2026", "the clocks were on GMT then"),
            ("22:10 on Friday 14 March 2026", "14 March 2026 is a Saturday"),
            ("22:10 on 30 February 2026", "no time"),
            ("25:10 on 3 February 2026", "no time"),
            ("at noon on Friday", "no time"),
            ("22:10", "no time"),
        ] {
            let why = read(words).expect_err(words);
            assert!(why.contains(said), "{words}: {why}");
        }
    }

    proptest! {
        #[test]
        fn what_is_spoken_is_read_as_what_it_was(at in -62_000_000_000i64..250_000_000_000, zone in 0usize..4) {
            let names = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "UTC"];
            let zone = Zone::named(names[zone]).expect("a zone");
            prop_assert_eq!(zone.read_spoken(&zone.spoken(Instant(at))), Some(Ok(Instant(at))));
        }

        #[test]
        fn in_the_hours_about_a_change_of_clocks_too(from in 1_792_800_000i64..1_792_990_000) {
            let zone = Zone::named("Europe/London").expect("a zone");
            prop_assert_eq!(zone.read_spoken(&zone.spoken(Instant(from))), Some(Ok(Instant(from))));
        }
    }
}

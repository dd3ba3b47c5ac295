//! How many events -> which of what, of whom and when.
//!
//! Of 10,000,000 events 1,400,000 are domestic incidents, of which 900,000 are crimes, as a year has them in England and Wales. Households have
//! skewed numbers of them: 3 in 5 have one, 1 in 30 have more than five. Each brings one call, or up to four within three hours; the other calls are of
//! callers who ring once or a few times, and a thousandth of them of callers who ring every week.

use crate::random::Random;

/// 1 January 2025, 00:00 UTC.
pub const FIRST: i64 = 1_735_689_600;
pub const DAY: i64 = 86_400;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Call,
    Incident,
    Assessment,
    Arrest,
    Bail,
    Order,
    Breach,
    Marker,
    Marac,
}

impl Kind {
    pub const ALL: [Self; 9] = [
        Self::Call,
        Self::Incident,
        Self::Assessment,
        Self::Arrest,
        Self::Bail,
        Self::Order,
        Self::Breach,
        Self::Marker,
        Self::Marac,
    ];

    pub fn file(self) -> &'static str {
        match self {
            Self::Call => "calls.csv",
            Self::Incident => "incidents.csv",
            Self::Assessment => "risk-assessments.csv",
            Self::Arrest => "arrests.csv",
            Self::Bail => "bails.csv",
            Self::Order => "orders.csv",
            Self::Breach => "breaches.csv",
            Self::Marker => "markers.csv",
            Self::Marac => "marac-referrals.csv",
        }
    }
}

/// One event of a plan. What it says is drawn from its own number.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// Seconds from the first moment of the first year on. Those of calls are even and those of the rest odd, so that no call has a second
    /// with a record of another kind.
    pub at: u32,
    pub kind: Kind,
    /// The household, or the caller of a call that is about none.
    pub whom: u32,
    /// What it is about is a household, with domestic abuse.
    pub is_domestic: bool,
    pub number: u32,
}

impl Event {
    /// One in a hundred comes up to an hour late into its table.
    pub fn exported_at(&self) -> (u32, u32) {
        let mut random = Random::new(u64::from(self.number) ^ 0xe4);
        let late = if random.chance(1) { random.below(3_600) as u32 } else { 0 };
        (self.at + late, self.number)
    }
}

pub struct Shape {
    events: u32,
    years: u32,
    pub households: u32,
    pub callers: u32,
}

impl Shape {
    pub fn of(events: u32, years: u32) -> Self {
        let a_year = events / years;
        Self { events, years, households: (a_year / 12).max(1), callers: (a_year / 4).max(1) }
    }

    pub fn plan(&self) -> Vec<Event> {
        let mut plan = Vec::with_capacity(self.events as usize + 16);
        let mut random = Random::new(0x9ea5);
        let share = |of_a_thousand: u32| (u64::from(self.events) * u64::from(of_a_thousand) / 1_000) as usize;
        let domestic = share(140);
        let mut brought = 0;
        while brought < domestic {
            let whom = random.below(u64::from(self.households)) as u32;
            // Log-normal numbers a year, of the household's own.
            let spread = Random::new(u64::from(whom) ^ 0x405e).normal();
            let more = (spread * 1.1).exp().round() as usize;
            for _ in 0..more.clamp(1, 30).min(domestic - brought) {
                self.household_event(&mut plan, &mut random, whom);
                brought += 1;
            }
        }
        let others = share(90);
        for _ in 0..others {
            let (at, whom) = (self.moment(&mut random), random.below(u64::from(self.callers)) as u32);
            self.push(&mut plan, at | 1, Kind::Incident, whom, false);
        }
        while plan.len() < self.events as usize {
            let whom = match random.below(1_000) {
                0 => random.below(u64::from(self.callers / 20_000 + 1)),
                _ => random.below(u64::from(self.callers)),
            } as u32;
            let at = self.moment(&mut random) & !1;
            self.push(&mut plan, at, Kind::Call, whom, false);
            // Who rings again often does so at once.
            if random.chance(12) {
                for _ in 0..=random.below(3) {
                    let again = at + 2 * (30 + random.below(5_400) as u32);
                    self.push(&mut plan, again, Kind::Call, whom, false);
                }
            }
        }
        plan.truncate(self.events as usize);
        plan
    }

    /// A domestic incident with the calls about it and what comes of it.
    fn household_event(&self, plan: &mut Vec<Event>, random: &mut Random, whom: u32) {
        let at = self.moment(random) & !1;
        let mut push = |after: u32, kind: Kind| {
            let odd = if kind == Kind::Call { 0 } else { 1 };
            self.push(plan, ((at + after) & !1) | odd, kind, whom, true);
        };
        push(0, Kind::Call);
        for more in 0..random.weighted(&[70, 20, 7, 3]) as u32 {
            push(2 * (300 + more * 1_800 + random.below(1_500) as u32), Kind::Call);
        }
        push(1_200, Kind::Incident);
        let mut after = |random: &mut Random, percent: u64, hours: u64, kind: Kind| {
            if random.chance(percent) {
                let late = 3_600 * (1 + random.below(hours) as u32) + random.below(3_600) as u32;
                push(late, kind);
            }
        };
        after(random, 75, 24, Kind::Assessment);
        after(random, 14, 12, Kind::Arrest);
        after(random, 9, 48, Kind::Bail);
        after(random, 4, 24 * 60, Kind::Order);
        after(random, 3, 24 * 60, Kind::Breach);
        after(random, 4, 24 * 14, Kind::Marker);
        after(random, 6, 24 * 14, Kind::Marac);
    }

    fn push(&self, plan: &mut Vec<Event>, at: u32, kind: Kind, whom: u32, is_domestic: bool) {
        let number = plan.len() as u32;
        plan.push(Event { at, kind, whom, is_domestic, number });
    }

    /// More in the evening and at the weekend.
    fn moment(&self, random: &mut Random) -> u32 {
        const HOURS: [u32; 24] = [6, 5, 4, 3, 2, 2, 2, 3, 4, 5, 5, 5, 6, 6, 6, 7, 7, 8, 9, 9, 9, 9, 8, 7];
        let days = u64::from(self.years) * 365;
        let mut day = random.below(days) as u32;
        // 1 January 2025 is a Wednesday.
        if (day + 2) % 7 < 5 && random.chance(10) {
            day = day / 7 * 7 + 3;
        }
        day * DAY as u32 + random.weighted(&HOURS) as u32 * 3_600 + random.below(3_600) as u32
    }
}

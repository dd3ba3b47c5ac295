//! The number of a household or caller -> who, which phone and which place. All names are numbers: nobody is meant.

use crate::random::Random;
use crate::shape::{Event, Shape};

/// Who and what an event names.
pub struct Named {
    pub caller: String,
    pub phone: String,
    pub location: String,
    pub victim: String,
    pub suspect: String,
}

impl Named {
    pub fn by(shape: &Shape, event: &Event) -> Self {
        let whom = event.whom;
        let mut own = Random::new(u64::from(whom) ^ if event.is_domestic { 0xd0 } else { 0xca });
        let mut random = Random::new(u64::from(event.number) ^ 0x1a3e);
        if event.is_domestic {
            // A fifth of suspects are those of another household too.
            let suspect = if own.chance(20) { own.below(u64::from(shape.households / 8 + 1)) as u32 } else { whom };
            let (victim, phone) = (format!("V{whom}"), format!("07{whom:09}"));
            let (caller, phone) = match random.below(100) {
                0..60 => (victim.clone(), phone),
                60..75 => (format!("N{}", whom ^ 1), format!("01{:09}", whom ^ 1)),
                75..80 => (format!("S{suspect}"), format!("08{suspect:09}")),
                // Nobody has said who.
                _ => (String::new(), phone),
            };
            // Flats share an address.
            let location = format!("H{}", if own.chance(30) { whom / 8 } else { whom });
            let suspect = if random.chance(90) { format!("S{suspect}") } else { String::new() };
            Self { caller, phone, location, victim, suspect }
        } else {
            let caller = if random.chance(60) { format!("C{whom}") } else { String::new() };
            let location = match random.below(100) {
                // Busy places, such as stations and hospitals.
                0..10 => format!("B{}", random.below(u64::from(shape.callers / 500 + 1))),
                10..95 => format!("A{whom}"),
                _ => String::new(),
            };
            let phone = if random.chance(92) { format!("06{whom:09}") } else { String::new() };
            Self { caller, phone, location, victim: String::new(), suspect: String::new() }
        }
    }
}

//! What an analyser says -> the same for each of them, so that what one shows can be given to the other.

use crate::policies::{CHOICES, COLOURS, FLAGS, MOST, NUMBERS};
use crate::random::Random;

/// The facts of a call; `None` for one that is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    pub numbers: [Option<i64>; NUMBERS],
    /// By place.
    pub choices: [Option<u16>; CHOICES],
    pub flags: [Option<bool>; FLAGS],
}

#[derive(Clone, Debug)]
pub enum Answer {
    Proved,
    /// A call for which the new policy gives less.
    Call(Box<Facts>),
    Open(String),
}

impl Facts {
    /// All of them known.
    pub fn drawn(random: &mut Random) -> Self {
        Self {
            numbers: [(); NUMBERS].map(|()| Some(random.below(MOST as u64 + 1) as i64)),
            choices: [(); CHOICES].map(|()| Some(random.below(COLOURS.len() as u64) as u16)),
            flags: [(); FLAGS].map(|()| Some(random.chance(50))),
        }
    }

    pub fn known(&self) -> usize {
        let numbers = self.numbers.iter().flatten().count();
        numbers + self.choices.iter().flatten().count() + self.flags.iter().flatten().count()
    }
}

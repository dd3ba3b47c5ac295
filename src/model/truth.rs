//! Yes, no, and not known: the three answers a condition can have (Kleene's strong logic).

/// The answer to a condition. The order is No < Unknown < Yes, so that *and* is the least and *or* the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// It does not hold.
    No,
    /// What is known does not say whether it holds.
    Unknown,
    /// It holds.
    Yes,
}

impl Truth {
    /// Whether both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// Whether either holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// Whether all hold. No answer is asked for after a no.
    #[inline]
    pub fn least(answers: impl IntoIterator<Item = Self>) -> Self {
        let mut least = Self::Yes;
        for answer in answers {
            least = least.and(answer);
            if least == Self::No {
                break;
            }
        }
        least
    }

    /// Whether any holds. No answer is asked for after a yes.
    #[inline]
    pub fn greatest(answers: impl IntoIterator<Item = Self>) -> Self {
        let mut greatest = Self::No;
        for answer in answers {
            greatest = greatest.or(answer);
            if greatest == Self::Yes {
                break;
            }
        }
        greatest
    }

    /// What all readings share: the answer when both agree, else unknown.
    #[must_use]
    pub fn agreed(self, other: Self) -> Self {
        if self == other { self } else { Self::Unknown }
    }
}

impl std::ops::Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
            Self::Yes => Self::No,
        }
    }
}

impl From<bool> for Truth {
    fn from(answer: bool) -> Self {
        if answer { Self::Yes } else { Self::No }
    }
}

//! A number of which only the least and the most may be known.

/// The least and the most that are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct CountRange {
    pub least: i64,
    /// [`NO_END`] when nobody can say.
    pub most: i64,
}

impl CountRange {
    #[inline]
    pub(super) fn ends(self) -> (i64, i64) {
        (self.least, self.most)
    }
}

/// Stands for no upper end.
pub(super) const NO_END: i64 = i64::MAX;

//! Places in a vocabulary, as numbers that cannot be taken for one another.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u16);

        impl $name {
            /// The place as an index.
            pub fn index(self) -> usize {
                usize::from(self.0)
            }
        }
    )*};
}

ids! {
    /// A fact of the call, by its place in [`Vocabulary::call`](super::Vocabulary::call).
    FactId,
    /// A kind of record, by its place in [`Vocabulary::records`](super::Vocabulary::records).
    RecordId,
    /// A field of a record, by its place in [`RecordKind::fields`](super::RecordKind::fields).
    FieldId,
    /// An outcome, by its place in [`Vocabulary::outcomes`](super::Vocabulary::outcomes).
    OutcomeId,
    /// A kind of identity, by its place in [`Vocabulary::identities`](super::Vocabulary::identities).
    IdentityKind
}

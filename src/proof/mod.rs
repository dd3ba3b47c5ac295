//! Two policies, or a claim about one -> proved for every call there can be, or a call that shows otherwise.

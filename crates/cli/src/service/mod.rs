//! `heedful serve` and `heedful record`: arguments -> decisions over HTTP, and the record of them.

pub(super) mod args;
mod demo;
mod place;
pub(super) mod record;
pub(super) mod serve;

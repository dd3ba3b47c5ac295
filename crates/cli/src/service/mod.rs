//! `heedful serve` and `heedful record`: arguments -> decisions over HTTP, and the record of them.

pub(super) mod args;
mod demo;
mod log;
mod place;
pub(super) mod record;
mod safety;
pub(super) mod serve;
mod token;

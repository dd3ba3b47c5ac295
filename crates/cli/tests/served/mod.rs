//! `heedful serve` as a real process, and what is left of its record when something goes wrong.

mod fleet;
mod full;
mod killed;
mod reloads;
mod server;
mod tls;

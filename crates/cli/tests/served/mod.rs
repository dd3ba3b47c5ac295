//! `heedful serve` as a real process, and what is left of its record when something goes wrong.

mod clients;
mod clock;
mod connections;
mod database;
mod files;
mod fleet;
mod full;
mod gone;
mod hour;
mod killed;
mod measured;
mod queued;
mod refused;
mod reloads;
mod restricted;
mod server;
mod stopped;
mod tls;
mod told;

//! Policies that change while they are in force: real files, real processes, and no waiting by the clock. A test waits
//! for what must happen, for as long as a slow machine may need.

pub mod desk;
mod ways;
mod torn;
mod deaf;
mod gates;
mod kept;
pub mod command;
mod killed;
mod readers;
mod differences;
mod follow;
mod held;
mod chain;
mod damaged;
mod words;
mod figures;
mod together;
mod hollow;

//! The core under test, one binary: its table, its rules, and years of simulated supervision.

mod broken;
mod calls;
mod calm;
mod clearing;
mod endings;
mod exits;
mod failures;
mod groups;
mod kills;
mod life;
mod listeners;
mod notices;
mod properties;
mod schedules;
mod signals;
mod simulation;
mod snapshots;
mod starting;
mod stopping;
mod transition_table;
mod world;

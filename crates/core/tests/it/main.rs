//! The core under test, one binary: its table, its rules, and years of simulated supervision.

mod calls;
mod calm;
mod endings;
mod groups;
mod life;
mod notices;
mod properties;
mod simulation;
mod snapshots;
mod transition_table;
mod world;

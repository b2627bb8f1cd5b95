//! The core under test, one binary: its table, its rules, and years of simulated supervision.

mod simulation;
mod transition_table;
mod world;

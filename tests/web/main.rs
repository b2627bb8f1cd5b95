//! The web console as people see it: in a browser, on whole daemons.
//!
//! Where no Chromium is installed these tests say so and pass.

mod accessibility;
mod crowd;
mod live;
mod looks;
mod people;
mod proxy;
mod stage;
mod tabs;

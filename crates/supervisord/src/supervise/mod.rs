//! The supervision plane: runs the core on the main thread.
//!
//! It owns the children (their recipes and the ends of their stdin) and nothing else. It touches no disk and no
//! network: what is slow belongs to the other planes, and reaches this one as a message.

mod children;
mod clock;
mod perform;
mod stdin;
mod turn;

pub(crate) use children::{Launcher, own_environment};
pub(crate) use turn::{Inbox, Neighbours, Plane};

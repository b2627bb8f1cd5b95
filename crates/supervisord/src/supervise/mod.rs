//! The supervision plane: runs the core on the main thread.
//!
//! It owns the children (their recipes, the ends of their stdin and of listeners' stdout, the FastCGI sockets they share) and nothing else.
//! It reads and writes no file and serves no connection: what is slow belongs to the other planes, and reaches this
//! one as a message.

mod children;
mod clock;
mod ear;
mod fastcgi;
mod perform;
mod reports;
mod stdin;
mod survivors;
mod turn;

pub(crate) use children::{Launcher, own_environment};
pub(crate) use fastcgi::Sockets;
pub(crate) use survivors::Swept;
pub(crate) use turn::{Ended, Inbox, Neighbours, Plane};

//! The control plane from outside: a real plane on a real socket, with a hand-made daemon behind it.

mod calls;
mod cost;
mod mutations;
mod patience;
mod product;
mod streams;
mod transport;
mod world;

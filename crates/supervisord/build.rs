//! Has the linker put together what every daemon uses.
//!
//! The system makes program text resident in pieces of 64 KiB. Scattered over all of it, the third that a daemon uses would make
//! nearly everything resident. `usual.ld` names the functions of that third; `cargo xtask layout` writes it. A name that is no
//! longer right does no harm: its function stands with the others.
//!
//! What unwinds the stack after a panic is linked in for the same reason: as a library of its own it would be 90 KB of every
//! daemon, used or not.

use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=usual.ld");
    println!("cargo::rerun-if-env-changed=PROVOST_LAYOUT");
    let is = |variable: &str, value: &str| env::var(variable).is_ok_and(|set| set == value);
    // Other builds have nothing to gain. The linkers of GNU and LLVM read such scripts; `PROVOST_LAYOUT=off` is for others.
    if is("OPT_LEVEL", "s") && is("CARGO_CFG_TARGET_OS", "linux") && !is("PROVOST_LAYOUT", "off") {
        let package = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
        println!("cargo::rustc-link-arg-bin=supervisord=-Wl,-T,{package}/usual.ld");
        link_unwinder();
    }
}

/// The standard library asks for `gcc_s`, which is the shared one. Here the linker finds a file of that name that sends it to
/// the static one.
fn link_unwinder() {
    let out = env::var("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("libgcc_s.so"), "INPUT(-lgcc_eh)\n")
        .expect("the directory is there to be written to");
    println!("cargo::rustc-link-search=native={out}");
}

//! The name of a process: every text is one, and printing it names the same process.

#![no_main]

use libfuzzer_sys::fuzz_target;
use provost_wire::namespec::Namespec;

fuzz_target!(|text: &str| {
    let namespec = Namespec::parse(text);
    assert_eq!(Namespec::parse(&namespec.to_string()), namespec);
});

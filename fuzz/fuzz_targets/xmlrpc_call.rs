//! See the check of that name in `fuzz/checks`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| provost_fuzz_checks::run("xmlrpc_call", bytes));

//! Names of processes.

use provost_wire::namespec::{Namespec, ShortName, split};

#[track_caller]
fn check(text: &str, group: &str, process: Option<&str>, printed: &str) {
    assert_eq!(split(text), (group, process), "{text}");
    let namespec = Namespec::parse(text);
    assert_eq!(namespec, Namespec { group: group.to_owned(), process: process.map(str::to_owned) });
    assert_eq!(namespec.to_string(), printed, "{text}");
}

#[test]
fn names_are_split_at_the_first_colon_and_printed_short() {
    check("x", "x", Some("x"), "x");
    check("g:p", "g", Some("p"), "g:p");
    check("x:x", "x", Some("x"), "x");
    check("g:", "g", None, "g:*");
    check("g:*", "g", None, "g:*");
    check("a:b:c", "a", Some("b:c"), "a:b:c");
    check("a::", "a", Some(":"), "a::");
    check("g:**", "g", Some("**"), "g:**");
    check("*", "*", Some("*"), "*");
    check("*:*", "*", None, "*:*");
    check("all", "all", Some("all"), "all");
    check("", "", Some(""), "");
    check(":", "", None, ":*");
    check(":p", "", Some("p"), ":p");
    check("g: ", "g", Some(" "), "g: ");
}

#[test]
fn names_line_up_in_columns() {
    assert_eq!(format!("[{:6}]", ShortName::new("x", "x")), "[x     ]");
    assert_eq!(format!("[{:<6}]", ShortName::new("g", "p")), "[g:p   ]");
    assert_eq!(format!("[{:6}]", Namespec::process("g", "p")), "[g:p   ]");
    assert_eq!(format!("[{:2}]", ShortName::new("group", "process")), "[group:process]");
    assert_eq!(Namespec::whole_group("g").to_string(), "g:*");
}

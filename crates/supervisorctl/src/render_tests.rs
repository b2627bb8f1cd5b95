//! Every line of the output, against what the reference prints.

use super::*;
use crate::remote::ChangedGroup;

fn process(group: &str, name: &str, state: &str, description: &str) -> ProcessInfo {
    ProcessInfo {
        group: group.into(),
        name: name.into(),
        state: 0,
        state_name: state.into(),
        description: description.into(),
        pid: 0,
    }
}

fn result(group: &str, name: Option<&str>, status: i32) -> ProcessResult {
    ProcessResult {
        group: group.into(),
        name: name.map(str::to_owned),
        status,
        description: "FAILED: it would not".into(),
    }
}

/// The line of a result.
fn result_line(verb: Verb<'_>, result: &ProcessResult) -> Result<String, Failure> {
    verdict(verb, result).map(|verdict| verdict.line(&result_name(result)))
}

#[test]
fn status_lines() {
    let check =
        |info: ProcessInfo, expect: &str| assert_eq!(status_table([info].iter(), Paint::Plain), [expect]);
    check(
        process("cat", "cat", "RUNNING", "pid 7702, uptime 0:00:02"),
        "cat                              RUNNING   pid 7702, uptime 0:00:02",
    );
    check(
        process("g", "a", "STOPPED", "Not started"),
        "g:a                              STOPPED   Not started",
    );
    check(process("g", "a", "STARTING", ""), "g:a                              STARTING  ");
    check(
        process("handover", "a_name_of_exactly_27_letters", "FATAL", "x"),
        "handover:a_name_of_exactly_27_letters   FATAL     x",
    );
    check(process("é", "é", "EXITED", "x"), "é                                EXITED    x");
}

#[test]
fn colours_take_no_room() {
    let check = |state: &str, expect: &str| {
        let table = status_table([process("x", "x", state, "y")].iter(), Paint::Colour);
        assert_eq!(table, [format!("x{}{expect}y", " ".repeat(32))]);
    };
    check("RUNNING", "\x1b[32mRUNNING\x1b[0m   ");
    check("BACKOFF", "\x1b[33mBACKOFF\x1b[0m   ");
    check("FATAL", "\x1b[31mFATAL\x1b[0m     ");
    check("EXITED", "EXITED    ");
}

#[test]
fn the_longest_name_widens_the_whole_table() {
    let long = "n".repeat(31);
    let both = [process("a", "a", "EXITED", "x"), process(&long, &long, "RUNNING", "y")];
    let table = status_table(both.iter(), Paint::Plain);
    assert_eq!(table, [format!("a{}EXITED    x", " ".repeat(33)), format!("{long}   RUNNING   y")]);
    assert!(status_table([].iter(), Paint::Plain).is_empty());
}

#[test]
fn result_lines() {
    let check = |verb: Verb<'_>, status: i32, expect: &str| {
        assert_eq!(result_line(verb, &result("g", Some("p"), status)).expect("the verb knows it"), expect);
    };
    check(Verb::Start, 80, "g:p: started");
    check(Verb::Start, 10, "g:p: ERROR (no such process)");
    check(Verb::Start, 20, "g:p: ERROR (no such file)");
    check(Verb::Start, 21, "g:p: ERROR (file is not executable)");
    check(Verb::Start, 60, "g:p: ERROR (already started)");
    check(Verb::Start, 50, "g:p: ERROR (spawn error)");
    check(Verb::Start, 40, "g:p: ERROR (abnormal termination)");
    check(Verb::Stop, 80, "g:p: stopped");
    check(Verb::Stop, 10, "g:p: ERROR (no such process)");
    check(Verb::Stop, 70, "g:p: ERROR (not running)");
    check(Verb::Stop, 30, "FAILED: it would not");
    check(Verb::Signal("HUP"), 80, "g:p: signalled");
    check(Verb::Signal("HUP"), 10, "g:p: ERROR (no such process)");
    check(Verb::Signal("HUP"), 70, "g:p: ERROR (not running)");
    check(Verb::Signal("X"), 11, "g:p: ERROR (bad signal name)");
    check(Verb::Signal("HUP"), 30, "FAILED: it would not");
    check(Verb::Clear, 80, "g:p: cleared");
    check(Verb::Clear, 10, "g:p: ERROR (no such process)");
    check(Verb::Clear, 30, "g:p: ERROR (failed)");
}

#[test]
fn results_without_words_are_failures() {
    let check = |verb: Verb<'_>, status: i32, expect: &str| {
        let failure = result_line(verb, &result("g", Some("p"), status)).expect_err("the verb has no words");
        assert_eq!(failure.to_string(), expect);
    };
    check(Verb::Start, 30, "Unknown result code 30 for g:p");
    check(Verb::Start, 6, "Unknown result code 6 for g:p");
    check(Verb::Start, 70, "Unknown result code 70 for g:p");
    check(Verb::Stop, 60, "Unknown result code 60 for g:p");
    check(Verb::Signal("HUP"), 20, "Unknown result code 20 for g:p");
    check(Verb::Clear, 70, "Unknown result code 70 for g:p");
    check(Verb::Clear, 777, "Unknown result code 777 for g:p");
}

#[test]
fn results_of_a_process_named_like_its_group_are_short() {
    let check = |group: &str, name: Option<&str>, expect: &str| {
        assert_eq!(result_line(Verb::Start, &result(group, name, 80)).expect("success"), expect);
    };
    check("x", Some("x"), "x: started");
    check("x", Some("y"), "x:y: started");
    check("x", None, "x:*: started");
}

#[test]
fn avail_lines() {
    let info = ConfigInfo {
        group: "grp".into(),
        name: "ga".into(),
        in_use: true,
        autostart: true,
        group_priority: 5,
        process_priority: 999,
    };
    let check = |info: &ConfigInfo, expect: &str| assert_eq!(config_line(info), expect);
    check(&info, "grp:ga                           in use    auto      5:999");
    let idle = ConfigInfo { in_use: false, autostart: false, name: "grp".into(), ..info };
    check(&idle, "grp                              avail     manual    5:999");
}

#[test]
fn reread_lines_are_sorted_by_name() {
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let changes = Changes { added: list(&["b", "d"]), changed: list(&["c"]), removed: list(&["a"]) };
    assert_eq!(change_lines(&changes), ["a: disappeared", "b: available", "c: changed", "d: available"]);
    assert_eq!(change_lines(&Changes::default()), ["No config updates to processes"]);
}

#[test]
fn plans_are_in_the_order_of_the_update() {
    let list = |names: &[&str]| -> Vec<String> { names.iter().map(|name| (*name).to_owned()).collect() };
    let changed = ChangedGroup { group: "c".into(), reasons: list(&["command", "environment"]) };
    let plan = Plan { added: list(&["a", "b"]), removed: list(&["z"]), changed: vec![changed] };
    let expect = [
        "z: would be stopped and removed",
        "c: would be restarted (command, environment)",
        "a: would be added",
        "b: would be added",
    ];
    assert_eq!(plan_lines(&plan), expect);
    assert_eq!(plan_lines(&Plan::default()), ["No config updates to processes"]);
}

#[test]
fn columns_read_downwards() {
    let check = |words: &[&str], width: usize, expect: &[&str]| assert_eq!(columns(words, width), expect);
    check(&["a", "bb", "c", "d", "e"], 79, &["a  bb  c  d  e"]);
    check(&["a", "bb", "c", "d", "e"], 9, &["a   c  e", "bb  d"]);
    check(&["long", "longer"], 3, &["long  ", "longer"]);
    check(&["alone"], 79, &["alone"]);
    check(&[], 79, &[]);
}

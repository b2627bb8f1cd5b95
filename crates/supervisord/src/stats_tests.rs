use std::io::Read;
use std::process::{Command, Stdio};

use super::*;

/// The line of a process whose name is as nasty as names get; rss is 7 pages, the times are 1, 2, 3 and 4 ticks.
fn line(pid: i32, state: char, parent: i32, group: i32, session: i32) -> String {
    format!(
        "{pid} (a ) S 9 (b) {state} {parent} {group} {session} 0 -1 4194560 100 0 0 0 1 2 3 4 20 0 1 0 5000 8192000 7 \
         18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0\n"
    )
}

#[test]
fn a_line_is_read_whatever_the_name_holds() {
    let expect = Process { is_zombie: false, parent: 4, group: 5, session: 6, ticks: 10, resident_pages: 7 };
    assert_eq!(Process::parse(line(9, 'S', 4, 5, 6).as_bytes()), Some(expect));
    assert_eq!(Process::parse(line(9, 'Z', 4, 5, 6).as_bytes()), Some(Process { is_zombie: true, ..expect }));
    for broken in ["", "9 (a", "9 (a) S", "9 (a) S 1 2 x 4", "9 (a) S 1 2 3 4 5 6 7 8"] {
        assert_eq!(Process::parse(broken.as_bytes()), None, "{broken:?}");
    }
}

/// `processes` are `PID:PARENT:GROUP:SESSION`, a final `!` for a zombie; `expect` is `ROOT=PROCESSES` for each tree.
#[track_caller]
fn check(processes: &str, roots: &[i32], expect: &str) {
    let table = processes
        .split_whitespace()
        .map(|text| {
            let (text, state) = text.strip_suffix('!').map_or((text, 'S'), |text| (text, 'Z'));
            let numbers: Vec<i32> =
                text.split(':').map(|number| number.parse().expect("a case has numbers")).collect();
            let [pid, parent, group, session] = numbers[..] else { panic!("{text} is not four numbers") };
            let line = line(pid, state, parent, group, session);
            (pid, Process::parse(line.as_bytes()).expect("the line is complete"))
        })
        .collect();
    let roots: Vec<_> = roots.iter().copied().map(Pid).collect();
    let usage = Table(table).usage_of(&roots);
    let mut found: Vec<_> = usage.iter().map(|(root, usage)| format!("{root}={}", usage.processes)).collect();
    found.sort();
    assert_eq!(found.join(" "), expect, "{processes}");
}

#[test]
fn trees_are_descendants_and_what_is_left_of_groups_and_sessions() {
    check("10:1:10:5", &[10], "10=1");
    check("10:1:10:5 11:10:10:5 12:11:12:5 20:1:20:5 21:20:20:5", &[10, 20], "10=3 20=2");
    check("1:0:1:1 10:1:10:5 30:1:30:30", &[10], "10=1");
    // Whoever made 11 has gone, and 12 descends from it; 13 has a group of its own in the root's session.
    check("1:0:1:1 10:1:10:10 11:1:10:10 12:11:12:12 13:1:13:10", &[10], "10=4");
    // One that has ended counts with its times only.
    check("10:1:10:5 11:10:10:5!", &[10], "10=1");
    check("10:1:10:5!", &[10], "10=0");
    check("10:1:10:5", &[99], "");
    check("10:1:10:5", &[], "");
    // Numbers that were reused while the table was read.
    check("10:1:10:5 40:41:1:1 41:40:1:1", &[10], "10=1");
}

#[test]
fn the_figures_add_up() {
    let table = [10, 11].map(|pid| {
        let line = line(pid, 'S', if pid == 10 { 1 } else { 10 }, 10, 10);
        (pid, Process::parse(line.as_bytes()).expect("the line is complete"))
    });
    let usage = Table(table.into_iter().collect()).usage_of(&[Pid(10)])[&Pid(10)];
    assert_eq!(usage.memory, 14 * page_size() as u64);
    assert!((usage.cpu - 20.0 / clock_ticks_per_second() as f64).abs() < 1e-9, "{usage:?}");
}

#[test]
fn a_real_tree_is_found() {
    let mut shell = Command::new("/bin/sh")
        .args(["-c", "exec 3<&0; cat <&3 & echo started; wait"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell");
    let mut started = [0; 8];
    shell.stdout.as_mut().expect("a pipe").read_exact(&mut started).expect("the shell says so");
    let pid = Pid(i32::try_from(shell.id()).expect("pids fit"));
    let usage = usage_of(&[pid])[&pid];
    assert!(usage.memory > 0 && usage.processes == 2, "{usage:?}");
    drop(shell.stdin.take());
    shell.wait().expect("the shell ends");
    assert!(usage_of(&[pid]).is_empty());
}

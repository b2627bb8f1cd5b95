//! Event listeners that are slow, wrong or dead, and what the daemon promises about their events.

use std::fmt::Write as _;

use provost_tests::implementation::reference_python;
use provost_tests::wait::{PATIENCE, until};
use provost_tests::{Implementation, Sides, World};

/// Our daemon with these programs; `PYTHON` stands for the Python that has the reference's library.
fn ours(programs: &str) -> World {
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.scratch.write("listener.py", include_str!("events_listener.py"));
    world.scratch.write("bytes.py", include_str!("events_bytes.py"));
    world.scratch.write("rogue.py", include_str!("events_rogue.py"));
    let python = reference_python().unwrap_or_else(|missing| panic!("{missing}"));
    world.configure(&programs.replace("PYTHON", &python.to_string_lossy()));
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world
}

/// Waits until a file has that many whole lines, and gives them.
fn lines(world: &World, file: &str, count: usize) -> Vec<String> {
    until(PATIENCE, &format!("{count} lines in {file}"), || {
        world.scratch.read(file).matches('\n').count() >= count
    });
    world.scratch.read(file).lines().map(str::to_owned).collect()
}

/// Sends remote events with the numbers of a Python range.
fn send(world: &World, range: &str) {
    let sent =
        world.rpc(&format!("all(supervisor.sendRemoteCommEvent('t', str(i)) for i in range({range}))"));
    assert_eq!(sent, ["True"]);
}

/// The payloads that listeners noted as JSON, with the numbers that their headers tell.
fn noted(lines: &[String]) -> Vec<(String, String, String)> {
    let note = |line: &String| {
        let (headers, payload): (serde_json::Value, String) =
            serde_json::from_str(line).expect("invariant: listeners write JSON");
        let number = |key: &str| headers[key].as_str().unwrap_or_default().to_owned();
        (payload, number("len"), number("bytes"))
    };
    lines.iter().map(note).collect()
}

#[test]
fn a_rogue_listener_loses_no_event_and_gets_none_twice_that_it_accepted() {
    let world = ours(
        "[eventlistener:rogue]\ncommand=PYTHON %(here)s/rogue.py %(here)s/notes ok die again fail nonsense ok fail fail\n\
         events=REMOTE_COMMUNICATION\nbuffer_size=100\nstartsecs=0\n\
         [eventlistener:other]\ncommand=PYTHON %(here)s/listener.py %(here)s/others\nevents=TICK_3600\n",
    );
    send(&world, "12");
    // Five of the words do not accept, so five events come a second time.
    let notes = lines(&world, "notes", 17);
    let accepted: Vec<&str> =
        notes.iter().filter_map(|line| line.strip_prefix("ok ").or(line.strip_prefix("again "))).collect();
    let expect: Vec<String> = (0..12).map(|number| format!("{number} {number}")).collect();
    assert_eq!(accepted, expect, "{notes:#?}");
    // Whatever was not accepted is what comes next.
    for pair in notes.windows(2) {
        let [(word, event), (_, next)] =
            [&pair[0], &pair[1]].map(|line| line.split_once(' ').expect("word and event"));
        if ["die", "fail", "nonsense"].contains(&word) {
            assert_eq!(event, next, "{notes:#?}");
        }
    }
    let log = world.log();
    assert_eq!(log.matches("rogue: event was rejected").count(), 3, "{log}");
    assert_eq!(log.matches("rogue: bad result line: 'What is this?'").count(), 1, "{log}");
    assert_eq!(world.scratch.read("others"), "", "no event for whom it does not concern");
}

#[test]
fn a_listener_that_never_reads_harms_nobody() {
    let world = ours(
        "[eventlistener:deaf]\ncommand=/bin/sh -c \"echo READY; exec sleep 1000\"\nevents=REMOTE_COMMUNICATION\n\
         buffer_size=5\n\
         [eventlistener:ear]\ncommand=PYTHON %(here)s/listener.py %(here)s/notes\nevents=REMOTE_COMMUNICATION\n\
         buffer_size=100\n",
    );
    world.wait_state("deaf", "RUNNING");
    world.wait_state("ear", "RUNNING");
    let large = "supervisor.sendRemoteCommEvent('t', 'x' * 300000)";
    assert_eq!(world.rpc(large), ["True"], "more than a pipe holds");
    send(&world, "60");
    assert_eq!(lines(&world, "notes", 61).len(), 61);
    assert_eq!(world.state("deaf"), "RUNNING");
    until(PATIENCE, "the sum of what was dropped", || world.log().contains("35 more events"));
    let log = world.log();
    assert_eq!(
        log.matches("ERRO pool deaf event buffer overflowed, discarding event 1\n").count(),
        1,
        "{log}"
    );
    assert_eq!(log.matches("ERRO pool deaf event buffer overflowed, discarding event ").count(), 20, "{log}");
    assert_eq!(world.rpc("supervisor.stopProcess('deaf')"), ["True"]);
}

#[test]
fn standard_input_that_nobody_reads_is_a_fault_and_no_stall() {
    let world = ours("[program:deaf]\ncommand=/bin/sleep 1000\n[program:cat]\ncommand=/bin/cat\n");
    world.wait_state("deaf", "RUNNING");
    world.wait_state("cat", "RUNNING");
    let send =
        |name: &str| world.rpc(&format!("supervisor.sendProcessStdin('{name}', 'ä' * 150000)")).concat();
    let answers: Vec<String> = (0..8).map(|_| send("deaf")).collect();
    let taken = answers.iter().take_while(|answer| *answer == "True").count();
    assert!((3..6).contains(&taken), "{answers:?}");
    assert!(answers[taken..].iter().all(|answer| answer.starts_with("fault 30 FAILED")), "{answers:?}");
    assert_eq!(send("cat"), "True", "others are served");
    assert_eq!(world.rpc("supervisor.stopProcess('deaf')"), ["True"]);
    assert!(send("deaf").starts_with("fault 70 NOT_RUNNING"));
}

#[test]
fn text_beyond_ascii_reaches_listeners_of_text_and_of_bytes() {
    let mut programs = String::new();
    for (name, script, length) in [
        ("text", "listener.py %(here)s/text", "characters"),
        ("bytes", "bytes.py %(here)s/bytes len", "bytes"),
        ("token", "bytes.py %(here)s/token bytes", "characters"),
    ] {
        writeln!(
            programs,
            "[eventlistener:{name}]\ncommand=PYTHON %(here)s/{script}\nevents=REMOTE_COMMUNICATION,PROCESS_LOG,\
             PROCESS_COMMUNICATION\nbuffer_size=100\nevent_length={length}"
        )
        .expect("invariant: writing to a String cannot fail");
    }
    programs += "[program:grün]\ncommand=/bin/cat\nstdout_events_enabled=true\nstdout_capture_maxbytes=1MB\n";
    let world = ours(&programs);
    for name in ["text", "bytes", "token", "grün"] {
        world.wait_state(name, "RUNNING");
    }
    assert_eq!(world.rpc("supervisor.sendRemoteCommEvent('größe', '€ 𝄞\\n')"), ["True"]);
    // The first character arrives in two pieces.
    let pid = world.pid_of("grün");
    let stdout = std::fs::OpenOptions::new().write(true).open(format!("/proc/{pid}/fd/1")).expect("its pipe");
    let put = |bytes: &[u8]| rustix::io::write(&stdout, bytes).expect("somebody reads");
    put(b"\xe2");
    until(PATIENCE, "the first piece to be read", || read(&stdout));
    put("\u{20ac} \u{1d11e}\n".as_bytes()[1..].as_ref());
    until(PATIENCE, "the second piece to be read", || read(&stdout));
    put("<!--XSUPERVISOR:BEGIN-->ä<!--XSUPERVISOR:END-->".as_bytes());
    let head = format!("processname:grün groupname:grün pid:{pid}");
    let mut expect = vec!["type:größe\n€ 𝄞\n".to_owned(), format!("{head} channel:stdout\n€ 𝄞\n")];
    expect.extend([format!("{head} channel:stdout\nä"), format!("{head}\nä")]);
    for (file, in_bytes) in [("text", false), ("bytes", true), ("token", false)] {
        let notes = noted(&lines(&world, file, 4));
        let counted = |text: &String| {
            let (characters, bytes) = (text.chars().count().to_string(), text.len().to_string());
            (text.clone(), if in_bytes { bytes.clone() } else { characters }, bytes)
        };
        assert_eq!(notes, expect.iter().map(counted).collect::<Vec<_>>(), "{file}");
    }
}

/// Whether all that was written to a pipe was read.
fn read(pipe: &std::fs::File) -> bool {
    rustix::io::ioctl_fionread(pipe).is_ok_and(|left| left == 0)
}

#[test]
fn output_is_printed_by_the_handlers_people_use() {
    const ECHO: &str = "\
import sys
while True:
    sys.stdout.write('READY\\n')
    sys.stdout.flush()
    headers = dict(token.split(':') for token in sys.stdin.readline().split())
    data = sys.stdin.read(int(headers['len']))
    sys.stdout.write('RESULT %s\\n%s' % (len(data), data))
    sys.stdout.flush()
";
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.scratch.write("echo.py", ECHO);
    world.configure(
        "[eventlistener:stdout]\ncommand=python3 %(here)s/echo.py\nevents=PROCESS_LOG\nbuffer_size=100\n\
         result_handler=supervisor_stdout:event_handler\n\
         [program:web]\ncommand=/bin/sh -c \"read go; echo grüße; echo oh >&2; echo two\"\nstartsecs=0\n\
         autorestart=false\nstdout_events_enabled=true\nstderr_events_enabled=true\n",
    );
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_state("stdout", "RUNNING");
    assert_eq!(world.rpc("supervisor.sendProcessStdin('web', 'go\\n')"), ["True"]);
    for line in ["web stdout | grüße\n", "web stderr | oh\n", "web stdout | two\n"] {
        until(PATIENCE, line, || world.scratch.read("daemon.stdout").contains(line));
    }
    assert!(!world.log().contains("web stdout"), "it is printed, not logged");
}

//! The logs of programs: what goes into them, what they are called, which are cleaned away, how they roll over.

use std::collections::BTreeMap;
use std::fs;

use provost_tests::wait::{PATIENCE, until};
use provost_tests::{Implementation, Sides, World};
use regex::Regex;

use crate::on_both;

on_both! {
    colours_are_stripped_on_demand,
    both_streams_in_one_log,
    old_automatic_logs_are_cleaned_away,
    old_automatic_logs_stay_on_demand,
    automatic_logs_carry_the_identifier,
    three_backups,
    no_backups,
    binary_output_is_kept_byte_by_byte,
}

/// A red word, a cursor movement, a sequence that is not in the list, and plain text.
const COLOURED: &str = "\u{1b}[31mred\u{1b}[0m \u{1b}[2;5Hmoved \u{1b}[1mbold\u{1b}[m.\n";

fn started(implementation: Implementation, programs: &str) -> World {
    World::with_programs(implementation, programs)
}

/// The names of the files in the scratch that `wanted` selects, in order.
fn names(world: &World, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let entries = fs::read_dir(world.scratch.path()).expect("our own directory");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("our own directory").file_name().to_string_lossy().into_owned())
        .filter(|name| wanted(name))
        .collect();
    names.sort();
    names
}

fn colours_are_stripped_on_demand(implementation: Implementation) {
    for (strip, expected) in [(true, "red moved bold.\n"), (false, COLOURED)] {
        let mut world = World::new(Sides::both(implementation));
        world.scratch.write("coloured", COLOURED);
        world.configure(&format!(
            "[program:painter]\ncommand=/bin/cat %(here)s/coloured -\nstdout_logfile=%(here)s/painter.log\n\
             [supervisord]\nstrip_ansi={strip}\n"
        ));
        world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
        world.wait_file("painter.log", ".\n");
        assert_eq!(world.scratch.read("painter.log"), expected);
        assert_eq!(world.stop(), Some(0));
        assert_eq!(world.scratch.read("painter.log"), expected);
    }
}

fn both_streams_in_one_log(implementation: Implementation) {
    let world = started(
        implementation,
        "[program:joined]\ncommand=/bin/sh -c \"echo out; echo err >&2; echo out again; exec cat\"\n\
         redirect_stderr=true\nstdout_logfile=%(here)s/joined.log\nstderr_logfile=%(here)s/joined.err\n\
         [program:automatic]\ncommand=/bin/cat\nredirect_stderr=true\n\
         [program:apart]\ncommand=/bin/sh -c \"echo out; echo err >&2; exec cat\"\n\
         stdout_logfile=%(here)s/apart.log\nstderr_logfile=%(here)s/apart.err\n",
    );
    world.wait_file("joined.log", "again\n");
    assert_eq!(world.scratch.read("joined.log"), "out\nerr\nout again\n");
    world.wait_file("apart.log", "\n");
    world.wait_file("apart.err", "\n");
    assert_eq!(
        (world.scratch.read("apart.log"), world.scratch.read("apart.err")),
        ("out\n".into(), "err\n".into())
    );
    world.wait_state("automatic", "RUNNING");
    assert!(names(&world, |name| name == "joined.err").is_empty(), "a stream that is redirected has no file");
    assert_eq!(names(&world, |name| name.starts_with("automatic-stderr")), [""; 0]);
    assert_eq!(names(&world, |name| name.starts_with("automatic-stdout")).len(), 1);
    assert_eq!(world.info("joined", "stderr_logfile"), "");
    assert_eq!(
        world.rpc("supervisor.readProcessStderrLog('joined', 0, 0)").concat().split(':').next(),
        Some("fault 20 NO_FILE")
    );
}

/// What an earlier run left, and what only looks like it.
const OLD: [(&str, bool); 9] = [
    ("cat-stdout---supervisor-abcd_123.log", true),
    ("cat-stdout---supervisor-abcd_123.log.1", true),
    ("cat-stderr---supervisor-zzzzzzzz.log.10", true),
    ("gone-stdout---supervisor-00000000.log", true),
    ("cat-stdout---other-abcd_123.log", false),
    ("cat-stdout---supervisor-abcd_123.txt", false),
    ("cat-stdout--supervisor-abcd_123.log", false),
    ("supervisor-abcd_123.log", false),
    ("notes.log", false),
];

fn with_old_logs(implementation: Implementation, settings: &str) -> World {
    let mut world = World::new(Sides::both(implementation));
    for (name, _) in OLD {
        world.scratch.write(name, "old\n");
    }
    world.configure(&format!("[program:cat]\ncommand=/bin/cat\n[supervisord]\n{settings}"));
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_state("cat", "RUNNING");
    world
}

/// Which of the old files are there yet.
fn old_files(world: &World) -> Vec<String> {
    names(world, |name| OLD.iter().any(|(old, _)| *old == name))
}

fn old_automatic_logs_are_cleaned_away(implementation: Implementation) {
    let mut world = with_old_logs(implementation, "");
    let mut kept: Vec<&str> = OLD.iter().filter(|(_, cleaned)| !cleaned).map(|(name, _)| *name).collect();
    kept.sort_unstable();
    assert_eq!(old_files(&world), kept);

    // A shutdown leaves them, the next start takes them.
    let own = |world: &World| names(world, |name| name.starts_with("cat-") && !kept.contains(&name));
    let first = own(&world);
    assert_eq!(first.len(), 2, "{first:?}");
    assert_eq!(world.stop(), Some(0));
    assert_eq!(own(&world), first);
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_state("cat", "RUNNING");
    let second = own(&world);
    assert_eq!(second.len(), 2);
    assert!(second.iter().all(|name| !first.contains(name)), "{first:?} {second:?}");
}

fn old_automatic_logs_stay_on_demand(implementation: Implementation) {
    let mut all: Vec<&str> = OLD.iter().map(|(name, _)| *name).collect();
    all.sort_unstable();
    for settings in ["nocleanup=true\n", "identifier=someone\n"] {
        let world = with_old_logs(implementation, settings);
        assert_eq!(old_files(&world), all, "{settings}");
    }
}

fn automatic_logs_carry_the_identifier(implementation: Implementation) {
    let world = started(
        implementation,
        "[program:many]\ncommand=/bin/cat\nnumprocs=2\nprocess_name=p%(process_num)d\n\
         [program:named]\ncommand=/bin/cat\nstdout_logfile=%(here)s/named.log\n\
         [supervisord]\nidentifier=blue-green.7\n",
    );
    let pattern = Regex::new(r"^(p0|p1|named)-(stdout|stderr)---blue-green\.7-[a-z0-9_]{8}\.log$")
        .expect("invariant: the pattern is valid");
    let automatic = || names(&world, |name| name.contains("---"));
    until(PATIENCE, "all five files", || automatic().len() >= 5);
    let found = automatic();
    assert!(found.iter().all(|name| pattern.is_match(name)), "{found:?}");
    let channels: Vec<&str> = found.iter().filter_map(|name| name.split("---").next()).collect();
    assert_eq!(channels, ["named-stderr", "p0-stderr", "p0-stdout", "p1-stderr", "p1-stdout"]);
    for name in &found {
        let metadata = fs::metadata(world.scratch.file(name)).expect("a file");
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o7777,
            0o600,
            "{name}"
        );
    }
    let log = world.info("many:p1", "stdout_logfile");
    assert_eq!(log, world.scratch.file(&found[4]).to_string_lossy());
}

/// Sends lines of these lengths through `cat`, each awaited, so that each is one write to the log; then what
/// the log and its backups contain: the letter of a line, and its length.
fn rolled_over(implementation: Implementation, backups: u32, lengths: &[usize]) -> BTreeMap<String, String> {
    let world = started(
        implementation,
        &format!(
            "[program:cat]\ncommand=/bin/cat\nstdout_logfile=%(here)s/roll.log\nstdout_logfile_maxbytes=100\n\
             stdout_logfile_backups={backups}\nstdout_events_enabled=true\n[program:echo]\ncommand=/bin/cat\n"
        ),
    );
    world.wait_state("cat", "RUNNING");
    let files = || names(&world, |name| name.starts_with("roll.log"));
    let content = || -> BTreeMap<String, String> {
        files().into_iter().map(|name| (name.clone(), world.scratch.read(&name))).collect()
    };
    for (letter, length) in ('a'..).zip(lengths) {
        let before = content();
        let line = letter.to_string().repeat(*length - 1);
        assert_eq!(world.rpc(&format!(r"supervisor.sendProcessStdin('cat', '{line}\n')")), ["True"]);
        let line = format!("{line}\n");
        until(PATIENCE, &format!("{length} times {letter}"), || {
            let now = content();
            // Without backups what makes the log roll over is gone with it.
            now.values().any(|text| text.ends_with(&line)) || (now != before && backups == 0)
        });
    }
    let shortened = |text: &str| {
        let lines = text.split_inclusive('\n').map(|line| format!("{}{}", &line[..1], line.len()));
        lines.collect::<Vec<_>>().join(" ")
    };
    // The line that fills a file is in it before the file is renamed.
    let expected_after = |text: &str| text.len() < 100;
    until(PATIENCE, "the log to be rolled over", || {
        content().get("roll.log").is_some_and(|text| expected_after(text))
    });
    content().into_iter().map(|(name, text)| (name, shortened(&text))).collect()
}

fn check_rolled(implementation: Implementation, backups: u32, lengths: &[usize], expected: &[(&str, &str)]) {
    let found = rolled_over(implementation, backups, lengths);
    let expected: BTreeMap<String, String> =
        expected.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    assert_eq!(found, expected, "{lengths:?}");
}

fn three_backups(implementation: Implementation) {
    // One byte less than the limit stays; the byte that reaches it makes the log roll over.
    check_rolled(implementation, 3, &[99], &[("roll.log", "a99")]);
    check_rolled(implementation, 3, &[98, 2, 5], &[("roll.log", "c5"), ("roll.log.1", "a98 b2")]);
    // Five files have been filled, the oldest of them is gone; a line is never divided.
    check_rolled(
        implementation,
        3,
        &[60, 60, 100, 70, 29, 40, 250, 98, 2, 7],
        &[
            ("roll.log", "j7"),
            ("roll.log.1", "h98 i2"),
            ("roll.log.2", "g250"),
            ("roll.log.3", "d70 e29 f40"),
        ],
    );
}

fn no_backups(implementation: Implementation) {
    check_rolled(implementation, 0, &[60, 60, 5], &[("roll.log", "c5")]);
}

fn binary_output_is_kept_byte_by_byte(implementation: Implementation) {
    let mut bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    // A megabyte without a newline is one line; nothing waits for its end.
    bytes.extend(std::iter::repeat_n(b'x', 1 << 20));
    let mut world = World::new(Sides::both(implementation));
    fs::write(world.scratch.file("bytes"), &bytes).expect("our own directory");
    world.configure(
        "[program:binary]\ncommand=/bin/cat %(here)s/bytes -\nstdout_logfile=%(here)s/binary.log\n\
         stdout_events_enabled=true\nstdout_logfile_maxbytes=0\n",
    );
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    let log = world.scratch.file("binary.log");
    until(PATIENCE, "all bytes", || fs::metadata(&log).is_ok_and(|file| file.len() >= bytes.len() as u64));
    assert!(fs::read(&log).expect("a log") == bytes, "the log differs from what was written");
}

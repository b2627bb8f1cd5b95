//! What an event listener hears: the same events, word for word and in the same order, from both daemons.
//!
//! Ticks are not subscribed to, so the numbers of the events have no gaps and belong to what is compared.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use provost_tests::implementation::reference_python;
use provost_tests::wait::{PATIENCE, until};
use provost_tests::{Implementation, Sides, World};
use regex::Regex;

use crate::on_both;

on_both! { a_listener_hears_everything_in_order, listeners_hear_each_other_and_numbers_go_on }

const NOTES: &str = "notes";

const PROGRAMS: &str = "
[eventlistener:ear]
command=PYTHON %(here)s/listener.py %(here)s/notes
buffer_size=50
events=PROCESS_STATE,PROCESS_LOG,PROCESS_COMMUNICATION,REMOTE_COMMUNICATION,PROCESS_GROUP,SUPERVISOR_STATE_CHANGE

[program:cat]
command=/bin/cat
autostart=false
stdout_events_enabled=true

[program:crash]
command=/bin/sh -c \"read code; exit $code\"
autostart=false

[program:flaky]
command=/bin/sh -c \"sleep 0.2; false\"
autostart=false
startretries=1
startsecs=10

[program:lame]
command=/bin/sh -c \"sleep 0.2; false\"
autostart=false
startretries=9
startsecs=10

[program:loud]
command=/bin/sh -c \"read line; echo $line >&2; exec cat\"
autostart=false
stderr_events_enabled=true

[program:murmur]
command=/bin/sh -c \"read word; printf %%s '<!--XSUPERVISOR:BEGIN-->'$word'<!--XSUPERVISOR:END-->' >&2; exec cat\"
autostart=false
stderr_capture_maxbytes=1MB
stderr_events_enabled=true

[program:teller]
command=/bin/sh -c \"read word; printf %%s$word before '<!--XSUPERVISOR:BEGIN-->' secret '<!--XSUPERVISOR:END-->' after; exec cat\"
autostart=false
stdout_capture_maxbytes=1MB
";

/// What is done, and what the listener hears of it; payload lines are separated by a bar.
const STEPS: [(&str, &[&str]); 22] = [
    (
        "supervisor.getState()['statecode']",
        &[
            "PROCESS_GROUP_ADDED groupname:ear|",
            "PROCESS_GROUP_ADDED groupname:cat|",
            "PROCESS_GROUP_ADDED groupname:crash|",
            "PROCESS_GROUP_ADDED groupname:flaky|",
            "PROCESS_GROUP_ADDED groupname:lame|",
            "PROCESS_GROUP_ADDED groupname:loud|",
            "PROCESS_GROUP_ADDED groupname:murmur|",
            "PROCESS_GROUP_ADDED groupname:teller|",
            "SUPERVISOR_STATE_CHANGE_RUNNING ",
            "PROCESS_STATE_STARTING processname:ear groupname:ear from_state:STOPPED tries:0",
            "PROCESS_STATE_RUNNING processname:ear groupname:ear from_state:STARTING pid:PID",
        ],
    ),
    (
        "supervisor.startProcess('cat')",
        &[
            "PROCESS_STATE_STARTING processname:cat groupname:cat from_state:STOPPED tries:0",
            "PROCESS_STATE_RUNNING processname:cat groupname:cat from_state:STARTING pid:PID",
        ],
    ),
    (
        "supervisor.sendProcessStdin('cat', 'one line\\nänother\\n')",
        &["PROCESS_LOG_STDOUT processname:cat groupname:cat pid:PID channel:stdout|one line|änother|"],
    ),
    (
        "supervisor.sendRemoteCommEvent('kind', 'some data\\nmore')",
        &["REMOTE_COMMUNICATION type:kind|some data|more"],
    ),
    (
        "supervisor.startProcess('crash')",
        &[
            "PROCESS_STATE_STARTING processname:crash groupname:crash from_state:STOPPED tries:0",
            "PROCESS_STATE_RUNNING processname:crash groupname:crash from_state:STARTING pid:PID",
        ],
    ),
    (
        "supervisor.sendProcessStdin('crash', '3\\n')",
        &[
            "PROCESS_STATE_EXITED processname:crash groupname:crash from_state:RUNNING expected:0 pid:PID",
            "PROCESS_STATE_STARTING processname:crash groupname:crash from_state:EXITED tries:0",
            "PROCESS_STATE_RUNNING processname:crash groupname:crash from_state:STARTING pid:PID",
        ],
    ),
    (
        "supervisor.sendProcessStdin('crash', '0\\n')",
        &["PROCESS_STATE_EXITED processname:crash groupname:crash from_state:RUNNING expected:1 pid:PID"],
    ),
    (
        "supervisor.startProcess('flaky', False)",
        &[
            "PROCESS_STATE_STARTING processname:flaky groupname:flaky from_state:STOPPED tries:0",
            "PROCESS_STATE_BACKOFF processname:flaky groupname:flaky from_state:STARTING tries:1",
            "PROCESS_STATE_STARTING processname:flaky groupname:flaky from_state:BACKOFF tries:1",
            "PROCESS_STATE_BACKOFF processname:flaky groupname:flaky from_state:STARTING tries:2",
            "PROCESS_STATE_FATAL processname:flaky groupname:flaky from_state:BACKOFF",
        ],
    ),
    (
        "supervisor.startProcess('lame', False)",
        &[
            "PROCESS_STATE_STARTING processname:lame groupname:lame from_state:STOPPED tries:0",
            "PROCESS_STATE_BACKOFF processname:lame groupname:lame from_state:STARTING tries:1",
            "PROCESS_STATE_STARTING processname:lame groupname:lame from_state:BACKOFF tries:1",
            "PROCESS_STATE_BACKOFF processname:lame groupname:lame from_state:STARTING tries:2",
            "PROCESS_STATE_STARTING processname:lame groupname:lame from_state:BACKOFF tries:2",
            "PROCESS_STATE_BACKOFF processname:lame groupname:lame from_state:STARTING tries:3",
        ],
    ),
    // It would be started again in three seconds.
    (
        "supervisor.stopProcess('lame')",
        &["PROCESS_STATE_STOPPED processname:lame groupname:lame from_state:BACKOFF pid:0"],
    ),
    (
        "supervisor.startProcess('murmur')",
        &[
            "PROCESS_STATE_STARTING processname:murmur groupname:murmur from_state:STOPPED tries:0",
            "PROCESS_STATE_RUNNING processname:murmur groupname:murmur from_state:STARTING pid:PID",
        ],
    ),
    (
        "supervisor.sendProcessStdin('murmur', 'long-enough-that-nothing-is-held-back\\n')",
        &[
            "PROCESS_LOG_STDERR processname:murmur groupname:murmur pid:PID channel:stderr|long-enough-that-nothing-is-held-back",
            "PROCESS_COMMUNICATION_STDERR processname:murmur groupname:murmur pid:PID|long-enough-that-nothing-is-held-back",
        ],
    ),
    (
        "supervisor.signalProcess('murmur', 'KILL')",
        &[
            "PROCESS_STATE_EXITED processname:murmur groupname:murmur from_state:RUNNING expected:0 pid:PID",
            "PROCESS_STATE_STARTING processname:murmur groupname:murmur from_state:EXITED tries:0",
            "PROCESS_STATE_RUNNING processname:murmur groupname:murmur from_state:STARTING pid:PID",
        ],
    ),
    (
        "supervisor.stopProcess('murmur')",
        &[
            "PROCESS_STATE_STOPPING processname:murmur groupname:murmur from_state:RUNNING pid:PID",
            "PROCESS_STATE_STOPPED processname:murmur groupname:murmur from_state:STOPPING pid:PID",
        ],
    ),
    (
        "supervisor.startProcess('loud')",
        &[
            "PROCESS_STATE_STARTING processname:loud groupname:loud from_state:STOPPED tries:0",
            "PROCESS_STATE_RUNNING processname:loud groupname:loud from_state:STARTING pid:PID",
        ],
    ),
    (
        "supervisor.sendProcessStdin('loud', 'help\\n')",
        &["PROCESS_LOG_STDERR processname:loud groupname:loud pid:PID channel:stderr|help|"],
    ),
    (
        "supervisor.startProcess('teller')",
        &[
            "PROCESS_STATE_STARTING processname:teller groupname:teller from_state:STOPPED tries:0",
            "PROCESS_STATE_RUNNING processname:teller groupname:teller from_state:STARTING pid:PID",
        ],
    ),
    (
        "supervisor.sendProcessStdin('teller', ',\\n')",
        &["PROCESS_COMMUNICATION_STDOUT processname:teller groupname:teller pid:PID|,secret,"],
    ),
    (
        "supervisor.stopProcess('teller')",
        &[
            "PROCESS_STATE_STOPPING processname:teller groupname:teller from_state:RUNNING pid:PID",
            "PROCESS_STATE_STOPPED processname:teller groupname:teller from_state:STOPPING pid:PID",
        ],
    ),
    (
        "supervisor.stopProcess('loud')",
        &[
            "PROCESS_STATE_STOPPING processname:loud groupname:loud from_state:RUNNING pid:PID",
            "PROCESS_STATE_STOPPED processname:loud groupname:loud from_state:STOPPING pid:PID",
        ],
    ),
    ("supervisor.removeProcessGroup('teller')", &["PROCESS_GROUP_REMOVED groupname:teller|"]),
    ("supervisor.addProcessGroup('teller')", &["PROCESS_GROUP_ADDED groupname:teller|"]),
];

/// What there is to hear at the end. How much of it the listener hears before it is stopped itself is left to chance;
/// with ours it has a second for what is known by then.
const LAST: [&str; 3] = [
    "SUPERVISOR_STATE_CHANGE_STOPPING ",
    "PROCESS_STATE_STOPPING processname:cat groupname:cat from_state:RUNNING pid:PID",
    "PROCESS_STATE_STOPPED processname:cat groupname:cat from_state:STOPPING pid:PID",
];

fn a_listener_hears_everything_in_order(implementation: Implementation) {
    let mut world = World::new(Sides::both(implementation));
    world.scratch.write("listener.py", include_str!("events_listener.py"));
    let python = reference_python().unwrap_or_else(|missing| panic!("{missing}"));
    world.configure(&PROGRAMS.replace("PYTHON", &python.to_string_lossy()));
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));

    let mut number = 0;
    for (action, expected) in STEPS {
        let answer = world.rpc(action).concat();
        assert!(!answer.starts_with("fault"), "{action}: {answer}");
        until(PATIENCE, action, || {
            world.scratch.read(NOTES).matches('\n').count() >= number + expected.len()
        });
        let heard = heard(&world);
        assert_eq!(heard[number..number + expected.len()], *expected, "{action}");
        number += expected.len();
    }
    assert_eq!(world.rpc("supervisor.shutdown()"), ["True"]);
    assert_eq!(world.wait_end(), Some(0));
    let rest = &heard(&world)[number..];
    let certain = if implementation == Implementation::Ours { 2 } else { 0 };
    assert!(rest.len() >= certain && rest == &LAST[..rest.len()], "{rest:?}");
}

/// What a listener writes to its standard error is output like any other, what it answers never is; and numbers are
/// counted for the life of the daemon, over its restarts.
fn listeners_hear_each_other_and_numbers_go_on(implementation: Implementation) {
    let mut world = World::new(Sides::both(implementation));
    world.scratch.write("listener.py", include_str!("events_listener.py"));
    let python = reference_python().unwrap_or_else(|missing| panic!("{missing}"));
    world.configure(&format!(
        "[eventlistener:ear]\ncommand={} %(here)s/listener.py %(here)s/notes\nevents=PROCESS_LOG,REMOTE_COMMUNICATION\n\
         [eventlistener:loud]\ncommand=/bin/sh -c \"echo READY; read header; echo heard >&2; exec sleep 1000\"\n\
         events=REMOTE_COMMUNICATION\nstdout_events_enabled=true\nstderr_events_enabled=true\nstdout_logfile=%(here)s/answers\n",
        python.display()
    ));
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    for (first, life) in [(0, "first"), (2, "second")] {
        until(PATIENCE, "both to run", || ["ear", "loud"].iter().all(|name| world.state(name) == "RUNNING"));
        let send = format!("supervisor.sendRemoteCommEvent('life', '{life}')");
        assert_eq!(world.rpc(&send), ["True"]);
        until(PATIENCE, "two events", || world.scratch.read(NOTES).matches('\n').count() >= first + 2);
        let notes = world.scratch.read(NOTES);
        let told: Vec<(BTreeMap<String, String>, String)> = notes
            .lines()
            .skip(first)
            .map(|line| serde_json::from_str(line).expect("invariant: the listener writes JSON"))
            .collect();
        let loud = world.pid_of("loud");
        let heard = format!("processname:loud groupname:loud pid:{loud} channel:stderr\nheard\n");
        for (number, (headers, payload)) in told.iter().enumerate() {
            assert_eq!(headers["serial"], (first + number).to_string(), "{notes}");
            assert_eq!(headers["poolserial"], number.to_string(), "{notes}");
            assert_eq!(*payload, [format!("type:life\n{life}"), heard.clone()][number], "{notes}");
        }
        assert_eq!(world.scratch.read("answers"), "READY\n".repeat(first / 2 + 1), "answers are logged");
        if first == 0 {
            let ear = world.pid_of("ear");
            assert_eq!(world.rpc("supervisor.restart()"), ["True"]);
            until(PATIENCE, "a new listener", || ![0, ear].contains(&world.pid_of("ear")));
        }
    }
}

/// What the listener has heard until now; its headers are checked on the way.
fn heard(world: &World) -> Vec<String> {
    static PID: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\bpid:[1-9]\d*").expect("invariant: the pattern is valid"));
    let notes = world.scratch.read(NOTES);
    let whole = notes.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    whole
        .enumerate()
        .map(|(number, line)| {
            let (headers, payload): (BTreeMap<String, String>, String) =
                serde_json::from_str(line).expect("invariant: the listener writes JSON");
            let event = &headers["eventname"];
            let mut expected = vec![
                ("eventname", event.clone()),
                // Of characters, not of bytes: that is what Python's standard input counts.
                ("len", payload.chars().count().to_string()),
                ("pool", "ear".to_owned()),
                ("poolserial", number.to_string()),
                ("serial", number.to_string()),
                ("server", "supervisor".to_owned()),
                ("ver", "3.0".to_owned()),
            ];
            if world.sides.daemon == Implementation::Ours {
                expected.push(("bytes", payload.len().to_string()));
            }
            let expected = expected.into_iter().map(|(name, value)| (name.to_owned(), value));
            assert_eq!(headers, expected.collect());
            format!("{event} {}", PID.replace_all(&payload, "pid:PID").replace('\n', "|"))
        })
        .collect()
}

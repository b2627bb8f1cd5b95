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

on_both! { a_listener_hears_everything_in_order }

const NOTES: &str = "notes";

const PROGRAMS: &str = "
[eventlistener:ear]
command=PYTHON %(here)s/listener.py %(here)s/notes
events=PROCESS_STATE,PROCESS_LOG,PROCESS_COMMUNICATION,REMOTE_COMMUNICATION,PROCESS_GROUP,SUPERVISOR_STATE_CHANGE

[program:cat]
command=/bin/cat
autostart=false
stdout_events_enabled=true

[program:crash]
command=/bin/sh -c \"read code; exit $code\"
autostart=false

[program:flaky]
command=/bin/false
autostart=false
startretries=1
startsecs=10

[program:loud]
command=/bin/sh -c \"read line; echo $line >&2; exec cat\"
autostart=false
stderr_events_enabled=true

[program:teller]
command=/bin/sh -c \"read word; printf %%s$word before '<!--XSUPERVISOR:BEGIN-->' secret '<!--XSUPERVISOR:END-->' after; exec cat\"
autostart=false
stdout_capture_maxbytes=1MB
";

/// What is done, and what the listener hears of it; payload lines are separated by a bar.
const STEPS: [(&str, &[&str]); 17] = [
    (
        "supervisor.getState()['statecode']",
        &[
            "PROCESS_GROUP_ADDED groupname:ear|",
            "PROCESS_GROUP_ADDED groupname:cat|",
            "PROCESS_GROUP_ADDED groupname:crash|",
            "PROCESS_GROUP_ADDED groupname:flaky|",
            "PROCESS_GROUP_ADDED groupname:loud|",
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
    (
        "supervisor.shutdown()",
        &[
            "SUPERVISOR_STATE_CHANGE_STOPPING ",
            "PROCESS_STATE_STOPPING processname:cat groupname:cat from_state:RUNNING pid:PID",
        ],
    ),
];

/// Whether a listener that is being stopped itself still hears of this is left to chance.
const PERHAPS: &str = "PROCESS_STATE_STOPPED processname:cat groupname:cat from_state:STOPPING pid:PID";

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
    assert_eq!(world.wait_end(), Some(0));
    let rest = &heard(&world)[number..];
    assert!(rest.is_empty() || rest == [PERHAPS], "{rest:?}");
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
            let expected = [
                ("eventname", event.clone()),
                // Of characters, not of bytes: that is what Python's standard input counts.
                ("len", payload.chars().count().to_string()),
                ("pool", "ear".to_owned()),
                ("poolserial", number.to_string()),
                ("serial", number.to_string()),
                ("server", "supervisor".to_owned()),
                ("ver", "3.0".to_owned()),
            ];
            assert_eq!(headers, expected.map(|(name, value)| (name.to_owned(), value)).into());
            format!("{event} {}", PID.replace_all(&payload, "pid:PID").replace('\n', "|"))
        })
        .collect()
}

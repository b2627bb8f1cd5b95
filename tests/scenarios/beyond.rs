//! What our client offers beyond the reference's, on our daemon and, as far as that goes, on the reference's.
//!
//! Here the implementation is that of the daemon; the client is always ours.

use std::fs::File;
use std::process::{Command, Stdio};

use provost_tests::ctl::{Output, run};
use provost_tests::implementation::{Sides, workspace};
use provost_tests::wait::{PATIENCE, until, until_some};
use provost_tests::{Implementation, World, processes};
use rexpect::session::PtySession;
use serde_json::Value;

use crate::on_both;

on_both! {
    wildcards,
    json,
    details,
    plans_and_hints,
    watching_through_a_pipe,
    watching_on_a_terminal,
    colours,
    completion,
}

const PROGRAMS: &str = "\
[program:web]
command=/bin/cat
process_name=web-%(process_num)d
numprocs=3
startsecs=0
[program:cat]
command=/bin/cat
startsecs=0
[program:idle]
command=/bin/cat
autostart=false
startsecs=0
";

fn world(daemon: Implementation) -> World {
    let mut world = World::new(Sides { daemon, client: Implementation::Ours });
    world.configure(PROGRAMS);
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    for name in ["web:web-0", "web:web-1", "web:web-2", "cat"] {
        world.wait_state(name, "RUNNING");
    }
    world
}

/// Runs the client and compares standard output and exit code.
#[track_caller]
fn check(world: &World, line: &str, expect: &str, code: i32) {
    let output = world.ctl(line);
    assert_eq!((output.stdout.as_str(), output.code), (expect, Some(code)), "{line}: {}", output.stderr);
}

fn wildcards(daemon: Implementation) {
    let world = world(daemon);
    check(&world, "stop web-[01]", "web:web-0: stopped\nweb:web-1: stopped\n", 0);
    check(&world, "stop web:*-0 c?t", "web:web-0: ERROR (not running)\ncat: stopped\n", 0);
    check(&world, "start w*:* cat", "web:web-0: started\nweb:web-1: started\ncat: started\n", 0);
    check(
        &world,
        "signal CONT web-?",
        "web:web-0: signalled\nweb:web-1: signalled\nweb:web-2: signalled\n",
        0,
    );
    check(&world, "clear c*", "cat: cleared\n", 0);
    check(&world, "pid i*", "0\n", 7);
    check(&world, "pid zz*", "No such process zz*\n", 1);
    check(&world, "start zz*", "zz*: ERROR (no such process)\n", 1);
    check(&world, "start zz*:*", "zz*: ERROR (no such group)\n", 2);
    let status = world.ctl("status web-[!1]");
    let names: Vec<&str> = status.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, ["web:web-0", "web:web-2"]);
}

fn object(output: &Output) -> Value {
    assert_eq!(output.stdout.lines().count(), 1, "{}", output.stdout);
    serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", output.stdout))
}

fn json(daemon: Implementation) {
    let mut world = world(daemon);
    let ask = |world: &World, line: &str, code: i32| {
        let output = world.ctl(&format!("--json {line}"));
        assert_eq!(output.code, Some(code), "{line}: {}", output.stdout);
        object(&output)
    };
    let status = ask(&world, "status", 3);
    assert_eq!(status["processes"].as_array().map(Vec::len), Some(5), "{status}");
    assert_eq!(status["processes"][0]["name"], "cat");
    assert_eq!(status["processes"][0]["pid"], world.pid_of("cat"));
    assert_eq!(status["processes"][1]["pid"], Value::Null);
    assert_eq!(status["processes"][4]["name"], "web:web-2");
    assert_eq!(ask(&world, "version", 0)["version"], "4.3.0");
    assert_eq!(ask(&world, "pid", 0)["pid"], world.daemon_pid());
    let stopped = ask(&world, "stop web:* cat", 0);
    assert_eq!(stopped["results"].as_array().map(Vec::len), Some(4), "{stopped}");
    let refused = ask(&world, "start idle zz", 1);
    assert_eq!(refused["results"][0]["message"], "started");
    assert_eq!(
        (&refused["results"][1]["ok"], &refused["results"][1]["message"]),
        (&false.into(), &"no such process".into())
    );
    assert_eq!(ask(&world, "avail", 0)["configured"][4]["in_use"], true);
    assert_eq!(ask(&world, "tail cat", 0)["logs"][0]["channel"], "stdout");
    world.configure("");
    assert_eq!(ask(&world, "reread", 0)["changes"]["removed"].as_array().map(Vec::len), Some(3));
    assert_eq!(ask(&world, "update idle", 0)["results"][1]["message"], "removed process group");
    world.stop();
    let gone = ask(&world, "status", 4);
    assert_eq!(gone["errors"].as_array().map(Vec::len), Some(1), "{gone}");
    assert!(gone.get("processes").is_none(), "{gone}");
}

fn details(daemon: Implementation) {
    let world = world(daemon);
    assert_eq!(world.ctl("stop cat").code, Some(0));
    let output = world.ctl("status -l");
    assert_eq!(output.code, Some(3));
    let object = object(&world.ctl("--json status --long cat web:web-0"));
    match daemon {
        Implementation::Reference => {
            assert_eq!(output.stdout, world.ctl("status").stdout);
            assert!(output.complaint().contains("has no provost.getAllProcessDetails"), "{}", output.stderr);
            assert_eq!(object["processes"][0]["details"], Value::Null);
        }
        Implementation::Ours => {
            assert_eq!(output.stderr, "");
            for fact in ["    tree        1 process, ", "    last exit   ", ": stopped by SIGTERM"] {
                assert!(output.stdout.contains(fact), "{fact:?} in {}", output.stdout);
            }
            let [cat, web] = [&object["processes"][0]["details"], &object["processes"][1]["details"]];
            assert_eq!(cat["last_exit"]["signal"], "SIGTERM", "{cat}");
            assert_eq!(cat["tree_processes"], 0, "{cat}");
            assert_eq!(web["last_exit"], Value::Null, "{web}");
            assert!(web["memory_bytes"].as_u64() > Some(4096), "{web}");
        }
    }
}

fn plans_and_hints(daemon: Implementation) {
    let mut world = world(daemon);
    assert_eq!(world.ctl("restart cat").stderr, "");
    let changed = PROGRAMS
        .replace("[program:idle]", "[program:new]")
        .replace("numprocs=3\n", "numprocs=3\npriority=5\n");
    world.configure(&changed);
    let plan = world.ctl("update --dry-run");
    let restarted = world.ctl("restart web:web-1");
    assert_eq!(restarted.stdout, "web:web-1: stopped\nweb:web-1: started\n");
    match daemon {
        Implementation::Reference => {
            let refusal = "ERROR: this supervisord cannot plan an update (it has no provost.planUpdate)\n";
            assert_eq!((plan.stdout.as_str(), plan.code), (refusal, Some(1)));
            assert_eq!(restarted.stderr, "");
        }
        Implementation::Ours => {
            let expect = "idle: would be stopped and removed\nweb: would be restarted (priority)\nnew: would be added\n";
            assert_eq!((plan.stdout.as_str(), plan.code), (expect, Some(0)));
            assert!(
                restarted.stderr.contains("differs from what was started: web (priority)"),
                "{}",
                restarted.stderr
            );
            assert_eq!(world.ctl("restart cat").stderr, "");
            check(&world, "update --dry-run new", "new: would be added\n", 0);
        }
    }
    // Nothing was remembered: the daemon still knows what it read last.
    let known = world.ctl("avail").stdout;
    assert!(known.contains("\nidle ") && !known.contains("\nnew "), "{known}");
    world.configure("[program:cat]\n");
    let restarted = world.ctl("restart cat");
    assert_eq!(restarted.code, Some(0));
    assert_eq!(
        restarted.stderr.contains("configuration file is in error"),
        daemon == Implementation::Ours,
        "{}",
        restarted.stderr
    );
}

fn watching_through_a_pipe(daemon: Implementation) {
    let world = world(daemon);
    let mut client = world.client();
    let paper = File::create(world.scratch.file("paper")).expect("a file in our own directory");
    client.args(["status", "--watch=0.1", "cat"]).stdout(paper).stderr(Stdio::null());
    let mut client = client.spawn().expect("the client runs");
    until(PATIENCE, "three readings", || world.scratch.read("paper").matches("\ncat ").count() >= 2);
    processes::send(client.id(), processes::signal("INT"));
    let status = until_some(PATIENCE, "the client to leave", || {
        client.try_wait().expect("invariant: our own child can be waited for")
    });
    assert_eq!(status.code(), Some(0));
    let paper = world.scratch.read("paper");
    assert!(!paper.contains('\x1b'), "{paper:?}");
    assert_eq!(paper.starts_with("NAME  "), daemon == Implementation::Ours, "{paper}");
}

/// Waits until the terminal shows `text`, and gives what stood before it.
fn see(terminal: &mut PtySession, text: &str) -> String {
    terminal.exp_string(text).unwrap_or_else(|error| panic!("{text:?} should be shown: {error}"))
}

/// Waits until the client has left; what it showed last.
fn end(mut terminal: PtySession, code: i32) -> String {
    let rest = terminal.exp_eof().expect("the client leaves");
    let status = terminal.process().wait().expect("invariant: our own child can be waited for");
    // The type is another crate's; its text says all there is to know.
    let status = format!("{status:?}");
    assert!(status.starts_with("Exited(") && status.ends_with(&format!(", {code})")), "{status}: {rest}");
    rest
}

fn watching_on_a_terminal(daemon: Implementation) {
    const TOP: &str = "\x1b[H";
    let world = world(daemon);
    let mut terminal = world.terminal_for("status --watch=0.1");
    for _ in 0..3 {
        see(&mut terminal, TOP);
    }
    assert!(see(&mut terminal, TOP).contains("\x1b[32mRUNNING\x1b[0m"));
    terminal.send("\x03").and_then(|_| terminal.flush()).expect("the terminal takes keys");
    end(terminal, 0);

    // At the prompt Ctrl-C leaves the watch only.
    let mut terminal = world.terminal();
    see(&mut terminal, "supervisor> ");
    terminal.send("status --watch=0.1\r").and_then(|_| terminal.flush()).expect("the terminal takes keys");
    see(&mut terminal, TOP);
    see(&mut terminal, TOP);
    terminal.send("\x03").and_then(|_| terminal.flush()).expect("the terminal takes keys");
    see(&mut terminal, "supervisor> ");
    terminal.send("quit\r").and_then(|_| terminal.flush()).expect("the terminal takes keys");
    end(terminal, 0);
}

fn colours(daemon: Implementation) {
    let mut world = world(daemon);
    let shown = |world: &World| end(world.terminal_for("status cat idle"), 3);
    let coloured = shown(&world);
    assert!(coloured.contains("\x1b[32mRUNNING\x1b[0m   pid "), "{coloured:?}");
    assert!(coloured.contains(" STOPPED   Not started"), "{coloured:?}");
    assert!(!world.ctl("status").stdout.contains('\x1b'));
    world.scratch.set_variable("NO_COLOR", "1");
    assert!(!shown(&world).contains('\x1b'));
    world.scratch.set_variable("NO_COLOR", "");
    assert!(shown(&world).contains("\x1b[32m"));
    world.scratch.set_variable("TERM", "dumb");
    assert!(!shown(&world).contains('\x1b'));
}

/// What bash offers for a line, with the client that is tested.
fn offers(world: &World, line: &str) -> Vec<String> {
    const ASK: &str = r#"
        source "$1"
        COMP_LINE=$2 COMP_POINT=${#2} COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
        _supervisorctl
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let mut bash: Command = world.scratch.command("/bin/bash".as_ref());
    bash.args(["--norc", "-c", ASK, "bash"])
        .arg(workspace().join("completions/supervisorctl.bash"))
        .arg(line);
    let output = run(bash, "");
    assert_eq!(output.stderr, "", "{line}");
    output.stdout.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn completion(daemon: Implementation) {
    let mut world = world(daemon);
    let client = Implementation::Ours.program("supervisorctl").unwrap_or_else(|missing| panic!("{missing}"));
    let config = world.scratch.file("supervisord.conf");
    let check = |world: &World, line: &str, expect: &[&str]| {
        let line = format!("{} -c {} {line}", client.display(), config.display());
        assert_eq!(offers(world, &line), expect, "{line}");
    };
    check(&world, "st", &["start", "status", "stop"]);
    check(&world, "--js", &["--json"]);
    check(&world, "stop ", &["all", "cat", "idle", "web:*", "web:web-0", "web:web-1", "web:web-2"]);
    check(&world, "stop cat w", &["web:*", "web:web-0", "web:web-1", "web:web-2"]);
    // bash keeps what stands before the colon.
    check(&world, "stop web:web-1", &["web-1"]);
    check(&world, "update ", &["--dry-run", "cat", "idle", "web"]);
    check(&world, "status --w", &["--watch"]);
    check(&world, "signal US", &["USR1", "USR2"]);
    check(&world, "signal USR1 ca", &["cat"]);
    check(&world, "help ver", &["version"]);
    check(&world, "version ", &[]);
    world.configure("[program:y;exit$(exit)]\ncommand=/bin/cat\nautostart=false\n");
    assert_eq!(world.ctl("update").code, Some(0));
    // What the shell would carry out is quoted.
    check(&world, "stop y", &[r"y\;exit\$\(exit\)"]);
    world.stop();
    check(&world, "stop ", &["all"]);
}

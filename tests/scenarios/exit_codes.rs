//! Exit codes of one-shot commands: every row is run with both clients, each on its own daemon, and
//! `docs/exit-codes.md` is printed from the rows.

use std::fmt::Write as _;
use std::fs;

use provost_supervisorctl::exit::MEANINGS;
use provost_tests::implementation::workspace;
use provost_tests::{Implementation, Sides, World};

use crate::client_errors::{another_version, without_namespace};
use crate::on_both;

/// Where a command is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// With [`PROGRAMS`]; `up` runs, the others do not.
    Daemon,
    /// Without a daemon: the socket does not exist.
    NoSocket,
    /// At a port where nobody listens.
    Refused,
    /// With a server of another version of the interface.
    OtherVersion,
    /// With a server that has no `supervisor` namespace.
    NoNamespace,
    /// With a server that wants a password.
    Locked,
}

const PROGRAMS: &str = "
[program:up]
command=/bin/cat
startsecs=0
[program:off]
command=/bin/cat
startsecs=0
autostart=false
[program:dies]
command=/bin/false
startretries=0
autostart=false
[program:nofile]
command=/no/such/program
startsecs=0
autostart=false
[program:nolog]
command=/bin/cat
startsecs=0
autostart=false
stdout_logfile=NONE
";

/// One command and its exit code.
#[derive(Clone, Copy)]
struct Row {
    place: Place,
    words: &'static str,
    /// With the reference.
    reference: i32,
    /// With ours.
    ours: i32,
    /// Why.
    meaning: &'static str,
}

const fn row(place: Place, words: &'static str, code: i32, meaning: &'static str) -> Row {
    Row { place, words, reference: code, ours: code, meaning }
}

/// A row that differs on purpose.
const fn differs(row: Row, ours: i32) -> Row {
    Row { ours, ..row }
}

use Place::{Daemon, Locked, NoNamespace, NoSocket, OtherVersion, Refused};

/// In this order on one daemon: each row leaves the programs as it found them, or the next one puts them back.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    row(Daemon, "status up", 0, "everything shown runs, starts, stops or waits for its next start"),
    row(Daemon, "status", 3, "something shown is STOPPED, EXITED, FATAL or UNKNOWN"),
    row(Daemon, "status off", 3, "the same"),
    row(Daemon, "status zz", 4, "no such process"),
    row(Daemon, "status zz:*", 4, "no such group"),
    row(Daemon, "status up zz", 4, "no such process among others that run"),
    row(Daemon, "status zz off", 3, "something stopped wins over something unknown"),
    row(Daemon, "pid", 0, ""),
    row(Daemon, "pid all", 0, "also when some do not run"),
    row(Daemon, "pid up", 0, ""),
    row(Daemon, "pid off", 7, "the process does not run"),
    row(Daemon, "pid off up", 7, "a success does not undo a failure"),
    row(Daemon, "pid zz", 1, "no such process"),
    row(Daemon, "start up", 0, "it runs already"),
    row(Daemon, "start off", 0, ""),
    row(Daemon, "stop off", 0, ""),
    row(Daemon, "stop off", 0, "it does not run anyway"),
    row(Daemon, "start dies", 7, "it ended before `startsecs`"),
    row(Daemon, "start nofile", 1, "no such file"),
    row(Daemon, "start zz", 1, "no such process"),
    row(Daemon, "start zz up", 1, "no such process, and then one that runs"),
    row(Daemon, "start dies nofile", 1, "the last failure counts"),
    row(Daemon, "start nofile dies", 7, "the same"),
    row(Daemon, "start zz:*", 2, "no such group"),
    row(Daemon, "start", 2, "a name is missing"),
    row(Daemon, "stop zz", 1, "no such process"),
    row(Daemon, "stop zz:*", 1, "no such group"),
    row(Daemon, "stop", 1, "a name is missing"),
    row(Daemon, "restart up", 0, ""),
    row(Daemon, "restart zz:*", 2, "no such group to start"),
    row(Daemon, "restart", 1, "a name is missing"),
    row(Daemon, "signal HUP off", 7, "the process does not run"),
    row(Daemon, "signal NONSENSE up", 1, "bad signal name"),
    row(Daemon, "signal CONT up", 0, ""),
    row(Daemon, "signal CONT zz", 1, "no such process"),
    row(Daemon, "signal CONT", 1, "a name is missing"),
    row(Daemon, "clear up", 0, ""),
    row(Daemon, "clear zz", 1, "no such process"),
    differs(row(Daemon, "clear up:*", 1, "the reference cannot clear a group"), 0),
    row(Daemon, "clear zz:*", 1, "no such group"),
    row(Daemon, "clear", 1, "a name is missing"),
    row(Daemon, "tail up", 0, ""),
    row(Daemon, "tail zz", 1, "no such process"),
    row(Daemon, "tail nolog", 1, "no log file"),
    row(Daemon, "tail", 1, "a name is missing"),
    row(Daemon, "tail up nonsense", 1, "bad channel"),
    row(Daemon, "tail --nonsense up", 1, "bad argument"),
    differs(row(Daemon, "tail -f zz", 0, "there is nothing to follow; the reference does not count that"), 1),
    row(Daemon, "maintail", 0, ""),
    row(Daemon, "maintail nonsense", 1, "bad argument"),
    row(Daemon, "fg", 1, "a name is missing"),
    row(Daemon, "fg up off", 1, "too many names"),
    row(Daemon, "fg zz", 1, "no such process"),
    row(Daemon, "fg off", 1, "the process does not run"),
    row(Daemon, "avail", 0, ""),
    row(Daemon, "reread", 0, "also when nothing changed"),
    row(Daemon, "update", 0, "also when there is nothing to do"),
    row(Daemon, "update zz", 1, "no such group"),
    row(Daemon, "add up", 0, "the group is active already"),
    row(Daemon, "add zz", 1, "no such group"),
    row(Daemon, "add", 0, "nothing to do"),
    row(Daemon, "remove up", 1, "it still runs"),
    row(Daemon, "remove zz", 1, "no such group"),
    row(Daemon, "remove nolog", 0, ""),
    row(Daemon, "version", 0, ""),
    row(Daemon, "version up", 1, "it takes no arguments"),
    row(Daemon, "open nonsense", 1, "no URL"),
    row(Daemon, "open unix:///no/such/socket", 0, "whether the other server answers does not count"),
    row(Daemon, "help", 0, ""),
    row(Daemon, "help nonsense", 0, "no such command to explain"),
    row(Daemon, "nonsense", 1, "no such command"),
    row(Daemon, "quit", 0, ""),
    row(Daemon, "-z status", 2, "unknown option"),
    row(Daemon, "-s nonsense status", 2, "an option without a sensible value"),
    row(Daemon, "-s http://user@host:99999999 status", 1, "a URL that cannot be used"),
    row(Daemon, "-h", 0, ""),
    row(NoSocket, "status", 4, "the socket does not exist"),
    row(NoSocket, "start up", 7, "the same, for every other command that looks first"),
    row(NoSocket, "stop up", 7, ""),
    row(NoSocket, "tail -f up", 7, ""),
    row(NoSocket, "fg up", 7, ""),
    row(NoSocket, "version", 7, ""),
    row(NoSocket, "avail", 1, "commands that do not look first: avail, reread, update, add, remove, reload"),
    row(NoSocket, "update", 1, ""),
    row(NoSocket, "shutdown", 1, ""),
    row(Refused, "status", 4, "nobody listens"),
    row(Refused, "start up", 4, ""),
    row(Refused, "pid", 4, ""),
    row(Refused, "reread", 1, ""),
    row(Refused, "shutdown", 1, ""),
    row(OtherVersion, "pid", 5, "the server speaks another version of the interface"),
    row(OtherVersion, "status", 4, ""),
    row(NoNamespace, "pid", 3, "the server has no `supervisor` namespace"),
    row(NoNamespace, "status", 4, ""),
    row(Locked, "pid", 1, "the server wants a name and a password"),
    row(Locked, "status", 1, ""),
    row(Daemon, "shutdown", 0, ""),
];

on_both! { every_row }

fn every_row(client: Implementation) {
    let mut daemon = World::with_programs(client, PROGRAMS);
    daemon.wait_state("up", "RUNNING");
    let mut nobody = World::new(Sides::both(client));
    nobody.configure("");
    let locked = World::locked(client);
    let refused = format!("-s http://127.0.0.1:{}", nobody.scratch.port(1));
    let (other, bare) = (format!("-s {}", another_version()), format!("-s {}", without_namespace()));
    let mut wrong = String::new();
    for Row { place, words, reference, ours, .. } in ROWS {
        let (world, before) = match place {
            Daemon => (&daemon, ""),
            NoSocket => (&nobody, ""),
            Refused => (&nobody, refused.as_str()),
            OtherVersion => (&nobody, other.as_str()),
            NoNamespace => (&nobody, bare.as_str()),
            Locked => (&locked, ""),
        };
        let expected = if client == Implementation::Reference { reference } else { ours };
        let output = world.ctl(&format!("{before} {words}"));
        if output.code != Some(*expected) {
            writeln!(
                wrong,
                "{place:?}: {words} exits with {:?}, not {expected}: {}",
                output.code, output.stdout
            )
            .expect("a string takes text");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    daemon.wait_end();
}

const DOCUMENT: &str = "docs/exit-codes.md";

/// The document, as it has to be.
fn document() -> String {
    let mut text = String::from(
        "# Exit codes of supervisorctl\n\n\
         <!-- Printed from tests/scenarios/exit_codes.rs, which runs every row on Provost and on the reference. -->\n\n\
         The codes follow the conventions for init scripts, and those of the reference. Of several outcomes the last \
         failure\ncounts. The prompt always exits with 0. Ctrl-C is the way out of a \
         followed log, of `fg` and of `status --watch`,\nwith 0; during any other command it kills the client, as a signal does, \
         and the daemon goes on. A command that a plug-in\nprovides exits with the code of the plug-in.\n\n",
    );
    text += "| code | |\n| --- | --- |\n";
    for (code, meaning) in MEANINGS {
        writeln!(text, "| {code} | {meaning} |").expect("a string takes text");
    }
    for (place, title) in [
        (Daemon, "With a daemon"),
        (NoSocket, "Without a daemon: the socket does not exist"),
        (Refused, "Without a daemon: nobody listens at the port"),
        (OtherVersion, "With a server of another version"),
        (NoNamespace, "With a server without the namespace"),
        (Locked, "With a server that wants a password"),
    ] {
        write!(text, "\n## {title}\n\n| command | code | |\n| --- | --- | --- |\n")
            .expect("a string takes text");
        for Row { words, reference, ours, meaning, .. } in ROWS.iter().filter(|row| row.place == place) {
            let codes =
                if reference == ours { ours.to_string() } else { format!("{ours} (reference: {reference})") };
            writeln!(text, "| `{words}` | {codes} | {meaning} |").expect("a string takes text");
        }
    }
    text + "\n`up` runs, `off` does not, `dies` ends at once, the command of `nofile` does not exist, `nolog` has no log, and \
            nobody is\ncalled `zz`.\n"
}

#[test]
fn the_document_is_current() {
    let path = workspace().join(DOCUMENT);
    if std::env::var_os("PROVOST_BLESS").is_some() {
        fs::write(&path, document()).expect("our own document");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, document(), "PROVOST_BLESS=1 writes {DOCUMENT} anew");
}

//! The members of the objects that `--json` prints, as a table; from it comes `docs/json.md`.

use std::fmt::Write as _;

/// A member of an object.
#[derive(Debug)]
pub(super) struct Member {
    /// Its key.
    pub(super) key: &'static str,
    /// The type of its value.
    pub(super) kind: &'static str,
    /// What it tells.
    pub(super) meaning: &'static str,
}

/// A member of the outermost object, and what its objects are made of.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) member: Member,
    /// Which command lines fill it, after `supervisorctl --json`.
    pub(super) commands: &'static str,
    /// What it contains; nothing if it is no object, or a list of texts.
    pub(super) members: &'static [Member],
}

const fn member(key: &'static str, kind: &'static str, meaning: &'static str) -> Member {
    Member { key, kind, meaning }
}

const NAME: Member =
    member("name", "text", "the name that commands take: `group:process`, or one word if both are the same");
const GROUP: Member = member("group", "text", "the group");
const PROCESS: Member = member("process", "text", "the name within the group");
const ADDED: Member = member("added", "list of texts", "groups that are configured and not active");
const REMOVED: Member = member("removed", "list of texts", "groups that are active and no longer configured");

/// All members, those of the outermost object first.
#[rustfmt::skip]
pub(super) static SHAPES: &[Shape] = &[
    Shape {
        member: member("processes", "list of objects", "processes and how they are, in the order in which the text form shows them"),
        commands: "`status [-l] [--watch[=SECONDS]] [NAME ...]`; with `--watch` one object per reading, each on a line of its own",
        members: &[
            NAME, GROUP, PROCESS,
            member("state", "text", "`STOPPED`, `STARTING`, `RUNNING`, `BACKOFF`, `STOPPING`, `EXITED`, `FATAL` or `UNKNOWN`"),
            member("code", "integer", "the number of the state"),
            member("description", "text", "what the last column of `status` shows"),
            member("pid", "integer or null", "the child; null if there is none"),
            member("details", "object or null", "with `-l` and `--watch` only: see below; null if the daemon does not tell"),
            member("cpu_percent", "number or null", "with `-l` and `--watch` only: share of one processor since the reading before; null without one"),
        ],
    },
    Shape {
        member: member("details", "object", "what is known of one of the `processes` besides"),
        commands: "",
        members: &[
            member("started", "integer or null", "when the child was started last, in seconds of the epoch"),
            member("uptime", "number or null", "seconds since then, if it runs"),
            member("restarts", "integer", "how many children it has had after its first, whoever asked for them; an attempt that never became a child does not count"),
            member("last_exit", "object or null", "how a child ended last: `text`, `code` (integer or null), `signal` (text or null) and `time` (integer or null)"),
            member("failure", "text or null", "why the last start failed"),
            member("attempt", "integer", "which attempt in a row to start it is under way (`STARTING`), or failed last (`BACKOFF`, `FATAL`); 0 in other states"),
            member("attempts", "integer", "how many there are before it is given up, `startretries` + 1; 0 where `attempt` is 0"),
            member("next_retry_in", "number or null", "seconds until it is started again"),
            member("memory_bytes", "integer", "resident memory of the child and all its descendants"),
            member("cpu_seconds", "number", "processor time that they have used"),
            member("tree_processes", "integer", "how many they are"),
            member("events_buffered", "integer", "events that wait for this listener's pool"),
            member("events_dropped", "integer", "events that it lost because too many waited"),
            member("log_bytes_dropped", "integer", "output that could not be stored"),
        ],
    },
    Shape {
        member: member("results", "list of objects", "what became of each process or group, in the order in which it happened"),
        commands: "`start`, `stop`, `restart`, `signal`, `clear`, `add`, `remove`, `update`",
        members: &[
            member("action", "text", "what was done: `start`, `stop`, `signal`, `clear`, `add`, `remove` or `update`; a restart is a `stop` and a `start`"),
            NAME, GROUP,
            member("process", "text or null", "the name within the group; null if the group as a whole is meant"),
            member("ok", "boolean", "whether the exit code is none the worse for it"),
            member("message", "text", "`started`, or why not: the words of the text form"),
        ],
    },
    Shape {
        member: member("configured", "list of objects", "the processes of the configuration that was read last"),
        commands: "`avail`",
        members: &[
            NAME, GROUP, PROCESS,
            member("in_use", "boolean", "whether the group is active"),
            member("autostart", "boolean", "whether it starts by itself"),
            member("group_priority", "integer", "priority of the group"),
            member("process_priority", "integer", "priority within the group"),
        ],
    },
    Shape {
        member: member("changes", "object", "what the daemon found in its files"),
        commands: "`reread`",
        members: &[ADDED, member("changed", "list of texts", "groups that are configured otherwise than they run"), REMOVED],
    },
    Shape {
        member: member("plan", "object", "what `update` would do"),
        commands: "`update --dry-run [GROUP ...]`",
        members: &[ADDED, member("changed", "list of objects", "groups that are configured otherwise than they run: `group`, and in `reasons` the options that differ"), REMOVED],
    },
    Shape { member: member("pid", "integer", "the daemon's pid"), commands: "`pid`", members: &[] },
    Shape {
        member: member("pids", "list of objects", "pids of processes"),
        commands: "`pid NAME ...`, `pid all`",
        members: &[
            member("name", "text", "the name, as it was asked for"),
            member("pid", "integer or null", "the child; null if there is none"),
        ],
    },
    Shape { member: member("version", "text", "the version of the daemon"), commands: "`version`", members: &[] },
    Shape {
        member: member("logs", "list of objects", "ends of logs"),
        commands: "`tail` and `maintail` without `-f`",
        members: &[
            member("name", "text or null", "the process; null for the daemon's own log"),
            member("channel", "text or null", "`stdout` or `stderr`; null for the daemon's own log"),
            member("text", "text", "what stands there"),
        ],
    },
    Shape {
        member: member("messages", "list of texts", "what a command says without data, such as `Shut down`"),
        commands: "`shutdown`, `reload`, `help`",
        members: &[],
    },
    Shape {
        member: member("errors", "list of texts", "what went wrong, as the text form prints it; always there. Empty if all was done, even if `status` or `pid` exits with 3 or 7 because a process does not run"),
        commands: "every command",
        members: &[],
    },
];

/// The reference of the JSON form, as a Markdown document.
#[must_use]
pub fn reference_markdown() -> String {
    let mut page = HEAD.to_owned();
    for Shape { member, commands, members } in SHAPES {
        let filled = if commands.is_empty() { String::new() } else { format!("\n\nFrom: {commands}.") };
        write(
            &mut page,
            format_args!("\n## `{}`: {}\n\n{}.{filled}\n", member.key, member.kind, sentence(member)),
        );
        if !members.is_empty() {
            page.push_str("\n| member | type | meaning |\n| --- | --- | --- |\n");
        }
        for Member { key, kind, meaning } in *members {
            write(&mut page, format_args!("| `{key}` | {kind} | {meaning} |\n"));
        }
    }
    page
}

/// What a member tells, as the beginning of a sentence.
fn sentence(member: &Member) -> String {
    let mut letters = member.meaning.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn write(page: &mut String, text: std::fmt::Arguments<'_>) {
    page.write_fmt(text).expect("invariant: writing to a String does not fail");
}

const HEAD: &str = "# What `supervisorctl --json` prints

Generated from the table in the code; do not edit.

`supervisorctl --json COMMAND ...` prints one JSON object on one line of standard output, whatever happens, and exits with the same
code as without `--json`. Without a command (`supervisorctl --json`) there is an object for `status` and then one for each line that is read. What is wrong with the
options of `supervisorctl` itself goes to standard error as usual, and so do warnings and hints. Streams (`tail -f`, `maintail -f`, `fg`)
have no JSON form; commands of your own print what they print.

The members of the object are those below that the command came to fill; `errors` is always there. Members may be added in later
versions, to the outermost object and to those in it; what is here keeps its name, type and meaning. `null` is a fact that does not
exist or is not known.

```console
$ supervisorctl --json status web | jq -r '.processes[].state'
RUNNING
```
";

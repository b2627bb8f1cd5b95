//! The methods of the interface, each once: name, signature, help, and what it takes to answer.
//!
//! Dispatch, arity checks, `system.listMethods`, `system.methodSignature` and `system.methodHelp` all come from
//! these rows. Rows are sorted by name, because they are found by bisection and listed in that order.

use std::fmt;

use provost_core::call::Call;
use provost_core::output::Channel;
use provost_wire::fault::Fault;

use super::answer::Answer;
use super::args::Args;
use super::clear::Whose;
use super::details::Which;
use super::logs::Source;
use super::reload::Afterwards;
use super::{Asked, calls, reads, system};

/// One method.
pub(super) struct Method {
    /// Name without the namespace.
    pub(super) name: &'static str,
    /// What it answers.
    pub(super) result: Type,
    /// Its arguments, in order; optional ones last.
    pub(super) params: &'static [Param],
    /// What it does, in a sentence or two.
    pub(super) help: &'static str,
    /// Whether it is answered while the daemon stops.
    pub(super) when: When,
    /// How it is answered.
    pub(super) action: Action,
}

/// One argument.
pub(super) struct Param {
    pub(super) name: &'static str,
    pub(super) kind: Type,
    pub(super) need: Need,
    pub(super) help: &'static str,
}

/// Whether a client may leave an argument out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    Required,
    Optional,
}

/// The types of signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Array,
    Boolean,
    Int,
    String,
    Struct,
}

/// When a method is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// Until the daemon begins to stop or restart; then it faults with SHUTDOWN_STATE.
    Running,
    /// As long as there is somebody to answer.
    Always,
}

/// What it takes to answer. The variants say how much a method touches.
#[derive(Clone, Copy)]
pub(super) enum Action {
    /// Nothing but the published snapshot: answered at once.
    Read(fn(&Asked<'_>) -> Result<Answer, Fault>),
    /// A decision of the supervision plane.
    Call(fn(&Args) -> Result<Call, Fault>),
    /// A slice of a log file.
    ReadLog(Source),
    /// The end of a log file.
    TailLog(Channel),
    /// The log plane's help.
    Clear(Whose),
    /// The configuration, read again.
    Reload(Afterwards),
    /// The snapshot, and what `/proc` tells of processes.
    Details(Which),
    /// Other methods.
    Multicall,
}

impl Type {
    /// The name in signatures.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Array => "array",
            Self::Boolean => "boolean",
            Self::Int => "int",
            Self::String => "string",
            Self::Struct => "struct",
        }
    }
}

impl Method {
    /// Whether that many arguments are right.
    pub(super) fn takes(&self, arguments: usize) -> bool {
        let required = self.params.iter().filter(|param| param.need == Need::Required).count();
        (required..=self.params.len()).contains(&arguments)
    }

    /// `[result, argument…]`.
    pub(super) fn signature(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.result).chain(self.params.iter().map(|param| param.kind)).map(Type::name)
    }

    /// The row of that name.
    pub(super) fn find(methods: &'static [Self], name: &str) -> Option<&'static Self> {
        methods.binary_search_by(|method| method.name.cmp(name)).ok().map(|index| &methods[index])
    }
}

/// The help text, in the form that clients who take it apart expect.
impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", self.help)?;
        for param in self.params {
            writeln!(f, "@param {} {} {}", param.kind.name(), param.name, param.help)?;
        }
        write!(f, "@return {} result", self.result.name())
    }
}

use Action::{Call as Change, Clear, Details, Read, ReadLog, Reload, TailLog};
use Type::{Array, Boolean, Int, String, Struct};

const fn param(name: &'static str, kind: Type, help: &'static str) -> Param {
    Param { name, kind, need: Need::Required, help }
}

const NAME: Param = param("name", String, "A process: NAME, or GROUP:NAME");
const NAMES: Param = param("name", String, "A process: NAME, GROUP:NAME, or GROUP:* for all of a group");
const GROUP: Param = param("name", String, "A group");
const SIGNAL: Param = param("signal", String, "A signal by its name, with or without SIG, or its number");
const OFFSET: Param = param("offset", Int, "The byte to begin at; negative counts from the end");
const LENGTH: Param = param("length", Int, "Bytes to read at most; 0 reads to the end");
const TAIL_OFFSET: Param = param("offset", Int, "The byte that was read last time");
const TAIL_LENGTH: Param = param("length", Int, "Bytes to read at most");
const METHOD: Param = param("name", String, "The full name of a method");
const WAIT: Param = Param {
    name: "wait",
    kind: Boolean,
    need: Need::Optional,
    help: "Answer only when it is known how it went (the default)",
};

const SLICE: &[Param] = &[NAME, OFFSET, LENGTH];
const TAIL: &[Param] = &[NAME, TAIL_OFFSET, TAIL_LENGTH];

/// A row that obeys the usual rule about shutting down.
const fn row(
    name: &'static str,
    (result, params): (Type, &'static [Param]),
    action: Action,
    help: &'static str,
) -> Method {
    Method { name, result, params, help, when: When::Running, action }
}

/// A row that is answered always.
const fn always(
    name: &'static str,
    signature: (Type, &'static [Param]),
    action: Action,
    help: &'static str,
) -> Method {
    Method { when: When::Always, ..row(name, signature, action, help) }
}

/// The main interface, called `supervisor` unless the configuration names it otherwise.
#[rustfmt::skip]
pub(super) static MAIN: &[Method] = &[
    row("addProcessGroup", (Boolean, &[GROUP]), Change(calls::add_group),
        "Makes a group of the configuration that was read last active. Its processes start if they start by themselves."),
    row("clearAllProcessLogs", (Array, &[]), Clear(Whose::All),
        "Removes and reopens the logs of every process; backups stay. One entry for each process."),
    row("clearLog", (Boolean, &[]), Clear(Whose::Main),
        "Removes and reopens the activity log."),
    row("clearProcessLog", (Boolean, &[NAME]), Clear(Whose::Process),
        "Another name of clearProcessLogs."),
    row("clearProcessLogs", (Boolean, &[NAME]), Clear(Whose::Process),
        "Removes and reopens the logs of one process; backups stay."),
    row("getAPIVersion", (String, &[]), Read(reads::api_version),
        "The version of this interface."),
    row("getAllConfigInfo", (Array, &[]), Read(reads::all_config_info),
        "The configuration of every process as it was read last, which is not always what is active."),
    row("getAllProcessInfo", (Array, &[]), Read(reads::all_process_info),
        "The state of every process, as getProcessInfo tells it, by group and name."),
    row("getIdentification", (String, &[]), Read(reads::identification),
        "What this daemon calls itself (the option `identifier`)."),
    row("getPID", (Int, &[]), Read(reads::pid),
        "The process id of the daemon."),
    row("getProcessInfo", (Struct, &[NAME]), Read(reads::process_info),
        "The state of one process: names, times, codes, logs, and a description for people."),
    row("getState", (Struct, &[]), Read(reads::state),
        "What the daemon is doing: a code and its name."),
    row("getSupervisorVersion", (String, &[]), Read(reads::supervisor_version),
        "The version of Supervisor whose behaviour clients can rely on."),
    row("getVersion", (String, &[]), Read(reads::api_version),
        "Another name of getAPIVersion."),
    row("readLog", (String, &[OFFSET, LENGTH]), ReadLog(Source::Main),
        "A slice of the activity log."),
    row("readMainLog", (String, &[OFFSET, LENGTH]), ReadLog(Source::Main),
        "Another name of readLog."),
    row("readProcessLog", (String, SLICE), ReadLog(Source::Process(Channel::Stdout)),
        "Another name of readProcessStdoutLog."),
    row("readProcessStderrLog", (String, SLICE), ReadLog(Source::Process(Channel::Stderr)),
        "A slice of what a process wrote to its standard error."),
    row("readProcessStdoutLog", (String, SLICE), ReadLog(Source::Process(Channel::Stdout)),
        "A slice of what a process wrote to its standard output."),
    row("reloadConfig", (Array, &[]), Reload(Afterwards::Compare),
        "Reads the configuration again and tells which groups were added, changed and removed. Nothing starts or stops."),
    row("removeProcessGroup", (Boolean, &[GROUP]), Change(calls::remove_group),
        "Forgets a group, all of whose processes must be stopped."),
    row("restart", (Boolean, &[]), Reload(Afterwards::Restart),
        "Stops every process and starts over with the configuration as it is now. Refused if that cannot be read."),
    row("sendProcessStdin", (Boolean, &[NAME, param("chars", String, "The text; nothing is added to it")]),
        Change(calls::send_stdin),
        "Writes to the standard input of a process."),
    always("sendRemoteCommEvent",
        (Boolean, &[param("type", String, "What kind of event it is"), param("data", String, "What it says")]),
        Change(calls::send_remote_event),
        "Sends a REMOTE_COMMUNICATION event to the listeners that subscribed to it."),
    row("shutdown", (Boolean, &[]), Change(calls::shutdown),
        "Stops every process and then the daemon. Answers before anything stops."),
    row("signalAllProcesses", (Array, &[SIGNAL]), Change(calls::signal_all),
        "Sends a signal to every process that runs. One entry for each."),
    row("signalProcess", (Boolean, &[NAMES, SIGNAL]), Change(calls::signal),
        "Sends a signal to a process."),
    row("signalProcessGroup", (Array, &[GROUP, SIGNAL]), Change(calls::signal_group),
        "Sends a signal to every process of a group that runs. One entry for each."),
    row("startAllProcesses", (Array, &[WAIT]), Change(calls::start_all),
        "Starts every process that does not run. One entry for each."),
    row("startProcess", (Boolean, &[NAMES, WAIT]), Change(calls::start),
        "Starts a process. With GROUP:* it starts a group and answers as startProcessGroup does."),
    row("startProcessGroup", (Array, &[GROUP, WAIT]), Change(calls::start_group),
        "Starts every process of a group that does not run. One entry for each."),
    row("stopAllProcesses", (Array, &[WAIT]), Change(calls::stop_all),
        "Stops every process that runs. One entry for each."),
    row("stopProcess", (Boolean, &[NAMES, WAIT]), Change(calls::stop),
        "Stops a process. With GROUP:* it stops a group and answers as stopProcessGroup does."),
    row("stopProcessGroup", (Array, &[GROUP, WAIT]), Change(calls::stop_group),
        "Stops every process of a group that runs. One entry for each."),
    row("tailProcessLog", (Array, TAIL), TailLog(Channel::Stdout),
        "Another name of tailProcessStdoutLog."),
    row("tailProcessStderrLog", (Array, TAIL), TailLog(Channel::Stderr),
        "The end of what a process wrote to its standard error: bytes, the size of the log, and whether there is more before."),
    row("tailProcessStdoutLog", (Array, TAIL), TailLog(Channel::Stdout),
        "The end of what a process wrote to its standard output: bytes, the size of the log, and whether there is more before."),
];

/// The namespace `system`, which every server has.
#[rustfmt::skip]
pub(super) static SYSTEM: &[Method] = &[
    always("listMethods", (Array, &[]), Read(system::list_methods),
        "The names of all methods."),
    always("methodHelp", (String, &[METHOD]), Read(system::method_help),
        "What a method does and takes."),
    always("methodSignature", (Array, &[METHOD]), Read(system::method_signature),
        "The types of a method: of its result first, then of its arguments."),
    always("multicall", (Array, &[param("calls", Array, "Structs of methodName and params")]), Action::Multicall,
        "Carries out several calls, one after the other. For each there is its result, or a struct of faultCode and faultString."),
];

/// The namespace `provost`: what this product adds. All of it only tells, so it is answered always.
#[rustfmt::skip]
pub(super) static PRODUCT: &[Method] = &[
    always("getAllProcessDetails", (Array, &[]), Details(Which::All),
        "What is known of every process beyond getAllProcessInfo, as getProcessDetails tells it, by group and name."),
    always("getProcessDetails", (Struct, &[NAME]), Details(Which::One),
        "What is known of one process beyond getProcessInfo: how its last child ended; restarts, which are its children after the first, whoever asked for them; the attempt to start it that is under way or failed last, of startretries + 1 (both 0 in other states); what its processes use; what was dropped."),
    always("getVersion", (String, &[]), Read(reads::product_version),
        "The version of Provost."),
    always("planUpdate", (Struct, &[]), Reload(Afterwards::Plan),
        "Reads the configuration and tells which groups an update would add, remove and change, and the options that make it so. Nothing is remembered."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_and_optional_arguments_come_last() {
        for table in [MAIN, SYSTEM, PRODUCT] {
            assert!(table.is_sorted_by(|one, other| one.name < other.name));
            for method in table {
                assert!(
                    method.params.is_sorted_by_key(|param| param.need == Need::Optional),
                    "{}",
                    method.name
                );
            }
        }
        assert_eq!((MAIN.len(), SYSTEM.len()), (37, 4));
    }

    /// As the reference's `system.methodSignature` reports them.
    #[test]
    fn signatures_are_the_references() {
        const EXPECT: &str = "\
            addProcessGroup boolean string|clearAllProcessLogs array|clearLog boolean|clearProcessLog boolean string|\
            clearProcessLogs boolean string|getAPIVersion string|getAllConfigInfo array|getAllProcessInfo array|\
            getIdentification string|getPID int|getProcessInfo struct string|getState struct|\
            getSupervisorVersion string|getVersion string|readLog string int int|readMainLog string int int|\
            readProcessLog string string int int|readProcessStderrLog string string int int|\
            readProcessStdoutLog string string int int|reloadConfig array|removeProcessGroup boolean string|\
            restart boolean|sendProcessStdin boolean string string|sendRemoteCommEvent boolean string string|\
            shutdown boolean|signalAllProcesses array string|signalProcess boolean string string|\
            signalProcessGroup array string string|startAllProcesses array boolean|\
            startProcess boolean string boolean|startProcessGroup array string boolean|\
            stopAllProcesses array boolean|stopProcess boolean string boolean|\
            stopProcessGroup array string boolean|tailProcessLog array string int int|\
            tailProcessStderrLog array string int int|tailProcessStdoutLog array string int int|\
            listMethods array|methodHelp string string|methodSignature array string|multicall array array";
        let found: Vec<_> = MAIN
            .iter()
            .chain(SYSTEM)
            .map(|method| {
                std::iter::once(method.name).chain(method.signature()).collect::<Vec<_>>().join(" ")
            })
            .collect();
        assert_eq!(found, EXPECT.split('|').collect::<Vec<_>>());
    }

    #[test]
    fn arity_follows_from_the_row() {
        for (name, counts) in [("startProcess", 1..=2), ("getPID", 0..=0), ("readProcessLog", 3..=3)] {
            let method = Method::find(MAIN, name).expect("the row is there");
            for count in 0..5 {
                assert_eq!(method.takes(count), counts.contains(&count), "{name} with {count}");
            }
        }
        assert!(Method::find(MAIN, "nope").is_none());
    }
}

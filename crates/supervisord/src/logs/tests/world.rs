//! A running plane in a directory of its own.

use std::fs;
use std::io::{PipeWriter, Write as _};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use provost_config::model::{Level, MainLog};
use provost_core::failure::Cause;
use provost_core::status::ProcessId;
use provost_sys::Waker;
use tempfile::TempDir;
use tokio::sync::oneshot;

use crate::logs::{ActivityLog, ActivitySettings, Inbox, LogPlane};
use crate::ports::{
    ChannelSpec, Hearing, LogPort, LogSpec, LogWatches, Overheard, SupervisorPort, ToLogs, ToSupervisor,
};

/// How long anything that has to happen may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// The process that most tests are about.
pub(super) const CAT: ProcessId = ProcessId(7);

/// A plane, and the supervision plane's place in front of it.
pub(super) struct World {
    pub(super) directory: TempDir,
    pub(super) logs: LogPort,
    pub(super) watches: Arc<LogWatches>,
    supervisor: Receiver<ToSupervisor>,
    thread: Option<JoinHandle<LogPlane>>,
}

/// The writing ends of a child's pipes: dropping them is its death and that of all its descendants.
pub(super) struct Child {
    pub(super) stdout: PipeWriter,
    pub(super) stderr: Option<PipeWriter>,
}

impl World {
    /// A plane whose activity log has that level.
    pub(super) fn new(level: Level) -> Self {
        let directory = TempDir::new().expect("directory");
        let (to_supervisor, supervisor) = channel();
        let (to_logs, queue) = channel();
        let waker = Waker::new().expect("waker");
        let logs = LogPort::new(to_logs, waker.clone(), level);
        let watches = Arc::<LogWatches>::default();
        let inbox = Inbox::new(queue, waker, logs.backlog()).expect("inbox");
        let supervisor_port = SupervisorPort::new(to_supervisor, Waker::new().expect("waker"));
        let activity = ActivityLog::open(&ActivitySettings {
            target: MainLog::File(directory.path().join("main.log").display().to_string()),
            maxbytes: 0,
            backups: 0,
            level,
            copy_to_stdout: false,
        });
        let activity = activity.expect("activity log");
        let mut plane = LogPlane::new(inbox, supervisor_port, Arc::clone(&watches), activity);
        let thread = std::thread::spawn(move || {
            plane.run().expect("run");
            plane
        });
        Self { directory, logs, watches, supervisor, thread: Some(thread) }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A specification of a channel that goes to that file.
    pub(super) fn channel(&self, file: &str) -> ChannelSpec {
        ChannelSpec {
            path: Some(self.path(file).display().to_string().into()),
            auto: false,
            maxbytes: 0,
            backups: 0,
            strip_ansi: false,
            syslog: false,
            capture_maxbytes: 0,
            events: false,
            protocol: false,
            making: crate::ports::Making::default(),
        }
    }

    /// Registers [`CAT`] with these channels.
    pub(super) fn register(&self, stdout: ChannelSpec, stderr: Option<ChannelSpec>) {
        let spec = Box::new(LogSpec { name: "cat".into(), stdout, stderr });
        self.logs.send(ToLogs::Register { process: CAT, spec });
    }

    /// Prepares a start of [`CAT`]; the error is the symbol of what is wrong with a log.
    pub(super) fn prepare(&self, launch: u32) -> Result<(), String> {
        self.logs.send(ToLogs::Prepare { process: CAT, launch });
        match self.answer() {
            ToSupervisor::Prepared { process: CAT, launch: prepared, result } if prepared == launch => result
                .map_err(|cause| match cause {
                    Cause::Log { error, .. } => error.symbol.to_owned(),
                    other => other.to_string(),
                }),
            _ => panic!("expected that launch {launch} is prepared"),
        }
    }

    /// A child of [`CAT`] with a stdout only.
    pub(super) fn attach(&self, launch: u32) -> Child {
        let (read, stdout) = std::io::pipe().expect("pipe");
        self.logs.send(ToLogs::Attach {
            process: CAT,
            launch,
            stdout: Some(OwnedFd::from(read)),
            stderr: None,
        });
        Child { stdout, stderr: None }
    }

    /// A child of [`CAT`] with a stderr of its own.
    pub(super) fn attach_both(&self, launch: u32) -> Child {
        let (stdout_read, stdout) = std::io::pipe().expect("pipe");
        let (stderr_read, stderr) = std::io::pipe().expect("pipe");
        let (stdout_read, stderr_read) = (OwnedFd::from(stdout_read), OwnedFd::from(stderr_read));
        self.logs.send(ToLogs::Attach {
            process: CAT,
            launch,
            stdout: Some(stdout_read),
            stderr: Some(stderr_read),
        });
        Child { stdout, stderr: Some(stderr) }
    }

    /// Prepares and attaches.
    pub(super) fn start(&self, launch: u32) -> Child {
        self.prepare(launch).expect("prepared");
        self.attach(launch)
    }

    /// The child of [`CAT`] is dead: returns when its output is in the sinks. Gives what was overheard until then.
    pub(super) fn drain(&self, launch: u32) -> Vec<(Hearing, String)> {
        self.logs.send(ToLogs::Drain { process: CAT, launch, again: false });
        let mut overheard = Vec::new();
        loop {
            match self.answer() {
                ToSupervisor::Overheard(Overheard { kind, data, .. }) => {
                    overheard.push((kind, String::from_utf8_lossy(&data).into_owned()));
                }
                ToSupervisor::Drained { process: CAT, launch: drained, .. } if drained == launch => {
                    return overheard;
                }
                _ => panic!("expected that launch {launch} is drained"),
            }
        }
    }

    /// Clears the logs of [`CAT`].
    pub(super) fn clear(&self) -> Result<(), String> {
        let (reply, answer) = oneshot::channel();
        self.logs.send(ToLogs::Clear { process: CAT, reply });
        answer.blocking_recv().expect("an answer")
    }

    /// Clears the activity log.
    pub(super) fn clear_main(&self) -> Result<(), String> {
        let (reply, answer) = oneshot::channel();
        self.logs.send(ToLogs::ClearMain { reply });
        answer.blocking_recv().expect("an answer")
    }

    /// Returns when everything sent so far has been done.
    pub(super) fn settle(&self) {
        let nobody = ProcessId(u32::MAX - 1);
        self.logs.send(ToLogs::Drain { process: nobody, launch: 0, again: false });
        assert!(matches!(self.answer(), ToSupervisor::Drained { process, .. } if process == nobody));
    }

    /// Ends the plane and gives the activity log back.
    pub(super) fn end(&mut self) -> ActivityLog {
        self.logs.send(ToLogs::End);
        let thread = self.thread.take().expect("ended once");
        thread.join().expect("the plane does not panic").into_activity_log()
    }

    pub(super) fn read(&self, name: &str) -> String {
        let path = self.path(name);
        String::from_utf8_lossy(
            &fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
        )
        .into_owned()
    }

    /// The activity log, without the times.
    pub(super) fn main_log(&self) -> String {
        let lines = self.read("main.log");
        lines.lines().map(|line| format!("{}\n", line.get(24..).unwrap_or(line))).collect()
    }

    /// Whether this process has the file open, under whatever name.
    pub(super) fn is_open(&self, name: &str) -> bool {
        let path = self.path(name);
        let open = fs::read_dir("/proc/self/fd").expect("descriptors");
        open.flatten().any(|entry| entry.path().read_link().is_ok_and(|target| target == path))
    }

    fn answer(&self) -> ToSupervisor {
        self.supervisor.recv_timeout(PATIENCE).expect("an answer in time")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if self.thread.is_some() {
            drop(self.end());
        }
    }
}

impl Child {
    pub(super) fn print(&self, text: impl AsRef<[u8]>) {
        (&self.stdout).write_all(text.as_ref()).expect("somebody reads stdout");
    }

    pub(super) fn complain(&self, text: impl AsRef<[u8]>) {
        self.stderr.as_ref().expect("stderr").write_all(text.as_ref()).expect("somebody reads stderr");
    }
}

/// Returns when it is so.
#[track_caller]
pub(super) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}: not in time");
        std::thread::yield_now();
    }
}

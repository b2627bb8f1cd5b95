//! Who is measured: the floor, the reference, ours and other supervisors; and one of them at work.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use provost_tests::wait::look_for;
use provost_tests::{Implementation, Scratch, http::Server, processes};
use serde::{Deserialize, Serialize};

use crate::archive::root;
use crate::marks::{Marks, now};
use crate::peers;

/// Descriptors that a daemon needs for each program: three pipes and two logs.
pub(crate) const DESCRIPTORS: usize = 5;
/// Descriptors that it needs besides.
pub(crate) const SPARE: usize = 200;

/// How long a daemon may take to answer for the first time, or to end.
const PATIENCE: Duration = Duration::from_secs(120);

/// Somebody who keeps programs running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Contender {
    /// The least that any supervisor must do; it has no API. Where it is about logs or events, `cat` or a bare pipe.
    Floor,
    /// Supervisor 4.3.0.
    Reference,
    /// The release build.
    Ours,
    /// s6, without loggers.
    S6,
    /// runit, without loggers.
    Runit,
    /// Circus.
    Circus,
    /// PM2.
    Pm2,
}

impl Contender {
    /// All, in the order of the table.
    pub(crate) const ALL: [Self; 7] =
        [Self::Floor, Self::Reference, Self::Ours, Self::S6, Self::Runit, Self::Circus, Self::Pm2];

    /// The head of its column.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Reference => "reference",
            Self::Ours => "ours",
            Self::S6 => "s6",
            Self::Runit => "runit",
            Self::Circus => "circus",
            Self::Pm2 => "pm2",
        }
    }

    /// Whether it can be asked for anything in the reference's language.
    pub(crate) fn has_api(self) -> bool {
        matches!(self, Self::Reference | Self::Ours)
    }

    /// Whether it is somebody else's work, and none that we have to be like.
    pub(crate) fn is_peer(self) -> bool {
        matches!(self, Self::S6 | Self::Runit | Self::Circus | Self::Pm2)
    }
}

/// Where everything that is run has been built or installed.
pub(crate) struct Programs {
    pub(crate) floor: PathBuf,
    pub(crate) mark: PathBuf,
    ours: PathBuf,
    reference: PathBuf,
    /// The daemons of those peers that are there.
    pub(crate) peers: BTreeMap<Contender, PathBuf>,
}

impl Programs {
    /// Looks where `cargo xtask bench` puts them; ours are taken from `PROVOST_BIN_DIR` if that is set.
    pub(crate) fn find() -> Result<Self, String> {
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
        let reference =
            Implementation::Reference.program("supervisord").map_err(|missing| missing.to_string())?;
        let programs = Self {
            floor: target.join("bench/floor"),
            mark: target.join("bench/mark"),
            ours: env::var_os("PROVOST_BIN_DIR").map_or_else(|| target.join("release"), PathBuf::from),
            reference: reference.parent().expect("invariant: a program stands in a folder").to_owned(),
            peers: peers::find(),
        };
        let daemon = programs.ours.join("supervisord");
        let missing = [&programs.floor, &programs.mark, &daemon].into_iter().find(|path| !path.exists());
        if let Some(path) = missing {
            return Err(format!("{} is missing; `cargo xtask bench` builds it", path.display()));
        }
        Ok(programs)
    }

    /// A program of one of the two that are talked to.
    pub(crate) fn of(&self, contender: Contender, name: &str) -> PathBuf {
        if contender == Contender::Ours { self.ours.join(name) } else { self.reference.join(name) }
    }
}

/// What a contender is to run: `count` times the marking program.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) count: usize,
    /// What the marking program is told after its tag.
    pub(crate) arguments: String,
    /// Further lines of the program's section; only the reference and ours know them.
    pub(crate) options: String,
    /// Further sections.
    pub(crate) sections: String,
}

impl Plan {
    /// So many programs that wait.
    pub(crate) fn waiting(count: usize) -> Self {
        Self { count, arguments: String::new(), options: "startsecs=0\n".to_owned(), sections: String::new() }
    }

    /// The configuration file of those that are talked to.
    fn text(&self, mark: &Path) -> String {
        let mut text = format!(
            "[unix_http_server]\nfile=%(here)s/supervisor.sock\n\
             [supervisord]\nlogfile=%(here)s/supervisord.log\npidfile=%(here)s/supervisord.pid\nminfds={}\n\
             childlogdir=%(here)s\n[rpcinterface:supervisor]\n\
             supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n\
             [supervisorctl]\nserverurl=unix://%(here)s/supervisor.sock\n",
            self.count * DESCRIPTORS + SPARE
        );
        if self.count > 0 {
            let Self { count, arguments, options, .. } = self;
            text += &format!(
                "[program:t]\ncommand={} $DIR/marks t%(process_num)04d {arguments}\nnumprocs={count}\n\
                 process_name=%(program_name)s%(process_num)04d\n\
                 stdout_logfile=%(here)s/t%(process_num)04d.out\n\
                 stderr_logfile=%(here)s/t%(process_num)04d.err\n{options}",
                mark.display()
            );
        }
        text + &self.sections
    }
}

/// A contender at work in a directory of its own; it and its programs end with this value.
pub(crate) struct Bout {
    pub(crate) scratch: Scratch,
    pub(crate) marks: Marks,
    pub(crate) server: Server,
    /// When it was started, in nanoseconds of the marks' clock.
    pub(crate) begun: i64,
    daemon: Child,
}

impl Bout {
    /// Starts a contender; it may not be ready yet.
    pub(crate) fn start(contender: Contender, programs: &Programs, plan: &Plan) -> Self {
        Self::start_in(Scratch::new(), contender, programs, plan)
    }

    /// The same in a directory that has been prepared.
    pub(crate) fn start_in(
        mut scratch: Scratch,
        contender: Contender,
        programs: &Programs,
        plan: &Plan,
    ) -> Self {
        let marks = Marks::bind(&scratch.file("marks"));
        let mut command = match contender {
            Contender::Floor => {
                let mut command = scratch.command(&programs.floor);
                command.arg(plan.count.to_string()).arg(scratch.path()).arg(scratch.file("marks"));
                command.arg(&programs.mark).args(plan.arguments.split_whitespace());
                command
            }
            Contender::Reference | Contender::Ours => {
                scratch.write("supervisord.conf", &plan.text(&programs.mark));
                let mut command = scratch.command(&programs.of(contender, "supervisord"));
                command.arg("-n").arg("-c").arg(scratch.file("supervisord.conf"));
                command
            }
            peer => peers::prepare(peer, &mut scratch, programs, plan),
        };
        let output = |name| File::create(scratch.file(name)).expect("a file in our own directory");
        command.stdout(output("stdout")).stderr(output("stderr"));
        let begun = now();
        let daemon = command.spawn().unwrap_or_else(|error| panic!("failed to run {command:?}: {error}"));
        let server = Server::Unix(scratch.file("supervisor.sock"));
        Self { scratch, marks, server, begun, daemon }
    }

    /// The same, and waits until every program runs.
    pub(crate) fn running(contender: Contender, programs: &Programs, plan: &Plan) -> Self {
        let bout = Self::start(contender, programs, plan);
        if plan.count > 0 {
            bout.marks.collect(plan.count);
        }
        if contender.has_api() {
            bout.wait_for_api();
        }
        bout
    }

    /// Waits until the daemon answers.
    ///
    /// # Panics
    ///
    /// When it does not.
    pub(crate) fn wait_for_api(&self) {
        let answers = look_for(PATIENCE, || self.server.answers().then_some(()));
        assert!(answers.is_some(), "the daemon does not answer:\n{}", self.scratch.read("stdout"));
    }

    /// The daemon's pid.
    pub(crate) fn pid(&self) -> u32 {
        self.daemon.id()
    }

    /// The pids of everything that runs here and is no supervised program: one daemon, or a family of them.
    pub(crate) fn staff(&self) -> Vec<u32> {
        let is_program = |pid: u32| {
            fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "mark")
        };
        self.scratch.processes().into_iter().filter(|pid| !is_program(*pid)).collect()
    }

    /// Tells the daemon to end and waits until it has; nanoseconds.
    pub(crate) fn end(&mut self) -> i64 {
        let begun = now();
        processes::send(self.pid(), processes::signal("TERM"));
        let status = self.daemon.wait().expect("invariant: our own child can be waited for");
        assert!(status.signal().is_none(), "the daemon was ended by a signal: {status}");
        now() - begun
    }
}

impl Drop for Bout {
    fn drop(&mut self) {
        // Whatever is left carries the mark of the scratch, whose end is theirs.
        self.scratch.end_processes();
        let _reaped_already = self.daemon.wait();
    }
}

//! Who is measured: the reference, ours, and the floor; and one of them at work.

use std::fs::File;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use provost_tests::processes;
use provost_tests::wait::look_for;
use provost_tests::{Scratch, http::Server};

use super::marks::{Marks, now};

/// How long a daemon may take to end.
const PATIENCE: Duration = Duration::from_secs(120);

/// Somebody who keeps programs running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Contender {
    /// The least that any supervisor must do; it has no API.
    Floor,
    /// Supervisor 4.3.0.
    Reference,
    /// The release build.
    Ours,
}

impl Contender {
    /// All, in the order of the table.
    pub(super) const ALL: [Self; 3] = [Self::Floor, Self::Reference, Self::Ours];

    /// The head of its column.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Reference => "reference",
            Self::Ours => "ours",
        }
    }

    /// Whether it can be asked for anything.
    pub(super) fn has_api(self) -> bool {
        self != Self::Floor
    }
}

/// Where everything that is run has been built.
pub(super) struct Programs {
    pub(super) floor: PathBuf,
    pub(super) mark: PathBuf,
    pub(super) ours: PathBuf,
    pub(super) reference: PathBuf,
}

impl Programs {
    /// A program of one contender.
    pub(super) fn of(&self, contender: Contender, name: &str) -> PathBuf {
        match contender {
            Contender::Floor => self.floor.clone(),
            Contender::Reference => self.reference.join(name),
            Contender::Ours => self.ours.join(name),
        }
    }
}

/// What a contender is to run: `count` times the marking program.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) count: usize,
    /// What the marking program is told after its tag.
    pub(super) arguments: String,
    /// Further lines of the program's section; the floor does not know them.
    pub(super) options: &'static str,
    /// Further sections.
    pub(super) sections: String,
}

impl Plan {
    /// So many programs that wait.
    pub(super) fn waiting(count: usize) -> Self {
        Self { count, arguments: String::new(), options: "startsecs=0\n", sections: String::new() }
    }

    /// The configuration file.
    fn text(&self, mark: &Path) -> String {
        let mut text = String::from(
            "[unix_http_server]\nfile=%(here)s/supervisor.sock\n\
             [supervisord]\nlogfile=%(here)s/supervisord.log\npidfile=%(here)s/supervisord.pid\nminfds=16384\n\
             [rpcinterface:supervisor]\n\
             supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n\
             [supervisorctl]\nserverurl=unix://%(here)s/supervisor.sock\n",
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
pub(super) struct Bout {
    pub(super) scratch: Scratch,
    pub(super) marks: Marks,
    pub(super) server: Server,
    /// When it was started, in nanoseconds of the marks' clock.
    pub(super) begun: i64,
    daemon: Child,
}

impl Bout {
    /// Starts a contender; it may not be ready yet.
    pub(super) fn start(contender: Contender, programs: &Programs, plan: &Plan) -> Self {
        let mut scratch = Scratch::new();
        scratch.write("supervisord.conf", &plan.text(&programs.mark));
        let marks = Marks::bind(&scratch.file("marks"));
        let mut command = scratch.command(&programs.of(contender, "supervisord"));
        if contender == Contender::Floor {
            command.arg(plan.count.to_string()).arg(scratch.path()).arg(scratch.file("marks"));
            command.arg(&programs.mark).args(plan.arguments.split_whitespace());
        } else {
            command.arg("-n").arg("-c").arg(scratch.file("supervisord.conf"));
        }
        let output = |name| File::create(scratch.file(name)).expect("a file in our own directory");
        command.stdout(output("stdout")).stderr(output("stderr"));
        let begun = now();
        let daemon = command.spawn().unwrap_or_else(|error| panic!("failed to run {command:?}: {error}"));
        let server = Server::Unix(scratch.file("supervisor.sock"));
        Self { scratch, marks, server, begun, daemon }
    }

    /// The same, and waits until every program runs.
    pub(super) fn running(contender: Contender, programs: &Programs, plan: &Plan) -> Self {
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
    pub(super) fn wait_for_api(&self) {
        let answers = look_for(PATIENCE, || self.server.answers().then_some(()));
        assert!(answers.is_some(), "the daemon does not answer:\n{}", self.scratch.read("stdout"));
    }

    /// The daemon's pid.
    pub(super) fn pid(&self) -> u32 {
        self.daemon.id()
    }

    /// Tells the daemon to end and waits until it has; nanoseconds.
    pub(super) fn end(&mut self) -> i64 {
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

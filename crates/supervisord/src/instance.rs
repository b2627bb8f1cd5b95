//! One daemon for one configuration: the claim to the pidfile, and what a second daemon is told.
//!
//! The claim is made before anything that the first daemon uses is touched: servers, sockets of FastCGI programs, AUTO
//! logs, the log. It lasts until the daemon ends, over all its reloads.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use provost_config::model::{Config, Level};
use provost_sys::Pid;
use provost_sys::pidfile::{Claim, Claimed, claim, seize};

use crate::logs::ActivityLog;
use crate::servers::{self, Unopened};

/// The daemon's right to its pidfile.
#[derive(Debug, Default)]
pub(crate) struct Instance(Option<Claim>);

impl Instance {
    /// Claims the pidfile, if that was not done in an earlier life; messages are for the log.
    ///
    /// # Errors
    /// In the first life: another daemon has it. A later one says so in its log, and goes on under the file it has.
    pub(crate) fn claim(
        &mut self,
        config: &Config,
        messages: &mut Vec<(Level, String)>,
    ) -> Result<(), Unopened> {
        let path = Path::new(&config.supervisord.pidfile);
        let first = match &self.0 {
            Some(claim) if claim.path() == path => return Ok(()),
            before => before.is_none(),
        };
        match claim_patiently(config, path, messages) {
            Claimed::Ours(claim) => {
                messages.extend(claim.doubt().map(|text| (Level::Warn, text)));
                messages.extend(left_behind(&claim).map(|text| (Level::Warn, text)));
                self.withdraw();
                self.0 = Some(claim);
            }
            Claimed::Held { by } if first => return Err(second(config, by)),
            Claimed::Held { by } => {
                let text = format!("the pid file {} belongs to {}, which runs", path.display(), named(by));
                messages.push((Level::Critical, text));
            }
        }
        Ok(())
    }

    /// Writes the pidfile, and says in the log what came of it.
    pub(crate) fn announce(&mut self, log: &mut ActivityLog) {
        let Some(claim) = &mut self.0 else { return };
        let pid = Pid::current();
        let (level, text) = match claim.write(pid) {
            Ok(()) => (Level::Info, format!("supervisord started with pid {pid}")),
            Err(error) => (Level::Critical, error.to_string()),
        };
        log.write(SystemTime::now(), level, &text);
    }

    /// Removes the pidfile, if it is still this daemon's.
    pub(crate) fn withdraw(&mut self) {
        if let Some(claim) = self.0.take() {
            // One that cannot be removed is told to the next daemon, which finds it free.
            let _ = claim.withdraw();
        }
    }

    /// This process is only the parent of the daemon, which has the claim now.
    pub(crate) fn leave_to_child(&mut self) {
        // The lock stays with the child's copy of the descriptor.
        self.0 = None;
    }
}

/// How long a lock of somebody who is not known as a daemon is looked at. A daemon writes its pid within microseconds of
/// the lock, and opens its servers within milliseconds.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long to wait before the next look.
const PAUSE: Duration = Duration::from_millis(20);

/// Claims the pidfile. Whoever may read it can lock it, so the lock of somebody who is no daemon as far as can be seen (the
/// file names none, and no server of this configuration answers) delays a start, but does not prevent it. It waits where no
/// plane runs.
fn claim_patiently(config: &Config, path: &Path, messages: &mut Vec<(Level, String)>) -> Claimed {
    let began = Instant::now();
    loop {
        match claim(path, Pid::current()) {
            Claimed::Held { by: None } if !config.servers.iter().any(servers::is_served) => {}
            claimed => return claimed,
        }
        if began.elapsed() >= PATIENCE {
            let text = format!(
                "the pid file {} is locked by somebody who is no supervisord as far as can be seen (`fuser` tells who), \
                 which is ignored; let nobody else read it, or let it lie in a directory of its own",
                path.display()
            );
            messages.push((Level::Warn, text));
            return Claimed::Ours(seize(path, Pid::current()));
        }
        std::thread::sleep(PAUSE);
    }
}

fn left_behind(claim: &Claim) -> Option<String> {
    let other = claim.left_by().filter(|other| *other != Pid::current())?;
    Some(format!(
        "the pid file {} is left from process {other}: if that daemon was killed, its programs may still run beside those \
         that start now",
        claim.path().display()
    ))
}

fn named(by: Option<Pid>) -> String {
    by.map_or_else(|| "a daemon that is just starting".to_owned(), |pid| format!("process {pid}"))
}

/// What a second daemon is told: of the server that it could not have, as the reference does; else of the pidfile.
fn second(config: &Config, by: Option<Pid>) -> Unopened {
    let (path, holder) = (&config.supervisord.pidfile, named(by));
    match config.servers.iter().find(|server| servers::is_served(server)) {
        Some(server) => Unopened::in_use(server, &format!("{holder} has the pid file {path}")),
        None => Unopened {
            section: "supervisord".to_owned(),
            option: "pidfile",
            text: format!("Another supervisord is already running with the pid file {path} ({holder})"),
            help: "stop it first (`supervisorctl shutdown`, or SIGTERM), or write another pidfile".to_owned(),
        },
    }
}

//! A daemon with a port, and a browser that looks at it.

use std::io::{self, Write};
use std::sync::{Condvar, Mutex, PoisonError};

use provost_tests::browser::Browser;
use provost_tests::http::Server;
use provost_tests::world::{CONFIG, HEAD};
use provost_tests::{Implementation, Sides, World};

/// Browsers at the same time: each is several processes.
const MOST: usize = 2;

static OPEN: Mutex<usize> = Mutex::new(0);
static CLOSED: Condvar = Condvar::new();

/// What there is to look at unless a test says otherwise.
pub(crate) const PROGRAMS: &str = r"
[group:band]
programs=guitar,drums
[program:guitar]
command=/bin/cat
startsecs=0
stdout_logfile=%(here)s/guitar.log
[program:drums]
command=/bin/cat
startsecs=0
stdout_logfile=%(here)s/drums.log
[program:single]
command=/bin/cat
startsecs=0
autorestart=false
stdout_logfile=%(here)s/single.log
[program:broken]
command=/nonexistent/program
startretries=0
";

/// See the [module](self).
pub(crate) struct Stage {
    pub(crate) browser: Browser,
    pub(crate) world: World,
    _place: Place,
}

/// The right to have a browser.
struct Place;

impl Place {
    fn take() -> Self {
        let open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        let free = CLOSED.wait_while(open, |open| *open >= MOST);
        *free.unwrap_or_else(PoisonError::into_inner) += 1;
        Self
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        *OPEN.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        CLOSED.notify_one();
    }
}

impl Stage {
    /// A daemon that everybody may use, with these programs; nothing when there is no browser.
    pub(crate) fn open(programs: &str) -> Option<Self> {
        Self::with_account("", programs)
    }

    /// As [`open`](Self::open), for the user `u` with the password `p`.
    pub(crate) fn locked(programs: &str) -> Option<Self> {
        Self::with_account("username=u\npassword=p\n", programs)
    }

    fn with_account(account: &str, programs: &str) -> Option<Self> {
        let place = Place::take();
        let browser = Browser::open().map_err(|missing| leave_out(&missing.to_string())).ok()?;
        let mut world = World::new(Sides::both(Implementation::Ours));
        configure(&mut world, account, programs);
        world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
        Some(Self { browser, world, _place: place })
    }

    /// Writes the configuration anew, with other programs.
    pub(crate) fn reconfigure(&mut self, programs: &str) {
        configure(&mut self.world, "", programs);
    }

    /// Goes to a page, whose address is relative to the overview's.
    pub(crate) fn go(&mut self, page: &str) {
        let address = format!("{}/{page}", Server::Tcp(self.world.scratch.port(1)).url());
        self.browser.go(&address);
    }

    /// Goes to a page, and waits until it is connected.
    pub(crate) fn go_live(&mut self, page: &str) {
        self.go(page);
        self.browser.wait("document.documentElement.dataset.link === 'live'");
    }

    /// Waits until the overview shows a process in a state.
    #[track_caller]
    pub(crate) fn wait_row(&self, name: &str, state: &str) {
        self.browser.wait(&format!("document.querySelector('{}')?.dataset.state === '{state}'", row(name)));
    }

    /// Nothing went wrong that a browser tells its console.
    #[track_caller]
    pub(crate) fn assert_quiet(&self) {
        assert_eq!(self.browser.console(), [""; 0]);
    }
}

/// Says why something is not tested, also where the output of tests that pass is not shown.
pub(crate) fn leave_out(reason: &str) {
    let _nobody_listens = writeln!(io::stderr(), "skipped: {reason}");
}

/// The selector of a process's row in the overview.
pub(crate) fn row(name: &str) -> String {
    format!("[data-name=\"{name}\"]")
}

fn configure(world: &mut World, account: &str, programs: &str) {
    let text = format!("{HEAD}[inet_http_server]\nport=127.0.0.1:$PORT1\n{account}{programs}");
    world.scratch.write(CONFIG, &text);
}

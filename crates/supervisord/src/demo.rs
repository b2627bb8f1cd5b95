//! `supervisord --demo`: a small supervisor to look at, with nothing to prepare.
//!
//! The configuration is an ordinary file in a fresh directory, so that everything that works on a real one works on
//! it: editing it, `reread`, `update`. The directory goes away with the daemon.

use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

/// Where the page is, unless somebody else uses that port: the one in everybody's examples.
const USUAL_PORT: u16 = 9001;

/// A demonstration that is set up.
#[derive(Debug)]
pub(crate) struct Demo {
    directory: PathBuf,
    port: u16,
}

impl Demo {
    /// Makes the directory and the configuration in it.
    pub(crate) fn set_up() -> io::Result<Self> {
        let directory = std::env::temp_dir().join(format!("provost-demo-{}", std::process::id()));
        std::fs::create_dir(&directory)?;
        let demo = Self { port: free_port()?, directory };
        std::fs::write(demo.config_file(), demo.configuration())?;
        Ok(demo)
    }

    /// The configuration to run.
    pub(crate) fn config_file(&self) -> PathBuf {
        self.directory.join("supervisord.conf")
    }

    /// What to tell whoever started it.
    pub(crate) fn greeting(&self) -> String {
        let file = self.config_file();
        let file = file.display();
        let client = sibling("supervisorctl");
        format!(
            "Provost is running a demonstration. Ctrl-C ends it.\n\n\
             \x20 look at it   http://127.0.0.1:{port}/\n\
             \x20 talk to it   {client} -c {file} status\n\
             \x20 change it    edit {file}, then\n\
             \x20              {client} -c {file} update\n\
             \x20 its log      {client} -c {file} maintail -f\n\n",
            port = self.port,
        )
    }

    fn configuration(&self) -> String {
        format!(
            "; A demonstration. Edit it while it runs: `supervisorctl update` applies what you change.\n\
             [unix_http_server]\n\
             file=%(here)s/supervisor.sock\n\n\
             [inet_http_server]\n\
             port=127.0.0.1:{port}\n\n\
             [supervisord]\n\
             nodaemon=true\n\
             ; The log goes to the file only: standard output has the words of greeting.\n\
             silent=true\n\
             {user}\
             logfile=%(here)s/supervisord.log\n\
             pidfile=%(here)s/supervisord.pid\n\
             childlogdir=%(here)s\n\n\
             [rpcinterface:supervisor]\n\
             supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n\n\
             [supervisorctl]\n\
             serverurl=unix://%(here)s/supervisor.sock\n\n\
             ; Says the time, every second.\n\
             [program:clock]\n\
             command=/bin/sh -c 'while date; do sleep 1; done'\n\n\
             ; Stays up for a while, fails, and is started again.\n\
             [program:clumsy]\n\
             command=/bin/sh -c 'echo working; sleep 20; echo stumbled >&2; exit 3'\n",
            port = self.port,
            // Root is asked to say that it is meant.
            user = if rustix::process::geteuid().is_root() { "user=root\n" } else { "" },
        )
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // What cannot be removed is in the system's directory for what may be removed.
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

/// The usual port if nobody uses it, else one that the system chooses.
fn free_port() -> io::Result<u16> {
    let listener =
        TcpListener::bind(("127.0.0.1", USUAL_PORT)).or_else(|_| TcpListener::bind(("127.0.0.1", 0)))?;
    Ok(listener.local_addr()?.port())
}

/// How to call a program that is installed beside this one.
fn sibling(name: &str) -> String {
    let beside = std::env::current_exe().ok().and_then(|own| own.parent().map(Path::to_owned));
    match beside.map(|directory| directory.join(name)) {
        Some(path) if path.exists() => path.display().to_string(),
        _ => name.to_owned(),
    }
}

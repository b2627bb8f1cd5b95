//! A directory of its own, ports of its own and a clean environment for one test.
//!
//! Files are written from templates in which `$DIR` stands for the directory, `$UID` for the user who runs the
//! tests and `$PORT1` to `$PORT9` for free TCP ports; [`Scratch::normal`] turns them back, so that what a program prints can be compared.
//! Every process started through [`Scratch::command`] carries a mark, and dropping the scratch ends them all.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::Mode;
use rustix::process::{geteuid, umask};
use tempfile::TempDir;

use crate::normalise::Normaliser;
use crate::processes;

/// See the [module](self).
#[derive(Debug)]
pub struct Scratch {
    directory: TempDir,
    mark: String,
    ports: BTreeMap<u8, u16>,
    templates: BTreeMap<String, String>,
    environment: BTreeMap<String, String>,
}

impl Scratch {
    /// An empty directory below the system's temporary one.
    ///
    /// # Panics
    ///
    /// When the directory cannot be made: nothing can be tested then.
    pub fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        static PREPARED: Once = Once::new();
        PREPARED.call_once(|| {
            processes::end_orphans();
            // What a test prints about modes of files must not depend on who runs it.
            umask(Mode::from_raw_mode(0o022));
        });
        let directory = tempfile::Builder::new().prefix("provost-").tempdir().expect("a temporary directory");
        // Programs with `user=` have to get in, so the directory cannot stay private.
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).expect("our own directory");
        let mark = format!("{}-{}", processes::maker(), COUNT.fetch_add(1, Ordering::Relaxed));
        Self {
            directory,
            mark,
            ports: BTreeMap::new(),
            templates: BTreeMap::new(),
            environment: BTreeMap::new(),
        }
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// A file in the directory; `name` may itself contain folders.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// The text of a file, with bytes that are not UTF-8 replaced; empty when there is no such file.
    pub fn read(&self, name: &str) -> String {
        fs::read(self.file(name))
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// Writes a file from a template, making the folders it needs.
    ///
    /// # Panics
    ///
    /// When the file cannot be written.
    pub fn write(&mut self, name: &str, template: &str) {
        let path = self.file(name);
        let folder = path.parent().expect("invariant: a file below the directory has a parent");
        fs::create_dir_all(folder).expect("a folder in our own directory");
        let text = self.fill(template);
        fs::write(&path, text).unwrap_or_else(|error| panic!("failed to write {}: {error}", path.display()));
        self.templates.insert(name.to_owned(), template.to_owned());
    }

    /// The template from which a file was last written; empty when it was not.
    pub fn template(&self, name: &str) -> &str {
        self.templates.get(name).map_or("", String::as_str)
    }

    /// Replaces `$DIR`, `$UID` and `$PORTn`; a port is chosen when it is first mentioned.
    pub fn fill(&mut self, template: &str) -> String {
        let mut text = template.replace("$DIR", &self.path().to_string_lossy());
        text = text.replace("$UID", &geteuid().as_raw().to_string());
        for number in 1..=9 {
            let word = format!("$PORT{number}");
            if text.contains(&word) {
                text = text.replace(&word, &self.port(number).to_string());
            }
        }
        text
    }

    /// The port that stands for `$PORTn`.
    pub fn port(&mut self, number: u8) -> u16 {
        *self.ports.entry(number).or_insert_with(free_port)
    }

    /// Whether any port is in use at all.
    pub fn has_ports(&self) -> bool {
        !self.ports.is_empty()
    }

    /// Chooses all ports anew, and writes all files again: somebody else took one in the meantime.
    pub fn renew_ports(&mut self) {
        for port in self.ports.values_mut() {
            *port = free_port();
        }
        for (name, template) in self.templates.clone() {
            self.write(&name, &template);
        }
    }

    /// Sets a variable for every command made from now on.
    pub fn set_variable(&mut self, name: &str, value: &str) {
        self.environment.insert(name.to_owned(), value.to_owned());
    }

    /// A command that runs in the directory, in a process group of its own, with a clean environment.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = self.terminal_command(program);
        command.stdin(Stdio::null()).process_group(0);
        command
    }

    /// Like [`command`](Self::command), for a program that will be given a terminal and a session of its own.
    pub fn terminal_command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.path())
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
            .env("HOME", self.path())
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .env("TERM", "xterm")
            .env(processes::MARK, &self.mark)
            .envs(&self.environment);
        command
    }

    /// The pids of everything that was started here and lives.
    pub fn processes(&self) -> Vec<u32> {
        processes::marked(&self.mark)
    }

    /// Ends everything that was started here.
    pub fn end_processes(&self) {
        processes::end_marked(&self.mark);
    }

    /// Turns what differs from run to run into words.
    pub fn normal(&self) -> Normaliser<'_> {
        Normaliser::new(self.path(), &self.ports)
    }

    /// Leaves the directory behind when the scratch goes, and says where it is.
    pub fn keep(&mut self) -> &Path {
        self.directory.disable_cleanup(true);
        self.directory.path()
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.end_processes();
    }
}

/// A port nobody listens on right now. Somebody else may take it before it is used; who uses it must be
/// ready to [renew](Scratch::renew_ports).
fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port on the loopback interface");
    listener.local_addr().expect("invariant: a bound socket has an address").port()
}

#[cfg(test)]
mod tests {
    use super::Scratch;
    use crate::wait::{PATIENCE, until};
    use std::path::Path;

    #[test]
    fn templates_are_filled_and_turned_back() {
        let mut scratch = Scratch::new();
        scratch.write("a/b.conf", "dir=$DIR\nport=$PORT1\nsame=$PORT1\nother=$PORT2\n");
        let text = scratch.read("a/b.conf");
        assert!(!text.contains('$'), "{text}");
        assert_eq!(scratch.normal().text(&text), "dir=$DIR\nport=$PORT1\nsame=$PORT1\nother=$PORT2\n");
    }

    #[test]
    fn renewed_ports_reach_the_files() {
        let mut scratch = Scratch::new();
        scratch.write("x", "$PORT3");
        scratch.renew_ports();
        assert_eq!(scratch.read("x"), scratch.port(3).to_string());
    }

    #[test]
    fn grandchildren_are_found_and_ended() {
        let scratch = Scratch::new();
        // The shell ends at once; its child lives on in a session of its own.
        let mut shell = scratch.command(Path::new("/bin/sh"));
        shell.args(["-c", "setsid tail -f /dev/null >/dev/null 2>&1 &"]);
        assert!(shell.status().expect("a shell").success());
        until(PATIENCE, "the grandchild", || !scratch.processes().is_empty());
        scratch.end_processes();
        until(PATIENCE, "no process left", || scratch.processes().is_empty());
    }
}

//! On what a run was made, as far as it tells why its numbers are what they are.

use std::fs;
use std::path::Path;
use std::process::Command;

use rustix::system::uname;
use serde_json::{Value, json};

use crate::contender::{Contender, Programs};

/// Kernel, processor, memory, versions and the state of the tree at `root`.
pub(crate) fn describe(root: &Path) -> Value {
    let git = |words: &[&str]| said(Command::new("git").args(words).current_dir(root));
    let kernel = uname();
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    json!({
        "kernel": kernel.release().to_string_lossy(),
        "architecture": kernel.machine().to_string_lossy(),
        "processor": processor(&fs::read_to_string("/proc/cpuinfo").unwrap_or_default()),
        "cores": std::thread::available_parallelism().map_or(1, usize::from),
        "memory": memory.lines().next().map(|line| line.trim_start_matches("MemTotal:").trim()),
        "rustc": said(Command::new("rustc").arg("--version")),
        "python": said(Command::new("python3").arg("--version")),
        "commit": git(&["rev-parse", "HEAD"]),
        "uncommitted files": git(&["status", "--porcelain"]).lines().count(),
        "time": said(Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%SZ"])),
    })
}

/// The load of the last minute: a run on a busy machine says so.
pub(crate) fn load() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.parse().ok()
}

/// What each daemon calls its version.
pub(crate) fn versions(programs: &Programs) -> Value {
    let version = |who| said(Command::new(programs.of(who, "supervisord")).arg("-v"));
    json!({
        "reference": version(Contender::Reference),
        "ours": version(Contender::Ours),
        "peers": programs.peers.keys().collect::<Vec<_>>(),
    })
}

/// What a command prints; empty when there is no such command.
fn said(command: &mut Command) -> String {
    let output = command.output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).trim_end().to_owned()
}

fn processor(text: &str) -> &str {
    let line = text.lines().find_map(|line| line.strip_prefix("model name"));
    line.map_or("unknown", |line| line.trim_start_matches([' ', '\t', ':']))
}

#[cfg(test)]
mod tests {
    use super::processor;

    #[test]
    fn the_processor_has_a_name() {
        assert_eq!(processor("processor\t: 0\nmodel name\t: A 7\nflags\t: x\n"), "A 7");
        assert_eq!(processor(""), "unknown");
    }
}

//! The layout of the daemon's program text: `crates/supervisord/usual.ld`, which names the functions that daemons use.
//!
//! A release build runs under callgrind and is used as most are; the functions that cost anything become the list. First
//! stand those of a daemon that only waits, then those that programs and clients need besides. What it is good for says
//! `crates/supervisord/build.rs`.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use provost_tests::Scratch;
use provost_tests::wait::{PATIENCE, until};
use regex::Regex;

use crate::bench::target;
use crate::chore::{Failure, cargo, root, succeed};

/// The list, from the root.
const SCRIPT: &str = "crates/supervisord/usual.ld";

/// A daemon, and what is asked of it before it is shut down.
struct Life {
    programs: &'static str,
    commands: &'static [&'static [&'static str]],
}

/// The programs run as somebody else, because such children are made by a plain fork: callgrind follows no other. So this
/// needs root.
const LIVES: [Life; 2] = [
    Life { programs: "", commands: &[&["status"]] },
    Life {
        programs: "[program:steady]\ncommand=/bin/sleep 1000\nnumprocs=2\nprocess_name=%(process_num)d\n\
                   user=nobody\n\
                   [program:busy]\ncommand=/bin/sh -c 'echo hello; echo world >&2; sleep 1'\nuser=nobody\nstartsecs=0\n\
                   autorestart=true\n\
                   stdout_logfile=%(here)s/busy.out\nstderr_logfile=%(here)s/busy.err\n\
                   [program:broken]\ncommand=/bin/false\nuser=nobody\nstartretries=1\n",
        commands: &[
            &["status"],
            &["pid", "busy"],
            &["tail", "busy"],
            &["restart", "steady:*"],
            &["stop", "all"],
            &["start", "all"],
            &["update"],
            &["status"],
        ],
    },
];

/// Writes the list anew.
pub(crate) fn run() -> Result<(), Failure> {
    let programs = build()?;
    let (mut names, mut known) = (Vec::new(), HashSet::new());
    for life in &LIVES {
        let mut used = used(&live(life, &programs)?);
        used.sort();
        names.extend(used.into_iter().filter(|name| known.insert(name.clone())));
    }
    let path = root().join(SCRIPT);
    fs::write(&path, script(&names)).map_err(|cause| Failure::File { action: "write", path, cause })
}

/// Both programs as they are released, but with their names, and without a layout: callgrind looks for names in `.text`
/// only.
fn build() -> Result<PathBuf, Failure> {
    let folder = target().join("layout");
    let mut build = cargo();
    build.env("PROVOST_LAYOUT", "off").args([
        "build",
        "--release",
        "-p",
        "supervisord",
        "-p",
        "supervisorctl",
    ]);
    build.args(["--config", "profile.release.strip=\"none\"", "--target-dir"]).arg(&folder);
    succeed(&mut build, "run this chore with cargo")?;
    Ok(folder.join("release"))
}

/// Lets a daemon live under callgrind; what callgrind wrote.
fn live(life: &Life, programs: &Path) -> Result<String, Failure> {
    let mut scratch = Scratch::new();
    let configuration = format!(
        "[supervisord]\nlogfile=%(here)s/log\npidfile=%(here)s/pid\nnodaemon=true\n\
         [unix_http_server]\nfile=%(here)s/socket\n[supervisorctl]\nserverurl=unix://%(here)s/socket\n\
         [rpcinterface:supervisor]\n\
         supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n{}",
        life.programs
    );
    scratch.write("supervisord.conf", &configuration);
    let mut daemon = scratch.command(Path::new("valgrind"));
    daemon.args(["--quiet", "--tool=callgrind", "--demangle=no", "--callgrind-out-file=profile"]);
    daemon.arg(programs.join("supervisord")).args(["-c", "supervisord.conf"]);
    let program = "valgrind".to_owned();
    let remedy = "install it (on Debian: apt-get install valgrind)";
    let mut daemon =
        daemon.stdout(Stdio::null()).spawn().map_err(|cause| Failure::NotRun { program, cause, remedy })?;
    until(PATIENCE, "the socket of the daemon", || scratch.file("socket").exists());
    let client = |words: &[&str]| {
        let mut client: Command = scratch.command(&programs.join("supervisorctl"));
        client.args(["-c", "supervisord.conf"]).args(words).stdout(Stdio::null());
        // Its exit status tells about programs, not about success.
        client.status().map_err(|cause| Failure::NotRun {
            program: "supervisorctl".to_owned(),
            cause,
            remedy: "it has just been built",
        })
    };
    for command in life.commands {
        client(command)?;
    }
    client(&["shutdown"])?;
    until(PATIENCE, "the end of the daemon", || matches!(daemon.try_wait(), Ok(Some(_))));
    let path = scratch.file("profile");
    fs::read_to_string(&path).map_err(|cause| Failure::File { action: "read", path, cause })
}

/// The functions of the daemon that have costs in a callgrind profile. A name is written once; later its number stands
/// for it.
fn used(profile: &str) -> Vec<String> {
    static LINE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(c?)(ob|fn)=\((\d+)\)(?: (.*))?$").expect("invariant: the pattern is valid")
    });
    let (mut objects, mut functions, mut used) = (HashMap::new(), HashMap::new(), HashSet::new());
    let mut in_daemon = false;
    for line in profile.lines().filter_map(|line| LINE.captures(line)) {
        let (is_callee, is_object, number) = (!line[1].is_empty(), &line[2] == "ob", &line[3]);
        let names = if is_object { &mut objects } else { &mut functions };
        if let Some(name) = line.get(4) {
            names.insert(number.to_owned(), name.as_str().to_owned());
        }
        let Some(name) = names.get(number).filter(|_| !is_callee) else { continue };
        if is_object {
            in_daemon = name.ends_with("/supervisord");
        } else if in_daemon {
            used.extend(pattern(name));
        }
    }
    used.into_iter().collect()
}

/// The name of a function as a pattern that still fits when its crates are compiled anew: without hashes. What is no Rust is left
/// out.
fn pattern(name: &str) -> Option<String> {
    static HASH: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"17h[0-9a-f]{16}E.*$|\.llvm\..*$|'\d+$").expect("invariant: the pattern is valid")
    });
    static CRATE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"Cs[0-9A-Za-z]+_").expect("invariant: the pattern is valid"));
    if name.starts_with("_ZN") {
        return Some(HASH.replace(name, "17h*").into_owned());
    }
    let plain = HASH.replace(name, "");
    name.starts_with("_R").then(|| format!("{}*", CRATE.replace_all(&plain, "Cs*_")))
}

/// The script for the linker. The compiler marks what it takes for unlikely.
fn script(names: &[String]) -> String {
    let lines: String =
        names.iter().map(|name| format!("    *(.text.{name} .text.unlikely.{name})\n")).collect();
    format!(
        "/* What daemons use; `cargo xtask layout` writes this, and build.rs says what it is for. */\n\
         SECTIONS\n{{\n  .text.usual :\n  {{\n{lines}  }}\n}}\nINSERT BEFORE .text;\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_hashes() {
        let check = |name: &str, expect: Option<&str>| assert_eq!(pattern(name).as_deref(), expect, "{name}");
        check("_ZN4boot3run17h0123456789abcdefE", Some("_ZN4boot3run17h*"));
        check("_ZN4boot3run17h0123456789abcdefE'2", Some("_ZN4boot3run17h*"));
        check("_ZN4boot3run17h0123456789abcdefE.llvm.77", Some("_ZN4boot3run17h*"));
        check("_RNvCsjrHSEGnQ3l9_3std3run", Some("_RNvCs*_3std3run*"));
        check("main", None);
        check("0x0000000000107ee0", None);
    }

    #[test]
    fn functions_with_costs_are_found_in_a_profile() {
        let profile = "ob=(1) /lib/libc.so.6\nfn=(1) _ZN1a17h0123456789abcdefE\n1 2\n\
                       ob=(2) /x/supervisord\nfn=(2) _ZN1b17h0123456789abcdefE\n1 2\n\
                       cob=(1)\ncfn=(3) _ZN1c17h0123456789abcdefE\ncalls=1 1\n1 2\nfn=(3)\n1 2\n\
                       cfn=(4) _ZN1d17h0123456789abcdefE\n1 2\n";
        let mut found = used(profile);
        found.sort();
        assert_eq!(found, ["_ZN1b17h*", "_ZN1c17h*"]);
    }
}

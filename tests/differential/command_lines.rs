//! Command lines made up from the options that the programs have.

use std::collections::BTreeSet;

use crate::case::{About, Case, File, MAIN};
use crate::values::mutated;
use provost_tests::random::Random;

/// A switch: its letter, its long name, and values for it if it takes one.
type Switch = (&'static str, &'static str, &'static [&'static str]);

#[rustfmt::skip]
const OF_THE_DAEMON: &[Switch] = &[
    ("-c", "--configuration", &[MAIN, "nosuch.conf", "", ".", "logs", "./main.conf", "etc/supervisord.conf"]),
    ("-n", "--nodaemon", &[]),
    ("-s", "--silent", &[]),
    ("-h", "--help", &[]),
    ("-?", "", &[]),
    ("-v", "--version", &[]),
    ("-u", "--user", &["root", "nobody", "0", "nosuch", "-1", "", "%(x)s"]),
    ("-m", "--umask", &["022", "0", "8", "", "-1", "0o77", "x", " 22"]),
    ("-d", "--directory", &["/tmp", "logs", "nosuch", "", "~", "~nosuch", "%(here)s"]),
    ("-l", "--logfile", &["x.log", "/tmp/x.log", "nosuch/x", "syslog", "", "~/x", "none"]),
    ("-y", "--logfile_maxbytes", &["0", "1KB", "5mb", "x", "", "-1", "1.5MB"]),
    ("-z", "--logfile_backups", &["0", "10", "x", "", "-1"]),
    ("-e", "--loglevel", &["info", "WARN", "debug", "warning", "", "10"]),
    ("-j", "--pidfile", &["x.pid", "nosuch/x", "/tmp/x.pid", "", "~/x"]),
    ("-i", "--identifier", &["me", "", "%(here)s", "ä"]),
    ("-q", "--childlogdir", &["/tmp", "logs", "nosuch", "", "~"]),
    ("-k", "--nocleanup", &[]),
    ("-a", "--minfds", &["1", "4096", "x", "", "-1", "0x1"]),
    ("-t", "--strip_ansi", &[]),
    ("", "--minprocs", &["1", "x", "", "-5"]),
    ("", "--profile_options", &["cumulative,calls", "callers", ""]),
];

#[rustfmt::skip]
const OF_THE_CLIENT: &[Switch] = &[
    ("-c", "--configuration", &[MAIN, "nosuch.conf", "", ".", "./main.conf", "etc/supervisord.conf"]),
    ("-h", "--help", &[]),
    ("-?", "", &[]),
    ("-i", "--interactive", &[]),
    ("-s", "--serverurl", &["http://localhost:9001", "unix:///tmp/x", "x", "", "http://", "unix://", "unix://rel", "http:x", "://x", "1a://x", "HTTP://H:1/p", "http:///p", "http://?q", "a b://c", "http://[x", "h+t.p-:x"]),
    ("-u", "--username", &["me", ""]),
    ("-p", "--password", &["x", "", "%(x)s"]),
    ("-r", "--history_file", &["h", "/tmp/h", "~/h"]),
];

const ACTIONS: &[&[&str]] =
    &[&[], &["status"], &["stop", "a:*"], &["-x"], &["--", "-n"], &["help", "-h"], &["-"], &["", "x"]];

/// A configuration that sets what command lines set, and one that sets nothing.
const SETTING: &str = "[supervisord]\nlogfile=logs/f.log\npidfile=logs/f.pid\nidentifier=file\numask=077\nminfds=9\nuser=root\n\
    nodaemon=true\nlogfile_backups=3\nloglevel=trace\ndirectory=/tmp\n[supervisorctl]\nserverurl=unix:///file.sock\nusername=f\npassword=g\n\
    prompt=file\nhistory_file=%(here)s/h\n";
const BARE: &str = "[supervisord]\n[supervisorctl]\n";
const BROKEN: &str = "[supervisord]\nminfds=x\n[supervisorctl]\nserverurl=%(x)s\n";
const FOREIGN: &str = "[other]\n";

/// A random command line.
pub(crate) fn command_line(about: About, random: &mut Random) -> Case {
    let table = match about {
        About::Daemon => OF_THE_DAEMON,
        About::Client => OF_THE_CLIENT,
    };
    let mut tags = BTreeSet::new();
    let mut arguments = Vec::new();
    if !random.one_in(4) {
        arguments.extend(["-c", MAIN].map(str::to_owned));
    }
    for _ in 0..random.below(5) {
        // Help and version end everything: they must not be drawn as often as the rest.
        let drawn = random.pick(table);
        let switch = if matches!(drawn.0, "-h" | "-?" | "-v") { random.pick(table) } else { drawn };
        tags.insert(format!("{}/{}", switch.0, switch.1));
        spell(switch, &mut arguments, random);
    }
    let takes_action = about == About::Client || random.one_in(15);
    if takes_action {
        arguments.extend(random.pick(ACTIONS).iter().map(|word| (*word).to_owned()));
    }
    if random.one_in(12) && !arguments.is_empty() {
        let place = random.below(arguments.len());
        arguments[place] = mutated(&arguments[place], random);
        tags.insert("slips of the hand".to_owned());
    }
    let mut files = Vec::new();
    for name in [MAIN, MAIN, "supervisord.conf", "etc/supervisord.conf"] {
        if files.iter().all(|file: &File| file.name != name) && random.one_in(2) {
            files.push(File::new(
                name,
                random.pick(&[SETTING, SETTING, SETTING, BARE, BARE, BROKEN, FOREIGN]),
            ));
        }
    }
    Case { about, arguments, files, later: None, tags }
}

/// Writes a switch in one of its spellings.
fn spell((short, long, values): Switch, arguments: &mut Vec<String>, random: &mut Random) {
    let use_long = short.is_empty() || !long.is_empty() && random.one_in(2);
    let mut name = if use_long { long.to_owned() } else { short.to_owned() };
    if use_long && random.one_in(4) {
        // Any prefix that means one option, and some that do not.
        name.truncate(3 + random.below(name.len() - 2));
    }
    if values.is_empty() {
        arguments.push(if random.one_in(30) { format!("{name}=x") } else { name });
        return;
    }
    // Most values are good: the first mistake hides what comes after it.
    let good = values.len().min(2);
    let text = if random.one_in(3) { random.pick(values) } else { random.pick(&values[..good]) };
    if random.one_in(40) {
        arguments.push(name);
    } else if use_long && random.one_in(2) {
        arguments.push(format!("{name}={text}"));
    } else if !use_long && random.one_in(3) {
        arguments.push(format!("{name}{text}"));
    } else {
        arguments.extend([name, (*text).to_owned()]);
    }
}

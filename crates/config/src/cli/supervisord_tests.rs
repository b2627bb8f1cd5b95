use std::collections::BTreeMap;

use super::*;
use crate::system::FakeSystem;

fn parse(line: &str) -> Result<Command, UsageError> {
    let args: Vec<String> = line.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let system = FakeSystem::default();
    supervisord(&args, &Asked { system: &system, environment: &BTreeMap::new() })
}

/// Checks what a command line sets.
fn check(line: &str, change: impl FnOnce(&mut Invocation)) {
    let mut expect = Invocation::default();
    change(&mut expect);
    assert_eq!(parse(line), Ok(Command::Start(Box::new(expect))), "{line}");
}

fn refused(line: &str, expect: &str) {
    assert_eq!(parse(line).expect_err("a refusal").to_string(), expect, "{line}");
}

#[test]
fn every_option_sets_what_it_says() {
    check("", |_| {});
    check("-c x.conf", |to| to.configuration = Some("x.conf".into()));
    check("--configuration ~/x%s", |to| to.configuration = Some("~/x%s".into()));
    check("-n -s -k -t", |to| {
        let overrides = &mut to.overrides;
        (overrides.nodaemon, overrides.silent) = (true, true);
        (overrides.nocleanup, overrides.strip_ansi) = (true, true);
    });
    check("-u nobody", |to| to.overrides.user = Some("nobody".into()));
    check("-m 027", |to| to.overrides.umask = Some(0o27));
    check("-d /tmp", |to| to.overrides.directory = Some("/tmp".into()));
    check("-l x.log", |to| to.overrides.logfile = Some("x.log".into()));
    check("-y 1MB", |to| to.overrides.logfile_maxbytes = Some(1 << 20));
    check("-z 3", |to| to.overrides.logfile_backups = Some(3));
    check("-e DEBUG", |to| to.overrides.loglevel = Some(Level::Debug));
    check("-j x.pid", |to| to.overrides.pidfile = Some("x.pid".into()));
    check("-i me", |to| to.overrides.identifier = Some("me".into()));
    check("-q /tmp", |to| to.overrides.childlogdir = Some("/tmp".into()));
    check("-a 10", |to| to.overrides.minfds = Some(10));
    check("--minprocs=20", |to| to.overrides.minprocs = Some(20));
    check("--profile_options=calls,x", |to| to.profile_options = Some("calls,x".into()));
    check("--check", |to| to.mode = Mode::Check);
    check("--demo", |to| to.mode = Mode::Demo);
    check("--hash-password", |to| to.mode = Mode::HashPassword);
    let dump = |json, show_secrets| Mode::DumpConfig(DumpOptions { json, show_secrets });
    check("--dump-config", |to| to.mode = dump(false, false));
    check("--dump-config --json", |to| to.mode = dump(true, false));
    check("--json --show-secrets --dump-config", |to| to.mode = dump(true, true));
    assert_eq!(parse("-h"), Ok(Command::Help));
    assert_eq!(parse("-?"), Ok(Command::Help));
    assert_eq!(parse("--help"), Ok(Command::Help));
    assert_eq!(parse("-v"), Ok(Command::Version));
    assert_eq!(parse("--version"), Ok(Command::Version));
}

#[test]
fn options_are_scanned_as_by_getopt() {
    check("-nt", |to| (to.overrides.nodaemon, to.overrides.strip_ansi) = (true, true));
    check("-ncx", |to| (to.overrides.nodaemon, to.configuration) = (true, Some("x".into())));
    check("-nc x", |to| (to.overrides.nodaemon, to.configuration) = (true, Some("x".into())));
    check("-c -n", |to| to.configuration = Some("-n".into()));
    check("--conf=x", |to| to.configuration = Some("x".into()));
    check("--configuration=", |to| to.configuration = Some(String::new()));
    check("--identifier=a=b", |to| to.overrides.identifier = Some("a=b".into()));
    check("--nod", |to| to.overrides.nodaemon = true);
    check("--logfile x", |to| to.overrides.logfile = Some("x".into()));
    check("-n --", |to| to.overrides.nodaemon = true);
    // Our own options take no prefix away from the reference's.
    check("--ch /tmp", |to| to.overrides.childlogdir = Some("/tmp".into()));
    check("--d /tmp", |to| to.overrides.directory = Some("/tmp".into()));
    check("--chec", |to| to.mode = Mode::Check);
    check("--si", |to| to.overrides.silent = true);
    check("--du", |to| to.mode = Mode::DumpConfig(DumpOptions::default()));
}

#[test]
fn help_and_version_act_when_they_are_reached() {
    assert_eq!(parse("-v -h"), Ok(Command::Version));
    assert_eq!(parse("-n -h -n -n"), Ok(Command::Help));
    refused("-e foo -h", "invalid value for -e 'foo': bad logging level name 'foo'");
    refused("-h x", "positional arguments are not supported: ['x']");
    refused("-h -V", "option -V not recognized");
}

#[test]
fn mistakes_get_the_words_of_the_reference() {
    refused("-V", "option -V not recognized");
    refused("-nV", "option -V not recognized");
    refused("--bogus", "option --bogus not recognized");
    refused("-c", "option -c requires argument");
    refused("--minfds", "option --minfds requires argument");
    refused("--conf", "option --configuration requires argument");
    refused("--log x", "option --log not a unique prefix");
    refused("--=x", "option -- not a unique prefix");
    refused("--nodaemon=1", "option --nodaemon must not have an argument");
    refused("--json", "option --json only goes with --dump-config");
    refused("--check --show-secrets", "option --show-secrets only goes with --dump-config");
    refused("--dump-config --json --json", "conflicting command line option '--json'");
    refused("--dump-config --check", "conflicting command line option '--check'");
    refused("--s", "option --s not a unique prefix");
    refused("--check=1", "option --check must not have an argument");
    refused("foo bar", "positional arguments are not supported: ['foo', 'bar']");
    refused("-n it's -n", "positional arguments are not supported: [\"it's\", '-n']");
    refused("-n -", "positional arguments are not supported: ['-']");
    refused("-n -- -n", "positional arguments are not supported: ['-n']");
    refused("-n -n", "conflicting command line option '-n'");
    refused("-nn", "conflicting command line option '-n'");
    refused("-n --nodaemon", "conflicting command line option '--nodaemon'");
    refused("-l a --logfile=b", "conflicting command line option '--logfile'");
    refused("--check --demo", "conflicting command line option '--demo'");
    refused("-c x --demo", "conflicting command line option '--demo'");
    refused("--demo -n -c x -s", "conflicting command line option '-c'");
    refused("--demo --configuration=x", "conflicting command line option '--configuration'");
    refused("-e foo", "invalid value for -e 'foo': bad logging level name 'foo'");
    refused("--loglevel=foo", "invalid value for --loglevel 'foo': bad logging level name 'foo'");
    refused("-m 9", "invalid value for -m '9': 9 can not be converted to an octal type");
    refused("-d /nope", "invalid value for -d '/nope': /nope is not an existing directory");
    refused(
        "-l /nope/x",
        "invalid value for -l '/nope/x': The directory named as part of the path /nope/x does not exist",
    );
    refused("-y 5K", "invalid value for -y '5K': invalid literal for int() with base 10: '5k'");
    refused("-a x", "invalid value for -a 'x': invalid literal for int() with base 10: 'x'");
}

#[test]
fn the_help_is_made_from_the_table() {
    let help = supervisord_help("supervisord");
    assert!(help.starts_with(
        "supervisord -- run a set of applications as daemons.\n\nUsage: supervisord [options]\n"
    ));
    for line in [
        "-c/--configuration FILENAME -- ",
        "-l/--logfile FILENAME -- use FILENAME as ",
        "--minprocs NUM -- ",
        "--check -- ",
    ] {
        assert!(help.contains(&format!("\n{line}")), "{line}");
    }
    assert!(!help.contains("-?"));
}

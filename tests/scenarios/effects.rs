//! What options do, seen from outside, where no other scenario needs them anyway.
//!
//! The table of facts in the differential suite names for every option the test that shows its effect; many are here.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::fs::symlink;
use std::path::Path;

use provost_tests::http::Server;
use provost_tests::wait::{PATIENCE, until, until_some};
use provost_tests::world::{CONFIG, HEAD};
use provost_tests::{Implementation, Sides, World, ctl, processes};

use crate::rights::{NOBODY, owner_of};
use crate::wrapped::allowed;
use crate::{on_both, shell};

on_both! {
    the_command_line_wins_over_the_file_in_short,
    the_command_line_wins_over_the_file_at_length,
    the_file_says_it_all,
    the_activity_log_rolls_over,
    the_search_of_root_is_warned_of,
    help_goes_to_standard_output,
    relative_paths_are_found_again,
    here_is_where_the_file_was_named,
    automatic_logs_go_to_the_temporary_directory,
    files_that_cannot_be_written_at_the_start,
    the_first_server_is_what_children_are_told,
}

/// A program whose log is AUTO, and which writes in colour.
const COLOUR: &str = "[program:colour]\ncommand=/bin/sh -c \"printf '\\033[31mred\\033[0m.'; exec cat\"\n";

/// What every option of the file says against which a command line is held.
const FILE: &str = "
[supervisord]
identifier=file
loglevel=critical
logfile=%(here)s/file.log
logfile_maxbytes=1
logfile_backups=3
pidfile=%(here)s/file.pid
umask=077
directory=/
childlogdir=%(here)s/file.d
minfds=100
minprocs=100
strip_ansi=false
nocleanup=false
";

fn the_command_line_wins_over_the_file_in_short(implementation: Implementation) {
    let line = "-i line -e debug -l $DIR/line.log -y 0 -z 2 -j $DIR/line.pid -m 027 -d /tmp -q $DIR/line.d -a 300 --minprocs 150 -kt";
    check_command_line(implementation, line);
}

fn the_command_line_wins_over_the_file_at_length(implementation: Implementation) {
    let line = "--identifier line --loglevel=debug --logfile=$DIR/line.log --logfile_maxbytes 0 --logfile_backups=2 \
                --pidfile $DIR/line.pid --umask=027 --directory=/tmp --childlogdir $DIR/line.d --minfds=300 --minprocs=150 --nocleanup --strip_ansi";
    check_command_line(implementation, line);
}

/// A name that the daemon could have given to an AUTO log in an earlier life.
const OLD_LOG: &str = "line.d/old-stdout---line-abcdefgh.log";

fn check_command_line(implementation: Implementation, line: &str) {
    let mut world = World::new(Sides::both(implementation));
    world.configure(&format!("{FILE}{COLOUR}"));
    for folder in ["file.d", "line.d"] {
        fs::create_dir(world.scratch.file(folder)).expect("a folder of our own");
    }
    world.scratch.write(OLD_LOG, "old");
    let line = world.scratch.fill(line);
    let pid = shell::start(&world, "umask 022; exec prlimit --nofile=256: --nproc=100: \"$@\"", &line);
    check_line(&world, pid);

    // Arguments are applied again when the file is read again.
    world.scratch.write("line.log", "");
    processes::send(pid, processes::signal("HUP"));
    world.wait_file("line.log", "supervisord started with pid");
    until(PATIENCE, "the new life to serve", || world.server.answers());
    check_line(&world, pid);
    shell::end(&mut world, pid);
}

fn check_line(world: &World, pid: u32) {
    assert_eq!(world.scratch.read("line.pid").trim(), pid.to_string());
    world.wait_file("line.log", "DEBG 'colour' stdout output");
    assert!(!world.scratch.file("line.log.1").exists(), "a limit of 0 is none");
    assert_eq!(world.rpc("supervisor.getIdentification()"), ["'line'"]);
    assert_eq!((shell::umask_of(pid).as_str(), shell::directory_of(pid).to_str()), ("0027", Some("/tmp")));
    for (limit, soft) in [("Max open files", "300"), ("Max processes", "150")] {
        assert_eq!(shell::soft_limit(pid, limit), soft, "{limit}");
    }
    assert!(world.scratch.file(OLD_LOG).exists(), "nocleanup");
    let log = world.rpc("supervisor.getProcessInfo('colour')['stdout_logfile']").remove(0);
    assert!(log.contains("line.d/colour-stdout---line-"), "{log}");
    until(PATIENCE, "the text without colours", || {
        world.rpc("supervisor.readProcessStdoutLog('colour', 0, 0)") == ["'red.'"]
    });
    for leftover in ["file.log", "file.pid"] {
        assert!(!world.scratch.file(leftover).exists(), "{leftover}");
    }
    let unused = fs::read_dir(world.scratch.file("file.d")).expect("our own folder").count();
    assert_eq!(unused, 0);
}

/// A daemon without any argument but its file, which keeps it in the foreground.
fn the_file_says_it_all(implementation: Implementation) {
    let settings = "[supervisord]\nnodaemon=true\nidentifier=%(ENV_HOME)s!\n";
    for (silent, says_something) in [("silent=true\n", false), ("silent=false\n", true)] {
        let mut world = World::new(Sides::both(implementation));
        world.configure(&format!("{settings}{silent}"));
        let mut command = world.scratch.command(&shell::program(&world));
        let stdout = fs::File::create(world.scratch.file("daemon.stdout")).expect("our own directory");
        let mut child =
            command.args(["-c", CONFIG]).stdout(stdout).spawn().expect("the daemon's program runs");
        until(PATIENCE, "the daemon to serve", || world.server.answers());
        assert_eq!(world.scratch.read("supervisord.pid").trim(), child.id().to_string(), "it did not fork");
        let home = world.scratch.path().display().to_string();
        assert_eq!(world.rpc("supervisor.getIdentification()"), [format!("'{home}!'")]);
        processes::send(child.id(), processes::signal("TERM"));
        let ended = || child.try_wait().expect("invariant: our own child can be waited for");
        assert_eq!(until_some(PATIENCE, "the daemon to end", ended).code(), Some(0));
        assert_eq!(world.scratch.read("daemon.stdout").contains("supervisord started"), says_something);
    }
}

fn the_activity_log_rolls_over(implementation: Implementation) {
    for backups in [1, 0] {
        let mut world = World::new(Sides::both(implementation));
        world.configure(&format!("[supervisord]\nlogfile_maxbytes=300\nlogfile_backups={backups}\n"));
        world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
        for _ in 0..10 {
            world.signal("USR2");
            world.rpc("supervisor.getState()");
        }
        assert_eq!(world.stop(), Some(0));
        let size = |name: &str| fs::metadata(world.scratch.file(name)).map(|file| file.len()).ok();
        assert!(size("supervisord.log").is_some_and(|size| size < 300), "{:?}", size("supervisord.log"));
        assert_eq!(size("supervisord.log.1").is_some_and(|size| size >= 300), backups == 1);
        assert_eq!((size("supervisord.log.1").is_some(), size("supervisord.log.2")), (backups == 1, None));
    }
}

fn the_search_of_root_is_warned_of(implementation: Implementation) {
    let world = World::new(Sides::both(implementation));
    let program = shell::program(&world);
    let run = |wrapper: &[&str]| {
        let mut command = match wrapper.split_first() {
            Some((first, rest)) => {
                let mut command = world.scratch.command(Path::new(first));
                command.args(rest).arg(&program);
                command
            }
            None => world.scratch.command(&program),
        };
        // Positional arguments are found out before anything is searched for, and a file after the warning.
        command.arg("-n");
        ctl::run(command, "")
    };
    let prefix =
        program.parent().and_then(Path::parent).expect("invariant: programs are in a folder").display();
    let refusal = format!(
        "Error: No config file found at default paths ({prefix}/etc/supervisord.conf, {prefix}/supervisord.conf, \
         supervisord.conf, etc/supervisord.conf, /etc/supervisord.conf, /etc/supervisor/supervisord.conf); use the -c option to \
         specify a config file at a different path"
    );
    let warning = "Supervisord is running as root and it is searching for its configuration file in default locations \
                   (including its current working directory); you probably want to specify a \"-c\" argument specifying \
                   an absolute path to a configuration file for improved security.";
    let output = run(&[]);
    assert_eq!(output.code, Some(2));
    assert!(output.stderr.lines().any(|line| line == refusal), "{}", output.stderr);
    assert_eq!(output.stderr.contains(warning), rustix::process::geteuid().is_root(), "{}", output.stderr);
    if allowed(&NOBODY) {
        let output = run(&NOBODY);
        assert_eq!((output.code, output.complaint()), (Some(2), refusal.as_str()), "no warning");
    }
}

fn help_goes_to_standard_output(implementation: Implementation) {
    let world = World::new(Sides::both(implementation));
    let help = |option: &str| {
        let mut command = world.scratch.command(&shell::program(&world));
        command.arg(option);
        ctl::run(command, "")
    };
    let output = help("-h");
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""));
    assert!(
        output.stdout.starts_with("supervisord -- run a set of applications as daemons.\n"),
        "{}",
        output.stdout
    );
    for line in [
        "-c/--configuration FILENAME -- ",
        "-n/--nodaemon -- ",
        "-s/--silent -- ",
        "-h/--help -- ",
        "-v/--version -- ",
        "-u/--user USER -- ",
        "-m/--umask UMASK -- ",
        "-d/--directory DIRECTORY -- ",
        "-l/--logfile FILENAME -- ",
        "-y/--logfile_maxbytes BYTES -- ",
        "-z/--logfile_backups NUM -- ",
        "-e/--loglevel LEVEL -- ",
        "-j/--pidfile FILENAME -- ",
        "-i/--identifier STR -- ",
        "-q/--childlogdir DIRECTORY -- ",
        "-k/--nocleanup -- ",
        "-a/--minfds NUM -- ",
        "-t/--strip_ansi -- ",
        "--minprocs NUM",
        "--profile_options OPTIONS -- ",
    ] {
        assert!(output.stdout.lines().any(|found| found.starts_with(line)), "{line}\n{}", output.stdout);
    }
    for option in ["-?", "--help", "--he"] {
        assert_eq!(help(option), output, "{option}");
    }
}

/// `directory=` takes the daemon away from where its relative paths begin.
fn relative_paths_are_found_again(implementation: Implementation) {
    let mut world = World::new(Sides::both(implementation));
    fs::create_dir(world.scratch.file("logs")).expect("a folder of our own");
    let text = HEAD.replace("=%(here)s/supervisord.", "=logs/d.").replace("=%(here)s\n", "=logs\n");
    world
        .scratch
        .write(CONFIG, &format!("{text}[supervisord]\ndirectory=/\n[program:cat]\ncommand=/bin/cat\n"));
    let mut command = world.scratch.command(&shell::program(&world));
    command.args(["-c", CONFIG]);
    assert_eq!(ctl::run(command, "").code, Some(0));
    until(PATIENCE, "the daemon to serve", || world.server.answers());
    let pid = until_some(PATIENCE, "a pid", || world.scratch.read("logs/d.pid").trim().parse().ok());
    let child_log = |world: &World| world.info("cat", "stdout_logfile");
    let logs = format!("{}/cat-stdout---supervisor-", world.scratch.file("logs").display());
    world.wait_state("cat", "RUNNING");
    assert!(child_log(&world).starts_with(&logs), "{}", child_log(&world));
    let child = world.pid_of("cat");
    match implementation {
        Implementation::Reference => {
            let fault = format!("fault 92 CANT_REREAD: could not find config file {CONFIG}");
            assert_eq!(world.rpc("supervisor.reloadConfig()"), [fault]);
        }
        Implementation::Ours => {
            assert_eq!(world.rpc("supervisor.reloadConfig()"), ["[[], [], []]"]);
            world.scratch.write("logs/d.log", "");
            processes::send(pid, processes::signal("HUP"));
            until(PATIENCE, "another child", || ![0, child].contains(&world.pid_of("cat")));
            world.wait_file("logs/d.log", &format!("supervisord started with pid {pid}"));
            assert!(child_log(&world).starts_with(&logs), "{}", child_log(&world));
        }
    }
    shell::end(&mut world, pid);
}

/// Links are not followed to find out what `%(here)s` is.
fn here_is_where_the_file_was_named(implementation: Implementation) {
    let mut world = World::new(Sides::both(implementation));
    world.configure("[supervisord]\nidentifier=%(here)s\n");
    fs::create_dir(world.scratch.file("real")).expect("a folder of our own");
    fs::rename(world.scratch.file(CONFIG), world.scratch.file("real").join(CONFIG)).expect("our own file");
    symlink("real", world.scratch.file("link")).expect("our own folder");
    let mut command = world.scratch.command(&shell::program(&world));
    command.args(["-c", "real/../link/./supervisord.conf"]);
    assert_eq!(ctl::run(command, "").code, Some(0));
    let server = Server::Unix(world.scratch.file("link/supervisor.sock"));
    world.serve_on(server, "", "");
    until(PATIENCE, "the daemon to serve", || world.server.answers());
    let here = format!("'{}'", world.scratch.file("link").display());
    assert_eq!(world.rpc("supervisor.getIdentification()"), [here]);
    let pid = world.rpc("supervisor.getPID()").remove(0).parse().expect("a number");
    shell::end(&mut world, pid);
}

/// Without `childlogdir` the first of `TMPDIR`, `TEMP` and `TMP` that is usable says where AUTO logs go.
fn automatic_logs_go_to_the_temporary_directory(implementation: Implementation) {
    for (variables, expected) in [
        ([("TMPDIR", "one"), ("TEMP", "two"), ("TMP", "three")], "one"),
        ([("TMPDIR", "nowhere"), ("TEMP", "two"), ("TMP", "three")], "two"),
        ([("TMPDIR", "nowhere"), ("TEMP", ""), ("TMP", "three")], "three"),
    ] {
        let mut world = World::new(Sides::both(implementation));
        for (name, folder) in variables {
            let folder =
                if folder.is_empty() { String::new() } else { world.scratch.fill(&format!("$DIR/{folder}")) };
            world.scratch.set_variable(name, &folder);
        }
        for folder in ["one", "two", "three"] {
            fs::create_dir(world.scratch.file(folder)).expect("a folder of our own");
        }
        let text = HEAD.replace("childlogdir=%(here)s\n", "");
        world.scratch.write(CONFIG, &format!("{text}[program:cat]\ncommand=/bin/cat\nautostart=false\n"));
        world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
        let log = world.info("cat", "stdout_logfile");
        let beginning = format!("{}/cat-stdout---supervisor-", world.scratch.file(expected).display());
        assert!(log.starts_with(&beginning), "{log}");
        assert_eq!(world.stop(), Some(0));
    }
}

fn files_that_cannot_be_written_at_the_start(implementation: Implementation) {
    // A pid file is missed by nobody who runs.
    let mut world = World::new(Sides::both(implementation));
    fs::create_dir(world.scratch.file("folder")).expect("a folder of our own");
    let text = HEAD.replace("/supervisord.pid", "/folder");
    world.scratch.write(CONFIG, &text);
    let pid = shell::start(&world, shell::PLAIN, "");
    world.wait_log("CRIT could not write pidfile ");
    assert!(!world.log().contains("supervisord started with pid"), "{}", world.log());
    shell::end(&mut world, pid);
    // A log is.
    world.configure("[supervisord]\nlogfile=%(here)s/folder\n");
    let output = shell::run(&world, shell::PLAIN, "");
    match implementation {
        Implementation::Reference => assert_eq!(output.code, Some(1), "a traceback"),
        Implementation::Ours => {
            let folder = world.scratch.file("folder").display().to_string();
            let complaint =
                format!("Error: failed to open the log file {folder}: Is a directory (os error 21)");
            assert_eq!((output.code, output.complaint()), (Some(2), complaint.as_str()));
        }
    }
}

fn the_first_server_is_what_children_are_told(implementation: Implementation) {
    const TELLER: &str = "[program:teller]\ncommand=/bin/sh -c \"echo [$SUPERVISOR_SERVER_URL]; exec cat\"\n\
                          stdout_logfile=%(here)s/told\n";
    let inet = "[inet_http_server]\nport=*:$PORT1\n[inet_http_server:two]\nport=LocalHost:$PORT2\n";
    let unix = "[unix_http_server:two]\nfile=%(here)s/two.sock\n";
    let only_inet = HEAD.replace("[unix_http_server]\nfile=%(here)s/supervisor.sock\n", "");
    let last =
        if implementation == Implementation::Reference { "localhost:$PORT2" } else { "localhost:$PORT1" };
    for (text, expected) in [
        (format!("{HEAD}{unix}{inet}"), "[unix://$DIR/supervisor.sock]\n".to_owned()),
        // The reference takes the last of these.
        (format!("{only_inet}{inet}"), format!("[http://{last}]\n")),
    ] {
        let mut world = World::new(Sides::both(implementation));
        world.scratch.write(CONFIG, &format!("{text}{TELLER}"));
        if !text.contains("unix_http_server") {
            let server = Server::Tcp(world.scratch.port(1));
            world.serve_on(server, "", "");
        }
        world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
        world.wait_file("told", "]\n");
        let expected = world.scratch.fill(&expected);
        assert_eq!(world.scratch.read("told"), expected);
        assert_eq!(world.stop(), Some(0));
    }
}

/// What only ours has.
fn ours(text: &str) -> World {
    World::with_programs(Implementation::Ours, text)
}

#[test]
fn a_broken_program_is_skipped() {
    let mut world = ours(
        "[supervisord]\non_config_error=skip-program\n[program:cat]\ncommand=/bin/cat\n[program:bad]\ncommand=/bin/cat\nstartsecs=soon\n",
    );
    world.wait_state("cat", "RUNNING");
    world.wait_state("bad", "FATAL");
    let why = world.info("bad", "spawnerr");
    assert!(
        why.contains("invalid literal for int() with base 10: ") && why.contains("supervisord.conf:"),
        "{why}"
    );
    world.wait_log("ERRO ");
    let status = world.ctl("status bad").stdout;
    assert!(status.contains("FATAL") && status.contains("soon"), "{status}");
    // Mended, it is started.
    world.configure("[supervisord]\non_config_error=skip-program\n[program:cat]\ncommand=/bin/cat\n[program:bad]\ncommand=/bin/cat\n");
    assert!(world.ctl("update").stdout.contains("bad: updated process group"));
    world.wait_state("bad", "RUNNING");
}

/// Who is told to stop without waiting for others to have stopped, by a daemon with that option.
fn turns(option: &str) -> Vec<Vec<String>> {
    let program = |name: &str, priority: u32| {
        format!("[program:{name}]\ncommand=/bin/cat\nstartsecs=0\npriority={priority}\n")
    };
    let programs: String =
        [("a", 5), ("b", 5), ("c", 1)].map(|(name, priority)| program(name, priority)).concat();
    let mut world = ours(&format!("[supervisord]\nloglevel=debug\n{option}{programs}"));
    ["a", "b", "c"].iter().for_each(|name| world.wait_state(name, "RUNNING"));
    assert_eq!(world.stop(), Some(0));
    let log = world.log();
    let lines = log.lines().filter_map(|line| match line.split_once(" killing ") {
        Some((_, rest)) => rest.split(' ').next(),
        None => line.contains("stopped: ").then_some(""),
    });
    let told: Vec<_> = lines.collect();
    told.split(|name| name.is_empty())
        .filter(|turn| !turn.is_empty())
        .map(|turn| turn.iter().map(|name| (*name).to_owned()).collect())
        .collect()
}

#[test]
fn a_shutdown_stops_together_what_its_mode_says() {
    assert_eq!(turns(""), [vec!["b", "a"], vec!["c"]]);
    assert_eq!(turns("shutdown_mode=priority\n"), [vec!["b", "a"], vec!["c"]]);
    assert_eq!(turns("shutdown_mode=serial\n"), [["b"], ["a"], ["c"]]);
    assert_eq!(turns("shutdown_mode=parallel\n"), [["b", "a", "c"]]);
}

#[test]
fn log_files_are_made_as_configured() {
    let owner = if rustix::process::geteuid().is_root() { "nobody:daemon" } else { "$UID" };
    let program = |name: &str, lines: &str| {
        format!(
            "[program:{name}]\ncommand=/bin/sh -c \"echo out; echo err >&2; exec cat\"\nstdout_logfile=%(here)s/{name}/a/out\n\
             stderr_logfile=%(here)s/{name}/b/err\n{lines}"
        )
    };
    let made = format!(
        "stdout_logfile_mode=0640\nstderr_logfile_mode=600\nstdout_logfile_owner={owner}\nstderr_logfile_owner={owner}\n\
         create_log_dirs=true\n"
    );
    let world = ours(&format!(
        "[supervisord]\ncreate_log_dirs=true\n{}{}",
        program("plain", ""),
        program("made", &made)
    ));
    for (name, files) in
        [("plain", [("a/out", 0o644), ("b/err", 0o644)]), ("made", [("a/out", 0o640), ("b/err", 0o600)])]
    {
        world.wait_state(name, "RUNNING");
        for (file, mode) in files {
            let file = format!("{name}/{file}");
            world.wait_file(&file, "\n");
            let found = fs::metadata(world.scratch.file(&file)).expect("it was just read").mode() & 0o7777;
            assert_eq!(found, mode, "{file}");
            let expected =
                if name == "made" && owner != "$UID" { (65534, 1) } else { owner_of(&world, CONFIG) };
            assert_eq!(owner_of(&world, &file), expected, "{file}");
        }
        let folder = fs::metadata(world.scratch.file(name)).expect("it was made").mode() & 0o7777;
        assert_eq!(folder, 0o755);
    }
}

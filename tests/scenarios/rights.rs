//! Who the daemon is, what it may have, and who may talk to it: users, limits, owners of sockets, passwords.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use provost_tests::world::{CONFIG, HEAD};
use provost_tests::{Implementation, Sides, World, processes};

use crate::wrapped::allowed;
use crate::{on_both, shell};

on_both! {
    limits_are_raised_and_inherited,
    limits_that_cannot_be_had,
    the_daemon_becomes_another_user,
    sockets_belong_to_whom_they_should,
    passwords_may_be_hashes,
    settings_of_the_client,
}

fn limits_are_raised_and_inherited(implementation: Implementation) {
    let mut world = World::new(Sides::both(implementation));
    world.configure("[supervisord]\nminfds=300\nminprocs=150\n[program:cat]\ncommand=/bin/cat\n");
    let pid = shell::start(&world, "exec prlimit --nofile=256: --nproc=100: \"$@\"", "");
    world.wait_log("INFO Increased RLIMIT_NOFILE limit to 300");
    world.wait_log("INFO Increased RLIMIT_NPROC limit to 150");
    world.wait_state("cat", "RUNNING");
    for process in [pid, world.pid_of("cat")] {
        assert_eq!(shell::soft_limit(process, "Max open files"), "300");
        assert_eq!(shell::soft_limit(process, "Max processes"), "150");
    }
    shell::end(&mut world, pid);
    // What is there already is not lowered, and not spoken of.
    fs::remove_file(world.scratch.file("supervisord.log")).expect("the first log");
    let pid = shell::start(&world, "exec prlimit --nofile=400: --nproc=200: \"$@\"", "");
    assert_eq!(shell::soft_limit(pid, "Max open files"), "400");
    assert!(!world.log().contains("Increased"), "{}", world.log());
    shell::end(&mut world, pid);
}

/// Nobody may raise hard limits.
pub(crate) const NOBODY: [&str; 4] = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

fn limits_that_cannot_be_had(implementation: Implementation) {
    if !allowed(&NOBODY) {
        return;
    }
    let world = open_world(implementation, "");
    let line = format!("exec prlimit --nofile=256 --nproc=60000 {} \"$@\"", NOBODY.join(" "));
    // The reference names the limit that is wanted instead of the one that there is.
    let (files, processes) = match implementation {
        Implementation::Reference => ("300", "70000"),
        Implementation::Ours => ("256", "60000"),
    };
    let output = shell::run(&world, &line, "-a 300");
    assert_eq!(output.code, Some(2));
    assert_eq!(
        output.complaint(),
        format!(
            "Error: The minimum number of file descriptors required to run this process is 300 as per the \"minfds\" command-line \
             argument or config file setting. The current environment will only allow you to open {files} file descriptors.  \
             Either raise the number of usable file descriptors in your environment (see README.rst) or lower the minfds \
             setting in the config file to allow the process to start."
        )
    );
    let output = shell::run(&world, &line, "-a 200 --minprocs 70000");
    assert_eq!(output.code, Some(2));
    assert_eq!(
        output.complaint(),
        format!(
            "Error: The minimum number of available processes required to run this program is 70000 as per the \"minprocs\" \
             command-line argument or config file setting. The current environment will only allow you to open {processes} \
             processes.  Either raise the number of usable processes in your environment (see README.rst) or lower the \
             minprocs setting in the config file to allow the program to start."
        )
    );
    for leftover in ["supervisord.log", "supervisord.pid", "supervisor.sock"] {
        assert!(!world.scratch.file(leftover).exists(), "{leftover}");
    }
}

/// A world into which everybody may write.
fn open_world(implementation: Implementation, text: &str) -> World {
    let mut world = World::new(Sides::both(implementation));
    let everybody = fs::Permissions::from_mode(0o777);
    fs::set_permissions(world.scratch.path(), everybody).expect("our own directory");
    world.configure(text);
    world
}

fn the_daemon_becomes_another_user(implementation: Implementation) {
    if !allowed(&NOBODY) {
        return;
    }
    let programs = "[program:cat]\ncommand=/bin/cat\n[program:own]\ncommand=/bin/sh -c \"id -G; exec cat\"\n\
                    stdout_logfile=%(here)s/own.log\nuser=nobody\n";
    for (settings, arguments) in [("user=nobody\n", ""), ("", "-u nobody"), ("user=root\n", "--user=65534")] {
        let mut world = open_world(implementation, &format!("[supervisord]\n{settings}{programs}"));
        let pid = shell::start(&world, shell::PLAIN, arguments);
        world.wait_log("INFO Set uid to user 65534 succeeded");
        world.wait_state("cat", "RUNNING");
        world.wait_state("own", "RUNNING");
        for process in [pid, world.pid_of("cat"), world.pid_of("own")] {
            assert_eq!(processes::uid(process), Some(65534));
        }
        for file in ["supervisord.log", "supervisord.pid", "supervisor.sock", "own.log"] {
            assert_eq!(owner_of(&world, file), (65534, 65534), "{file}");
        }
        world.wait_file("own.log", "65534\n");
        assert!(!world.scratch.read("own.log").split_whitespace().any(|group| group == "0"));
        assert!(!world.log().contains("running as root"));
        shell::end(&mut world, pid);
    }
    // Who is not root cannot become root.
    let world = open_world(implementation, "[supervisord]\nuser=root\n");
    let output = shell::run(&world, &format!("exec {} \"$@\"", NOBODY.join(" ")), "");
    assert_eq!((output.code, output.complaint()), (Some(2), "Error: Can't drop privilege as nonroot user"));
    // Who is nobody stays nobody, also in the background.
    let mut world = open_world(implementation, "[program:cat]\ncommand=/bin/cat\n");
    let pid = shell::start(&world, &format!("exec {} \"$@\"", NOBODY.join(" ")), "");
    world.wait_state("cat", "RUNNING");
    assert_eq!(processes::uid(pid), Some(65534));
    assert!(!world.log().contains("CRIT Supervisor is running as root"), "{}", world.log());
    shell::end(&mut world, pid);
}

/// Owner and group of a file in the scratch.
pub(crate) fn owner_of(world: &World, name: &str) -> (u32, u32) {
    let file = fs::metadata(world.scratch.file(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    (file.uid(), file.gid())
}

fn sockets_belong_to_whom_they_should(implementation: Implementation) {
    if !allowed(&NOBODY) {
        return;
    }
    let server =
        |file: &str, owner: &str| format!("[unix_http_server:{file}]\nfile=%(here)s/{file}\nchown={owner}\n");
    let worker = |file: &str, lines: &str| {
        format!(
            "[fcgi-program:{file}]\ncommand=/bin/cat\nsocket=unix://%(here)s/{file}\nautostart=false\n{lines}"
        )
    };
    let mut world = open_world(
        implementation,
        &[
            server("one", "nobody"),
            server("two", "nobody:daemon"),
            server("three", "1:0"),
            worker("four", "socket_owner=nobody:daemon\nuser=daemon\n"),
            worker("five", "user=nobody\n"),
            worker("six", ""),
        ]
        .concat(),
    );
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    let daemon = 1;
    for (file, owner) in [
        ("supervisor.sock", (0, 0)),
        ("one", (65534, 0)),
        ("two", (65534, daemon)),
        ("three", (daemon, 0)),
        ("four", (65534, daemon)),
        ("five", (65534, 65534)),
        ("six", (0, 0)),
    ] {
        assert_eq!(owner_of(&world, file), owner, "{file}");
    }
    assert_eq!(world.stop(), Some(0));
    // Only root may give things away.
    world.configure(&server("one", "daemon"));
    let output = shell::run(&world, &format!("rm -f supervisord.log; exec {} \"$@\"", NOBODY.join(" ")), "");
    let complaint = format!(
        "Error: Not permitted to chown {} to uid/gid (1, -1); adjust \"sockchown\" value in config file or on command line to \
         values that the current user (nobody) can successfully chown",
        world.scratch.file("one").display()
    );
    assert_eq!((output.code, output.complaint()), (Some(2), complaint.as_str()));
}

/// A unix server with a password that only its hash is known of.
fn passwords_may_be_hashes(implementation: Implementation) {
    let mut world = World::new(Sides::both(implementation));
    // The hash is that of `pass`.
    let secret = "username=%(ENV_HOME)s\npassword={SHA}9d4e1e23bd5b727046a9e3b4b7db57bd8d6ee684\n";
    let text = HEAD.replace("[unix_http_server]\n", &format!("[unix_http_server]\n{secret}"));
    world.scratch.write(CONFIG, &text);
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    let home = world.scratch.path().display().to_string();
    let server = world.server.clone();
    for (user, password, answer) in [
        (home.as_str(), "pass", "'4.3.0'"),
        (home.as_str(), "9d4e1e23bd5b727046a9e3b4b7db57bd8d6ee684", "http 401 Unauthorized"),
        ("nobody", "pass", "http 401 Unauthorized"),
        ("", "", "http 401 Unauthorized"),
    ] {
        world.serve_on(server.clone(), user, password);
        assert_eq!(world.rpc("supervisor.getSupervisorVersion()"), [answer], "{user} {password}");
    }
    assert!(!world.log().contains("running without any HTTP authentication"), "{}", world.log());
}

/// The client finds server, name, password and prompt in its file.
fn settings_of_the_client(implementation: Implementation) {
    let mut world = World::new(Sides::both(implementation));
    let secret = "username=me\npassword=se%%cret\n";
    let text = HEAD
        .replace("[unix_http_server]\n", &format!("[unix_http_server]\n{secret}"))
        .replace("[supervisorctl]\n", &format!("[supervisorctl]\n{secret}prompt=of %(ENV_TERM)s\n"));
    world.scratch.write(CONFIG, &text);
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    let said = world.prompt("version\n");
    assert!(said.stdout.contains("of xterm> 4.3.0\n"), "{}{}", said.stdout, said.stderr);
    assert_eq!(
        world.ctl("-u me -p wrong version").stdout.lines().next(),
        Some("Server requires authentication")
    );
    assert_eq!(world.ctl("-u me version").stdout, "4.3.0\n", "each setting is replaced alone");
}

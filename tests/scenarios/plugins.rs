//! Namespaces that processes serve, and commands that programs provide.
//!
//! `supervisor_cache` and `supervisor_twiddler` come from PyPI unchanged; the reference loads them, ours runs them in the
//! Python host that it ships.

use std::process::Command;

use provost_tests::ctl::run;
use provost_tests::implementation::{reference_python, workspace};
use provost_tests::wait::{PATIENCE, until};
use provost_tests::{Implementation, Sides, World, example};

use crate::on_both;

on_both! { a_published_cache_works, a_published_twiddler_works, an_interface_finds_its_way_about }

/// A section for an interface from PyPI; ours needs one line more.
fn section(implementation: Implementation, name: &str, factory: &str) -> String {
    let python = reference_python().unwrap_or_else(|missing| panic!("{missing}"));
    let command = match implementation {
        Implementation::Reference => String::new(),
        Implementation::Ours => format!(
            "command = {} -m provost_host\nenvironment = PYTHONPATH=\"{}:%(here)s\"\n",
            python.display(),
            workspace().join("python").display()
        ),
    };
    format!("[rpcinterface:{name}]\nsupervisor.rpcinterface_factory = {factory}\n{command}")
}

#[track_caller]
fn check(world: &World, expression: &str, expect: &str) {
    assert_eq!(world.rpc(expression).join("\n"), expect, "{expression}");
}

fn a_published_cache_works(implementation: Implementation) {
    let cache = section(implementation, "cache", "supervisor_cache.rpcinterface:make_cache_rpcinterface");
    let world = World::with_programs(implementation, &cache);
    for (expression, expect) in [
        ("proxy.cache.getAPIVersion()", "'0.2'"),
        ("proxy.cache.store('kä', 'one\\ntwo')", "True"),
        ("proxy.cache.store('list', [1, {'a': 2.5}, True, DateTime('20261123T04:08:19')])", "True"),
        ("proxy.cache.fetch('kä')", "'one\\ntwo'"),
        ("proxy.cache.fetch('list')", "[1, {'a': 2.5}, True, <DateTime '20261123T04:08:19' at ADDRESS>]"),
        ("proxy.cache.getKeys()", "['kä', 'list']"),
        ("proxy.cache.getCount()", "2"),
        ("proxy.cache.fetch('nope')", "fault 10 BAD_NAME"),
        ("proxy.cache.store('', 'x')", "fault 10 BAD_NAME: Cache key must be a non-empty string"),
        ("proxy.cache.store('x')", "fault 2 INCORRECT_PARAMETERS"),
        ("proxy.cache._update('x')", "fault 1 UNKNOWN_METHOD"),
        ("proxy.cache.nothing()", "fault 1 UNKNOWN_METHOD"),
        ("proxy.cache.delete('kä')", "True"),
        ("proxy.cache.clear()", "True"),
        ("proxy.cache.getCount()", "0"),
        ("proxy.system.methodSignature('cache.store')", "['boolean', 'string', 'string']"),
        ("proxy.system.methodHelp('cache.clear').split()[:3]", "['Clear', 'the', 'cache']"),
        ("proxy.system.methodHelp('cache.nothing')", "fault 4 SIGNATURE_UNSUPPORTED"),
        ("'cache.fetch' in proxy.system.listMethods()", "True"),
        (
            "proxy.system.multicall([{'methodName': 'cache.store', 'params': ['a', 'b']}, \
             {'methodName': 'cache.fetch', 'params': ['b']}, {'methodName': 'cache.fetch', 'params': ['a']}])",
            "[True, {'faultCode': 10, 'faultString': 'BAD_NAME'}, 'b']",
        ),
    ] {
        let answer = world.rpc(expression).join("\n");
        let address = answer.find(" at 0x").map(|at| &answer[at + 4..answer.len() - 2]);
        let answer = address.map_or(answer.clone(), |address| answer.replace(address, "ADDRESS"));
        assert_eq!(answer, expect, "{expression}");
    }
}

fn a_published_twiddler_works(implementation: Implementation) {
    let factory = "supervisor_twiddler.rpcinterface:make_twiddler_rpcinterface";
    let twiddler = section(implementation, "twiddler", factory);
    let strict = section(implementation, "strict", factory) + "whitelist = getAPIVersion\n";
    let world =
        World::with_programs(implementation, &format!("[program:cat]\ncommand=/bin/cat\n{twiddler}{strict}"));
    check(&world, "proxy.twiddler.getAPIVersion()", "'1.0'");
    let groups = match implementation {
        Implementation::Reference => "['cat']",
        Implementation::Ours => "['cat', 'strict', 'twiddler']",
    };
    check(&world, "proxy.twiddler.getGroupNames()", groups);
    check(&world, "proxy.twiddler.log('who was here', 'WARN')", "True");
    world.wait_log("WARN who was here");
    check(&world, "proxy.twiddler.log('x', 'LOUD')", "fault 2 INCORRECT_PARAMETERS");
    check(&world, "proxy.strict.getAPIVersion()", "'1.0'");
    check(&world, "proxy.strict.log('x')", "fault 230 UNKNOWN: log");
    check(&world, "proxy.twiddler.addProgramToGroup('none', 'dog', {})", "fault 10 BAD_NAME: group: none");
    let (add, remove) = (
        "proxy.twiddler.addProgramToGroup('cat', 'dog', {'command': '/bin/cat', 'autostart': 'false'})",
        "proxy.twiddler.removeProcessFromGroup('cat', 'cat')",
    );
    check(&world, "supervisor.stopProcess('cat')", "True");
    if implementation == Implementation::Reference {
        check(&world, add, "True");
        check(&world, remove, "True");
        return;
    }
    check(
        &world,
        add,
        "fault 30 FAILED: a program cannot be added to a group while the daemon runs; change its configuration, then \
         update",
    );
    check(
        &world,
        remove,
        "fault 30 FAILED: a process cannot be taken out of a group while the daemon runs; change its configuration, \
         then update",
    );
}

fn an_interface_finds_its_way_about(implementation: Implementation) {
    let mut world = World::new(Sides::both(implementation));
    world.scratch.write("interface.py", include_str!("plugins_interface.py"));
    let here = world.scratch.path().to_string_lossy().into_owned();
    // The reference imports it into the daemon.
    world.scratch.set_variable("PYTHONPATH", &here);
    let section = section(implementation, "own", "interface:make") + "greeting = hello\n";
    let programs = "[program:cat]\ncommand=/bin/cat\n[program:idle]\ncommand=/bin/cat -n\nautostart=false\n";
    world.configure(&format!("{programs}{section}"));
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_state("cat", "RUNNING");
    for (expression, expect) in [
        ("proxy.own.settings()", "'hello'"),
        ("proxy.own.daemon()", "[True, 'supervisor', True]"),
        ("proxy.own.groups()", "[True, False, True]"),
        ("proxy.own.process('cat', 'cat')", "['cat', '/bin/cat', True, True, True]"),
        ("proxy.own.configs()", "['cat', '/bin/cat', True, 1]"),
        ("proxy.own.unstopped('cat')", "['cat']"),
        ("proxy.own.unstopped('idle')", "[]"),
        ("proxy.own.say('cat', 'cat', 'purr\\n')", "True"),
        ("proxy.own.spawn('idle', 'idle')", "True"),
        ("proxy.own.stop('cat', 'cat')", "True"),
        ("proxy.own.log('100%')", "True"),
        ("proxy.own.later()", "True"),
        ("proxy.own.never()", "fault 10 BAD_NAME: in the end"),
        ("proxy.own.inherited()", "'inherited'"),
        ("proxy.own.refuse(230)", "fault 230 UNKNOWN"),
        ("proxy.own.refuse()", "fault 2 INCORRECT_PARAMETERS"),
        ("proxy.own.noise()", "True"),
        ("proxy.system.methodHelp('own.settings')", "'None'"),
    ] {
        check(&world, expression, expect);
    }
    world.wait_log("WARN said 100%");
    world.wait_state("cat", "STOPPED");
    world.wait_state("idle", "RUNNING");
}

/// A world with namespaces served by hand.
fn by_hand(sections: &str) -> World {
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.scratch.write("server.py", include_str!("plugins_server.py"));
    world.configure(sections);
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world
}

const X: &str = "[rpcinterface:x]\ncommand=python3 %(here)s/server.py %(here)s/starts\ngreeting=hello\n";
const Y: &str = "[rpcinterface:y]\ncommand=python3 %(here)s/server.py %(here)s/starts.y\nrpc_timeout=1\n";

#[test]
fn namespaces_are_served_by_processes() {
    let world = by_hand(&format!("{X}{Y}[program:cat]\ncommand=/bin/cat\n"));
    check(&world, "proxy.x.settings()", "['x', {'greeting': 'hello'}]");
    check(&world, "proxy.y.settings()", "['y', {}]");
    check(
        &world,
        "proxy.x.echo(1, -5, 1.5, True, 'ä<&>', [], {}, {'a': [1]})",
        "[1, -5, 1.5, True, 'ä<&>', [], {}, {'a': [1]}]",
    );
    check(
        &world,
        "proxy.x.echo(float('inf'))",
        "fault 2 INCORRECT_PARAMETERS: a number that is infinite or none cannot be passed on",
    );
    check(&world, "proxy.x.refuse(10, 'BAD_NAME: z')", "fault 10 BAD_NAME: z");
    check(&world, "proxy.x.refuse(4711, 'own words')", "fault 4711 own words");
    check(&world, "proxy.x.refuse(-32601, 'x')", "fault 1 UNKNOWN_METHOD");
    check(&world, "proxy.z.echo()", "fault 1 UNKNOWN_METHOD");
    check(&world, "proxy.system.methodHelp('x.echo')", "'Gives back what it got.'");
    check(&world, "proxy.system.methodSignature('x.echo')", "['array']");
    check(&world, "proxy.system.methodSignature('x.hang')", "fault 4 SIGNATURE_UNSUPPORTED");
    world.wait_log("RPC interface 'x' initialized");

    // The pipe is the plug-in's way to the daemon.
    check(&world, "proxy.x.ask('supervisor.getState')", "{'statecode': 1, 'statename': 'RUNNING'}");
    check(&world, "proxy.x.ask('supervisor.getProcessInfo', 'cat')['group']", "'cat'");
    check(&world, "proxy.x.ask('supervisor.stopProcess', 'cat')", "True");
    check(&world, "proxy.x.ask('supervisor.stopProcess', 'cat')['message']", "'NOT_RUNNING: cat'");
    check(&world, "proxy.x.ask('y.echo', 7)", "[7]");
    check(&world, "proxy.x.ask('x.echo', 'to itself')", "['to itself']");
    check(&world, "proxy.x.whisper('from x')", "True");
    world.wait_log("WARN from x");
}

#[test]
fn eight_clients_at_once_get_their_own_answers() {
    let world = by_hand(X);
    world.wait_log("RPC interface 'x' initialized");
    let python = reference_python().unwrap_or_else(|missing| panic!("{missing}"));
    let mut crowd = world.scratch.command(&python);
    crowd.args(["-c", include_str!("plugins_crowd.py"), &world.server.url(), "x"]);
    let output = run(crowd, "");
    assert_eq!((output.stdout.as_str(), output.code), ("7 released\nechoed\n", Some(0)), "{}", output.stderr);
}

#[test]
fn a_plugin_that_misbehaves_costs_its_callers_only() {
    let world = by_hand(&format!("{X}{Y}"));
    let failed = |namespace: &str, what: &str| {
        format!("fault 30 FAILED: the process of RPC interface '{namespace}' {what}")
    };
    check(&world, "proxy.y.hang()", &failed("y", "did not answer within 1 seconds"));
    check(&world, "proxy.y.echo(1)", "[1]");
    check(&world, "proxy.x.babble()", "'done'");
    world.wait_log("RPC interface 'x' wrote what is no JSON-RPC message: this is no message (1 so far)");
    check(&world, "proxy.x.echo(2)", "[2]");

    check(&world, "proxy.x.die()", &failed("x", "ended before it answered"));
    until(PATIENCE, "the second process", || world.scratch.read("starts").lines().count() == 2);
    // The next call finds the next process, which may just be starting.
    check(&world, "proxy.x.echo(3)", "[3]");
    check(&world, "supervisor.stopProcess('x')", "True");
    check(&world, "proxy.x.echo(4)", &failed("x", "is STOPPED"));
    check(&world, "'x.echo' in proxy.system.listMethods()", "True");
    check(&world, "proxy.y.echo(5)", "[5]");
    check(&world, "supervisor.startProcess('x')", "True");
    check(&world, "proxy.x.echo(6)", "[6]");
    check(&world, "proxy.x.flood(50000000)", "'done'");
    check(&world, "proxy.x.close()", &failed("x", "ended before it answered"));
    // Its input is closed in turn, so that it ends, and the next one serves.
    check(&world, "proxy.x.echo(7)", "[7]");
}

#[test]
fn a_daemon_that_starts_over_has_new_processes() {
    let world = by_hand(X);
    check(&world, "proxy.x.echo(1)", "[1]");
    assert_eq!(world.ctl("reload").code, Some(0));
    until(PATIENCE, "the second process", || world.scratch.read("starts").lines().count() == 2);
    until(PATIENCE, "the server", || world.server.answers());
    check(&world, "proxy.x.echo(2)", "[2]");
}

#[test]
fn what_cannot_serve_says_why() {
    let world = by_hand(
        "[rpcinterface:mute]\ncommand=/bin/cat\nrpc_timeout=1\n\
         [rpcinterface:gone]\ncommand=/bin/false\nstartretries=0\n\
         [rpcinterface:deaf]\ncommand=/bin/sh -c 'exec tail -f /dev/null >/dev/null'\n\
         [rpcinterface:odd]\ncommand=/bin/sh -c 'read line; echo \"{\\\"id\\\": 0, \\\"result\\\": 1}\"; cat'\n",
    );
    // It says back what it is asked, which is no answer.
    check(
        &world,
        "proxy.mute.x()",
        "fault 30 FAILED: the process of RPC interface 'mute' has not told its methods yet",
    );
    world.wait_log("WARN RPC interface 'mute' has not told its methods within 1 seconds");
    world.wait_state("gone", "FATAL");
    check(
        &world,
        "proxy.deaf.x()",
        "fault 30 FAILED: the process of RPC interface 'deaf' has closed its output",
    );
    check(&world, "proxy.gone.x()", "fault 30 FAILED: the process of RPC interface 'gone' is FATAL");
    check(
        &world,
        "proxy.odd.x()",
        "fault 30 FAILED: the process of RPC interface 'odd' cannot be used: it has no list of methods",
    );
    world.wait_log("ERRO RPC interface 'odd' cannot be used: its description: it has no list of methods");
}

#[test]
fn a_namespace_comes_and_goes_with_its_section() {
    let mut world = by_hand(X);
    check(&world, "proxy.x.echo(1)", "[1]");
    world.configure(Y);
    assert_eq!(world.ctl("update").code, Some(0));
    check(&world, "proxy.x.echo(1)", "fault 1 UNKNOWN_METHOD");
    check(&world, "proxy.y.echo(1)", "[1]");
    check(&world, "[name for name in proxy.system.listMethods() if name[:2] == 'x.']", "[]");
    assert!(world.ctl("status").stdout.starts_with("y    "));
    assert_eq!(world.stop(), Some(0));
}

const ROLL: &str = "#!/bin/sh\n\
    if [ \"$1\" = --help-line ]; then echo 'roll <name>    Restart its processes one by one'; exit; fi\n\
    echo \"$SUPERVISOR_SERVER_URL $SUPERVISOR_USERNAME $SUPERVISOR_PASSWORD $*\"\n\
    exit 5\n";

#[test]
fn a_program_provides_a_command() {
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.scratch.write("roll", ROLL);
    let status = Command::new("chmod").arg("+x").arg(world.scratch.file("roll")).status();
    assert!(status.expect("chmod runs").success());
    world.configure(
        "[ctlplugin:roll]\ncommand=%(here)s/roll\n[ctlplugin:old]\nsupervisor.ctl_factory=old.code:make\n",
    );
    let url = world.scratch.normal().text("unix://$DIR/supervisor.sock");
    let url = url.replace("$DIR", &world.scratch.path().to_string_lossy());

    let output = world.ctl("roll one two");
    assert_eq!((output.stdout.as_str(), output.code), (format!("{url}   one two\n").as_str(), Some(5)));
    assert_eq!(output.stderr, "", "who does not ask for the Python plug-in is not told");
    let output = world.ctl("old");
    assert_eq!((output.stdout.as_str(), output.code), ("*** Unknown syntax: old\n", Some(1)));
    assert!(output.stderr.starts_with("note: [ctlplugin:old] is ignored: Python plugins cannot be loaded"));
    let output = world.ctl("-u me -p secret roll");
    assert_eq!(output.stdout, format!("{url} me secret \n"));
    assert_eq!(world.ctl("help roll").stdout, "roll <name>    Restart its processes one by one\n");
    let list = world.ctl("help").stdout;
    assert!(
        list.contains("plug-in commands (type help <topic>):\n=====") && list.contains("\nroll\n"),
        "{list}"
    );
    // Built-in commands are never replaced.
    world.configure("[ctlplugin:help]\ncommand=/bin/false\n");
    assert_eq!(world.ctl("help").code, Some(0));
    assert_eq!(world.ctl("roll").stdout, "*** Unknown syntax: roll\n");
}

#[test]
fn the_example_works() {
    let mut world = World::new(Sides::both(Implementation::Ours));
    example::copy(&mut world.scratch, "plugins", &[]);
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_state("inventory", "RUNNING");
    let check = |world: &mut World, line: &str, (stdout, stderr, code): (&str, &str, i32)| {
        let output = world.ctl(line);
        let found = (output.stdout.as_str(), output.stderr.as_str(), output.code);
        assert_eq!(found, (stdout, stderr, Some(code)), "{line}");
    };
    check(&mut world, "count apples", ("3\n", "", 0));
    check(&mut world, "count stones", ("", "error: BAD_NAME: stones\n", 1));
    check(&mut world, "count", ("", "error: count takes one kind\n", 1));
    check(&mut world, "help count", ("count <kind>\tHow many there are of a kind\n", "", 0));
    assert_eq!(world.stop(), Some(0));
}

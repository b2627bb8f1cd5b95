//! Groups, pools, sockets, servers, files and warnings: what is made of several sections together.

use std::sync::Arc;

use super::*;
use crate::model::{
    Address, AutoRestart, EventKind, EventLength, FastCgi, FastCgiSocket, Group, GroupKind, LogFile,
    ResultHandler,
};
use crate::system::FakeSystem;

const MAIN: &str = "/d/s.conf";
const A: &str = "[program:a]\ncommand=a\n";
const B: &str = "[program:b]\ncommand=b\n";

fn load_files(files: &[(&str, &str)]) -> Result<Loaded, Failure> {
    let request = Request { file: ConfigFile::Given(MAIN.into()), overrides: Overrides::default() };
    load(&request, &FakeSystem::with_files(files))
}

/// Loads a text below `[supervisord]`.
fn loaded(text: &str) -> Loaded {
    load_files(&[(MAIN, &format!("[supervisord]\n{text}"))])
        .unwrap_or_else(|failure| panic!("{}", failure.render()))
}

fn refused(text: &str, expect: &str) {
    let failure = load_files(&[(MAIN, &format!("[supervisord]\n{text}"))]).expect_err("a refusal");
    assert_eq!(failure.message(), expect, "{text}");
}

fn only_group(text: &str) -> Arc<Group> {
    let config = loaded(text).config;
    let [group] = config.groups.as_slice() else { panic!("one group: {text}") };
    Arc::clone(group)
}

/// Checks the names of all groups and processes, as `group(process process)`.
fn shape(text: &str, expect: &str) {
    let groups = loaded(text).config.groups;
    let shown: Vec<String> = groups
        .iter()
        .map(|group| {
            let names: Vec<&str> = group.processes.iter().map(|process| &*process.name).collect();
            format!("{}({})", group.name, names.join(" "))
        })
        .collect();
    assert_eq!(shown.join(" "), expect, "{text}");
}

/// Checks the warnings, as `line message`.
fn warns(text: &str, expect: &[&str]) {
    let shown: Vec<String> = loaded(text)
        .warnings
        .iter()
        .map(|warning| format!("{} {}", warning.place.as_ref().expect("a place").line, warning.message))
        .collect();
    assert_eq!(shown, expect, "{text}");
}

#[test]
fn groups_are_sorted_by_priority_and_name() {
    shape(&format!("{B}{A}"), "a(a) b(b)");
    shape(&format!("{A}{B}priority=1\n"), "b(b) a(a)");
    shape(&format!("{A}[eventlistener:z]\ncommand=z\nevents=EVENT\n"), "z(z) a(a)");
    shape(&format!("{A}{B}[group:g]\nprograms= b , a\n"), "g(b a)");
    shape(&format!("{A}{B}priority=1\n[group:g]\nprograms=a,b\npriority=5\n"), "g(a b)");
    shape(&format!("{A}[group:g]\nprograms=a\n[group:h]\nprograms=a\n"), "g(a) h(a)");
    shape(&format!("{A}[group:g]\nprograms=\n"), "a(a) g()");
    shape("[program: a ]\ncommand=a\n", "a(a)");
    shape("[program:a]\ncommand=a\nnumprocs=0\n", "a()");
    shape("[program:]\ncommand=a\n", "()");
    shape("[program]\ncommand=a\n[x]\n", "");
}

#[test]
fn priorities_are_those_of_the_group_and_of_its_processes() {
    let priorities = |text: &str| {
        let group = only_group(text);
        (group.priority, group.processes[0].priority)
    };
    assert_eq!(priorities("[program:a]\ncommand=a\npriority=5\n"), (5, 5));
    assert_eq!(priorities("[program:a]\ncommand=a\npriority=5\n[group:g]\nprograms=a\n"), (999, 5));
    assert_eq!(priorities("[eventlistener:a]\ncommand=a\nevents=EVENT\n"), (-1, 999));
    assert_eq!(priorities("[eventlistener:a]\ncommand=a\nevents=EVENT\npriority=4\n"), (4, 4));
}

#[test]
fn processes_know_the_group_they_are_placed_in() {
    let text = "[program:a]\ncommand=%(group_name)s\n[group:g]\nprograms=a\n";
    assert_eq!(only_group(text).processes[0].command, "g");
}

#[test]
fn names_of_groups_are_checked() {
    refused("[group:a b]\nprograms=x\n", "Invalid name: 'a b' because of character: ' '");
    refused("[program: my web]\ncommand=a\n", "Invalid name: ' my web' because of character: ' '");
    refused("[group: a b ]\nprograms=x\n", "Invalid name: ' a b ' because of character: ' '");
    refused(
        "[eventlistener: a b]\ncommand=x\nevents=EVENT\n",
        "Invalid name: ' a b' because of character: ' ' in section 'eventlistener: a b' (file: '/d/s.conf')",
    );
    refused("[program:a/b]\ncommand=a\n", "Invalid name: 'a/b' because of character: '/'");
    refused("[program:a:b]\n", "Invalid name: 'a:b' because of character: ':'");
    refused("[fcgi-program:a b]\n", "Invalid name: 'a b' because of character: ' '");
    refused(
        "[eventlistener:a b]\ncommand=x\nevents=EVENT\n",
        "Invalid name: 'a b' because of character: ' ' in section 'eventlistener:a b' (file: '/d/s.conf')",
    );
    refused("[program:a]\npriority=x\n", "invalid literal for int() with base 10: 'x'");
    refused("[group:g]\npriority=x\nprograms=a\n", "invalid literal for int() with base 10: 'x'");
}

#[test]
fn programs_of_a_group_must_exist() {
    refused("[group:g]\nprograms=a\n", "[group:g] names unknown program or fcgi-program a");
    refused(&format!("{A}[group:g]\nprograms=a,x\n"), "[group:g] names unknown program or fcgi-program x");
    refused(&format!("{A}[group:g]\nprograms=a,\n"), "[group:g] names unknown program or fcgi-program ");
    refused(
        "[group:g]\nprograms=l\n[eventlistener:l]\n",
        "[group:g] names unknown program or fcgi-program l",
    );
    refused(
        &format!("{A}[fcgi-program:a]\n[group:g]\nprograms=a\n"),
        "[group:g] name a is ambiguous (exists as program and fcgi-program)",
    );
    let failure = load_files(&[(MAIN, "[supervisord]\n[program:worker]\n[group:g]\nprograms=wroker\n")])
        .expect_err("a refusal");
    assert_eq!(failure.diagnostics[0].help.as_deref(), Some("did you mean worker?"));
}

#[test]
fn listeners_are_pools() {
    let group =
        only_group("[eventlistener:l]\ncommand=l\nevents=tick_5, PROCESS_STATE,TICK_5\nbuffer_size=3\n");
    let GroupKind::Listeners(pool) = &group.kind else { panic!("a pool") };
    assert_eq!(pool.events.iter().copied().collect::<Vec<_>>(), [EventKind::ProcessState, EventKind::Tick5]);
    assert_eq!((pool.buffer_size, pool.result_handler.name()), (3, "supervisor.dispatchers:default_handler"));
    let listener =
        |lines: &str, expect: &str| refused(&format!("[eventlistener:l]\ncommand=l\n{lines}"), expect);
    listener("", "[eventlistener:l] section requires an \"events\" line");
    listener("events=\n", "[eventlistener:l] section requires an \"events\" line");
    listener("events=TICK_5,\n", "Unknown event type  in [eventlistener:l] events");
    listener("events=tick_7\n", "Unknown event type TICK_7 in [eventlistener:l] events");
    listener("buffer_size=0\n", "[eventlistener:l] section sets invalid buffer_size (0)");
    listener("buffer_size=-1\n", "[eventlistener:l] section sets invalid buffer_size (-1)");
    listener("buffer_size=x\n", "invalid literal for int() with base 10: 'x'");
    listener(
        "events=EVENT\nredirect_stderr=true\n",
        "[eventlistener:l] section sets redirect_stderr=true but this is not allowed because it will interfere with the \
         eventlistener protocol",
    );
    // The handler is looked at before the events.
    listener(
        "result_handler=my.module:handle\n",
        "my.module:handle cannot be resolved within [eventlistener:l]: Python result handlers cannot be loaded; remove \
         the line, and let the listener judge the event: it answers OK or FAIL. Handlers that print output are built \
         in, such as supervisor_stdout:event_handler",
    );
    listener("event_length=words\n", "invalid 'event_length' value 'words'");
}

#[test]
fn handlers_of_answers() {
    #[track_caller]
    fn check(written: &str, expect: &ResultHandler) {
        let group = only_group(&format!(
            "[eventlistener:l]\ncommand=l\nevents=EVENT\nresult_handler={written}\nevent_length=Bytes\n"
        ));
        let GroupKind::Listeners(pool) = &group.kind else { panic!("a pool") };
        assert_eq!((&pool.result_handler, pool.event_length), (expect, EventLength::Bytes));
    }
    check("supervisor.dispatchers:default_handler", &ResultHandler::Default);
    check("supervisor.dispatchers : default_handler", &ResultHandler::Default);
    for name in [
        "supervisor_stdout:event_handler",
        "supervisor_console.events:event_handler",
        "supervisor_stdlog:log_handler",
        "our.vendored.supervisor_stdout:event_handler",
    ] {
        check(name, &ResultHandler::Printer(name.to_owned()));
    }
}

fn fastcgi(lines: &str) -> FastCgi {
    let group = only_group(&format!("[fcgi-program:f]\ncommand=f\n{lines}"));
    let GroupKind::FastCgi(fastcgi) = &group.kind else { panic!("a FastCGI group") };
    assert_eq!(group.processes[0].fastcgi.as_deref(), Some(fastcgi));
    fastcgi.clone()
}

#[test]
fn fastcgi_sockets_are_unix_or_tcp() {
    let unix = |mode, owner| FastCgiSocket::Unix { path: "/s/f".into(), mode, owner };
    assert_eq!(
        fastcgi("socket=unix:///s/./x/../%(program_name)s\n"),
        FastCgi { socket: unix(0o700, None), backlog: None }
    );
    assert_eq!(fastcgi("socket=unix:///s/f\nuser=web\n").socket, unix(0o700, Some((33, Some(34)))));
    assert_eq!(fastcgi("socket=unix:///s/f\nuser=root\n").socket, unix(0o700, None));
    let options = "socket=unix:///s/f\nuser=web\nsocket_owner=op\nsocket_mode=0770\nsocket_backlog=5\n";
    assert_eq!(fastcgi(options), FastCgi { socket: unix(0o770, Some((1000, None))), backlog: Some(5) });
    let tcp = FastCgiSocket::Tcp { host: "host".into(), port: 9000 };
    assert_eq!(fastcgi("socket=tcp://Host:9000\n").socket, tcp);
}

#[test]
fn bad_fastcgi_sockets_are_refused() {
    let socket =
        |lines: &str, expect: &str| refused(&format!("[fcgi-program:f]\ncommand=f\n{lines}\n"), expect);
    socket("", "[fcgi-program:f] section requires a \"socket\" line");
    socket("socket=", "[fcgi-program:f] section requires a \"socket\" line");
    socket("socket=foo", "Bad socket format foo in [fcgi-program:f] socket");
    socket("socket=tcp://a b:1", "Bad socket format tcp://a b:1 in [fcgi-program:f] socket");
    socket("socket=tcp://a:b:1", "Bad socket format tcp://a:b:1 in [fcgi-program:f] socket");
    socket("socket=tcp://:1", "Bad socket format tcp://:1 in [fcgi-program:f] socket");
    socket("socket=tcp://a:", "Bad socket format tcp://a: in [fcgi-program:f] socket");
    socket("socket=tcp://a:99999", "99999 is above upper bound (65535) in [fcgi-program:f] socket");
    socket("socket=tcp://a:0", "0 is below lower bound (1) in [fcgi-program:f] socket");
    socket("socket=unix://x", "Unix socket path x is not an absolute path in [fcgi-program:f] socket");
    let only_unix = "socket_owner and socket_mode params should only be used with a Unix domain socket in [fcgi-program:f] socket";
    socket("socket=tcp://a:1\nsocket_mode=0700", only_unix);
    socket("socket=tcp://a:1\nsocket_owner=web", only_unix);
    socket("socket_owner=nobody", "Invalid socket_owner value nobody");
    socket("socket_mode=9", "Invalid socket_mode value 9");
    socket("socket_backlog=0", "Invalid socket_backlog value 0");
    socket("socket_backlog=65536", "Invalid socket_backlog value 65536");
    socket("socket_backlog=x", "invalid literal for int() with base 10: 'x'");
    socket("user=nobody", "Invalid user name nobody");
    refused(
        "[fcgi-program:f]\nsocket=tcp://a:1\n",
        "program section fcgi-program:f does not specify a command in section 'fcgi-program:f' (file: '/d/s.conf')",
    );
}

#[test]
fn a_fastcgi_program_keeps_its_socket_inside_a_group() {
    let text = format!(
        "{A}[fcgi-program:f]\ncommand=f\nsocket=tcp://h:1\nnumprocs=2\nprocess_name=f%(process_num)d\n[group:g]\nprograms=a,f\n"
    );
    let group = only_group(&text);
    assert_eq!(group.kind, GroupKind::Programs);
    let [a, f0, f1] = group.processes.as_slice() else { panic!("three processes") };
    assert_eq!(a.fastcgi, None);
    let (first, second) = (f0.fastcgi.as_ref().expect("a socket"), f1.fastcgi.as_ref().expect("a socket"));
    assert!(Arc::ptr_eq(first, second));
    assert_eq!(first.socket, FastCgiSocket::Tcp { host: "h".into(), port: 1 });
    refused(
        "[fcgi-program:f]\ncommand=f\n[group:g]\nprograms=f\n",
        "[fcgi-program:f] section requires a \"socket\" line",
    );
}

#[test]
fn servers_are_inet_first() {
    let found = loaded(
        "[unix_http_server]\nfile=%(here)s/../s.sock\nchmod=0777\nchown=web:op\nusername=u\npassword=%%{SHA}x\n\
         [inet_http_server:two]\nport=*:2\nusername=\npassword=\n[unix_http_server:b]\nfile= ~/s\n[inet_http_server]\nport=H:1\n",
    );
    let servers = found.config.servers;
    let sections: Vec<&str> = servers.iter().map(|server| server.section.as_str()).collect();
    assert_eq!(
        sections,
        ["inet_http_server:two", "inet_http_server", "unix_http_server", "unix_http_server:b"]
    );
    assert_eq!(servers[0].address, Address::Inet { host: String::new(), port: 2 });
    assert_eq!(servers[0].credentials, None);
    assert_eq!(servers[1].address, Address::Inet { host: "h".into(), port: 1 });
    assert_eq!(
        servers[2].address,
        Address::Unix { path: "/s.sock".into(), mode: 0o777, owner: Some((33, Some(1000))) }
    );
    let credentials = servers[2].credentials.as_ref().expect("credentials");
    assert_eq!((credentials.username.as_str(), credentials.password.as_str()), ("u", "%{SHA}x"));
    assert!(!format!("{credentials:?}").contains("SHA"));
    assert_eq!(servers[3].address, Address::Unix { path: "/home/root/s".into(), mode: 0o700, owner: None });
}

#[test]
fn servers_take_ipv6_addresses_in_brackets_and_names_of_hosts() {
    let found = loaded(
        "[inet_http_server:a]\nport=[::]:1\nallowed_hosts=Sup.Example.COM, *.example.org,,[FD00::1]\n\
         [inet_http_server:b]\nport=[FE80::1]:2\n[unix_http_server]\nfile=s\nallowed_hosts=*\n",
    );
    let [all, local, unix] = &found.config.servers[..] else { panic!("three servers") };
    assert_eq!(all.address, Address::Inet { host: "[::]".into(), port: 1 });
    assert_eq!(all.allowed_hosts, ["sup.example.com", "*.example.org", "[fd00::1]"]);
    assert_eq!(local.address, Address::Inet { host: "[fe80::1]".into(), port: 2 });
    assert!(local.allowed_hosts.is_empty());
    assert_eq!(unix.allowed_hosts, ["*"]);
}

#[test]
fn mistakes_in_servers_are_refused() {
    let incomplete = |section: &str| {
        format!(
            "Section [{section}] contains incomplete authentication: If a username or a password is specified, both the \
             username and password must be specified"
        )
    };
    refused("[unix_http_server]\n", "section [unix_http_server] has no file value");
    refused("[inet_http_server:x]\n", "section [inet_http_server:x] has no port value");
    refused("[inet_http_server]\nport=abc\n", "not a valid port number: 'abc' ");
    refused("[inet_http_server]\nport=h:99999\n", "99999 is above upper bound (65535)");
    refused("[inet_http_server]\nport=h:\n", "no port number specified in ''");
    refused("[unix_http_server]\nfile=s\nchmod=9\n", "Invalid chmod value 9");
    refused("[unix_http_server]\nfile=s\nchown=nobody\n", "Invalid sockchown value nobody");
    for name in ["*example.com", "a.*.com", "http://a", "a:9001", "::1", "[::x]", "*.", ".a", "a b"] {
        let expect = format!("{name} is not a name of hosts in allowed_hosts");
        refused(&format!("[unix_http_server]\nfile=s\nallowed_hosts=ok, {name}\n"), &expect);
    }
    refused("[unix_http_server]\nfile=s\nusername=u\n", &incomplete("unix_http_server"));
    refused("[inet_http_server]\npassword=p\n", &incomplete("inet_http_server"));
    refused("[inet_http_server]\nport=1\nusername=\npassword=p\n", &incomplete("inet_http_server"));
    refused(
        "[inet_http_server]\nport=%(here)s\n",
        "Format string '%(here)s' for 'inet_http_server.port' contains names ('here') which cannot be expanded. Available \
         names: ",
    );
}

#[test]
fn a_password_that_could_let_nobody_in_is_refused() {
    refused(
        "[inet_http_server]\nport=1\nusername=u\npassword={BAD}x\n",
        "section [inet_http_server] has an unusable password: it is bad",
    );
    loaded("[inet_http_server]\nport=1\nusername=u\npassword=$2y$06$/tt.;#x{BAD}\n");
}

#[test]
fn servers_that_others_reach_need_a_password_where_that_is_asked_for() {
    let server = |kind: &str, place: &str, more: &str| {
        (
            format!("[{kind}_http_server:x]\n{place}\n{more}"),
            format!("section [{kind}_http_server:x] has no password, and others can reach it"),
        )
    };
    let asked = "[supervisord]\nrequire_password=true\n";
    for (kind, place) in [
        ("inet", "port=9001"),
        ("inet", "port=*:9001"),
        ("inet", "port=0.0.0.0:9001"),
        ("inet", "port=[::]:9001"),
        ("inet", "port=10.0.0.1:9001"),
        ("inet", "port=host.example:9001"),
        ("unix", "file=s\nchmod=0777"),
        ("unix", "file=s\nchmod=0702"),
    ] {
        let (text, message) = server(kind, place, "");
        refused(&format!("{asked}{text}"), &message);
        loaded(&text);
        loaded(&format!("{asked}{}", server(kind, place, "username=u\npassword=p\n").0));
    }
    for (kind, place) in [
        ("inet", "port=127.0.0.1:9001"),
        ("inet", "port=127.1.2.3:9001"),
        ("inet", "port=localhost:9001"),
        ("inet", "port=LOCALHOST:9001"),
        ("inet", "port=[::1]:9001"),
        ("inet", "port=[::ffff:127.0.0.1]:9001"),
        ("unix", "file=s"),
        ("unix", "file=s\nchmod=0770"),
    ] {
        loaded(&format!("{asked}{}", server(kind, place, "").0));
    }
}

#[test]
fn a_program_may_get_the_environment_of_its_user() {
    let variables = |lines: &str| {
        let found = loaded(&format!(
            "[supervisord]\nenvironment=USER=\"below\",X=\"y\"\n[program:a]\ncommand=b\n{lines}"
        ));
        let environment = found.config.groups[0].processes[0].environment.clone();
        let said: Vec<_> = environment.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
        said.join(" ")
    };
    assert_eq!(variables("user=web\n"), "USER=below X=y");
    assert_eq!(variables("user_environment=true\n"), "USER=below X=y");
    assert_eq!(variables("user=web\nuser_environment=true\n"), "HOME=/home/web LOGNAME=web USER=below X=y");
    assert_eq!(
        variables("user=web\nuser_environment=true\nenvironment=HOME=\"/srv\",USER=\"me\"\n"),
        "HOME=/srv LOGNAME=web USER=me X=y"
    );
}

#[test]
fn the_main_interface_is_served_under_any_name() {
    let factory = "supervisor.rpcinterface_factory";
    let main = "supervisor.rpcinterface:make_main_rpcinterface";
    let found = loaded(&format!(
        "[DEFAULT]\nx=%(nothing)s\n[rpcinterface:b]\n{factory}={main}\n[rpcinterface:a]\n{factory}:{main}\n"
    ));
    assert_eq!(found.config.rpc_namespaces, ["b", "a"]);
    let spaced = main.replace(':', " : ");
    assert_eq!(loaded(&format!("[rpcinterface:a]\n{factory}={spaced}\n")).config.rpc_namespaces, ["a"]);
    refused(
        &format!("[rpcinterface:x]\n{factory}=\n  {main}\n"),
        &format!(
            "\n{main} cannot be resolved within [rpcinterface:x]: Python code runs in a process of its own; add the \
             line command = python3 -m provost_host"
        ),
    );
    refused(
        "[rpcinterface:x]\n",
        "section [rpcinterface:x] does not specify a supervisor.rpcinterface_factory",
    );
    refused(
        &format!("[rpcinterface:x]\n{factory}=my.rpc:make\n"),
        "my.rpc:make cannot be resolved within [rpcinterface:x]: Python code runs in a process of its own; add the line \
         command = python3 -m provost_host",
    );
}

#[test]
fn a_namespace_with_a_command_is_a_process() {
    let text = "[rpcinterface:r]\ncommand=serve -x\nsupervisor.rpcinterface_factory = a.b:c\nrpc_timeout=5\n\
                user=web\nbind=*%%:1\n";
    let group = only_group(text);
    let GroupKind::RpcPlugin(plugin) = &group.kind else { panic!("a plug-in") };
    assert_eq!((plugin.timeout, plugin.factory.as_deref()), (5, Some("a.b:c")));
    assert_eq!(plugin.settings, [("bind".to_owned(), "*%:1".to_owned())].into());
    let process = &group.processes[0];
    assert_eq!((&*process.name, process.command.as_str(), group.priority), ("r", "serve -x", -1));
    assert_eq!((&process.stdout.logfile, process.autorestart), (&LogFile::None, AutoRestart::Always));
    let found = loaded(text);
    assert_eq!((found.config.rpc_namespaces.len(), found.origins.len()), (0, 1));
    assert_eq!(found.warnings, [], "its own options are no slips of the pen");

    let plugin =
        |lines: &str, expect: &str| refused(&format!("[rpcinterface:r]\ncommand=r\n{lines}"), expect);
    plugin("rpc_timeout=0\n", "[rpcinterface:r] section sets invalid rpc_timeout (0)");
    plugin("rpc_timeout=x\n", "invalid literal for int() with base 10: 'x'");
    plugin(
        "numprocs=2\nprocess_name=%(process_num)s\n",
        "[rpcinterface:r] has 2 processes, but one serves a namespace",
    );
    plugin(
        "redirect_stderr=true\n",
        "[rpcinterface:r] section sets redirect_stderr=true but this is not allowed because it will interfere with the \
         JSON-RPC protocol",
    );
    plugin(
        "supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n",
        "[rpcinterface:r] has a command, but the main interface is built in",
    );
    plugin(
        "own=%(nope)s\n",
        "Format string '%(nope)s' for 'rpcinterface:r.own' contains names ('nope') which cannot be expanded. Available \
         names: ",
    );
    for (name, expect) in [
        ("system", "[rpcinterface:system] names a namespace that the daemon serves itself"),
        ("provost", "[rpcinterface:provost] names a namespace that the daemon serves itself"),
        ("a.b", "[rpcinterface:a.b] has a dot in its name, which ends a namespace"),
    ] {
        refused(&format!("[rpcinterface:{name}]\ncommand=r\n"), expect);
    }
    // A command for every section is for programs.
    refused(
        "[DEFAULT]\ncommand=r\n[rpcinterface:r]\n",
        "section [rpcinterface:r] does not specify a supervisor.rpcinterface_factory",
    );
}

#[test]
fn log_files_have_words_of_their_own() {
    let logfile =
        |value: &str| only_group(&format!("{A}stdout_logfile={value}\n")).processes[0].stdout.logfile.clone();
    for none in ["none", "OFF", "", "None"] {
        assert_eq!(logfile(none), LogFile::None, "{none}");
    }
    assert_eq!(logfile("Auto"), LogFile::Auto);
    assert_eq!(logfile("x.log"), LogFile::Path("x.log".into()));
    assert_eq!(logfile("/tmp/100%%"), LogFile::Path("/tmp/100%".into()));
    assert_eq!(logfile("/tmp/100%%%%"), LogFile::Path("/tmp/100%".into()));
    assert_eq!(logfile("/dev/../tmp/%(program_name)s"), LogFile::Path("/dev/../tmp/a".into()));
}

#[test]
fn deprecated_and_useless_log_options_are_reported_per_process() {
    let check = |lines: &str, expect: &[&str]| {
        let messages: Vec<String> =
            loaded(&format!("{A}{lines}\n")).messages.into_iter().map(|line| line.1).collect();
        assert_eq!(messages, expect, "{lines}");
    };
    let syslog = "For [program:a], stdout_logfile=syslog but this is deprecated and will be removed.  Use stdout_syslog=true \
                  to enable syslog instead.";
    check("stdout_logfile=Syslog", &[syslog]);
    check("stdout_logfile=syslog\nnumprocs=2\nprocess_name=%(process_num)d", &[syslog, syslog]);
    let process = Arc::clone(&only_group(&format!("{A}stdout_logfile=syslog\n")).processes[0]);
    assert_eq!((&process.stdout.logfile, process.stdout.syslog), (&LogFile::None, true));
    check(
        "stderr_logfile_maxbytes=0",
        &[
            "For [program:a], AUTO logging used for stderr_logfile without rollover, set maxbytes > 0 to avoid filling up \
             filesystem unintentionally",
        ],
    );
    let ignored = "For [program:a], redirect_stderr=true but stderr_logfile has also been set to a filename, the filename \
                   has been ignored";
    check("redirect_stderr=true\nstderr_logfile=x", &[ignored]);
    check("redirect_stderr=true\nstderr_logfile=", &[ignored]);
    check("redirect_stderr=true\nstderr_logfile=none", &[]);
    check("redirect_stderr=true\nstderr_logfile=auto", &[]);
    let process =
        Arc::clone(&only_group(&format!("{A}redirect_stderr=true\nstderr_logfile=x\n")).processes[0]);
    assert_eq!(process.stderr.logfile, LogFile::None);
}

#[test]
fn what_is_accepted_and_probably_not_meant_is_reported() {
    warns(A, &[]);
    warns(&format!("{A}numprocs=0\n"), &["4 [program:a] has no processes, because numprocs is 0"]);
    warns("[program:a]\ncommand=\n", &["3 [program:a] has an empty command and cannot start"]);
    warns("[program:]\ncommand=a\n", &["2 [program:] has no name behind the colon"]);
    warns("[group:g]\n", &["2 [group:g] has no programs"]);
    warns(
        &format!("{A}environment=A=b;C=d\n"),
        &["4 ';' stands between two variables of [program:a] environment"],
    );
    warns("environment=A=b C\n", &["2 'C' stands between two variables of [supervisord] environment"]);
    warns(&format!("{A}autostrat=1\n"), &["4 unknown option 'autostrat' in [program:a] is ignored"]);
    warns(
        &format!("{A}{B}[group:a]\nprograms=b\n"),
        &["2 there are two groups named 'a': this one is ignored, the one of /d/s.conf:6 is used"],
    );
    warns(
        "[program:a]\ncommand=a\nprocess_name=x\n[program:b]\ncommand=b\nprocess_name=x\n[group:g]\nprograms=a,b\n",
        &["9 two processes of [group:g] are named 'x': the later one is used"],
    );
}

#[test]
fn of_twins_the_reference_keeps_one() {
    // The first group after sorting wins; the later process takes the place of the earlier one.
    shape(&format!("{A}{B}[group:a]\nprograms=b\n"), "a(b)");
    shape(&format!("{A}priority=1\n{B}[group:a]\nprograms=b\n"), "a(a)");
    let text = "[program:a]\ncommand=1\nprocess_name=x\n[program:b]\ncommand=2\nprocess_name=x\n[program:c]\ncommand=3\n\
                [group:g]\nprograms=a,c,b\n";
    let group = only_group(text);
    let commands: Vec<&str> = group.processes.iter().map(|process| process.command.as_str()).collect();
    assert_eq!(commands, ["2", "3"]);
}

#[test]
fn mistakes_in_included_files_name_them() {
    let main = "[include]\nfiles=c/*.ini\n[supervisord]\n";
    let failure = load_files(&[(MAIN, main), ("/d/c/p.ini", "[program:p]\ncommand=%(here)s\nautostart=x\n")])
        .expect_err("a refusal");
    assert_eq!(
        failure.message(),
        "not a valid boolean value: 'x' in section 'program:p' (file: '/d/c/p.ini')"
    );
    assert_eq!(
        failure.render(),
        "Error: not a valid boolean value: 'x' in section 'program:p' (file: '/d/c/p.ini')\n  --> /d/c/p.ini:3:11\n   |\n \
         3 | autostart=x\n   |           ^\n  help: write true or false\n"
    );
    // The section belongs to the file that has it first, the value to the file it is in.
    let main = format!("{main}[program:p]\ncommand=c\n");
    let failure =
        load_files(&[(MAIN, &main), ("/d/c/p.ini", "[program:p]\nautostart=x\n")]).expect_err("a refusal");
    assert_eq!(
        failure.message(),
        "not a valid boolean value: 'x' in section 'program:p' (file: '/d/s.conf')"
    );
    assert_eq!(failure.diagnostics[0].place.as_ref().map(|place| place.file.as_str()), Some("/d/c/p.ini"));
}

#[test]
fn warnings_come_before_the_names_of_included_files() {
    let main = "[include]\nfiles=c/*.ini nope.ini\n[supervisord]\n";
    let found = load_files(&[(MAIN, main), ("/d/c/p.ini", A)]).expect("valid");
    assert_eq!(
        found.messages,
        [
            (Level::Warn, "No file matches via include \"/d/nope.ini\"".to_owned()),
            (Level::Info, "Included extra file \"/d/c/p.ini\" during parsing".to_owned()),
        ]
    );
}

/// Checks which file is found, or the message.
fn found(file: ConfigFile, system: &FakeSystem, expect: &str) {
    let shown = match load(&Request { file, overrides: Overrides::default() }, system) {
        Ok(loaded) => loaded.config.supervisord.config_file,
        Err(failure) => failure.message().to_owned(),
    };
    assert_eq!(shown, expect);
}

#[test]
fn the_file_is_found_as_the_reference_finds_it() {
    let given = |path: &str| ConfigFile::Given(path.into());
    let search = |program: &str| ConfigFile::Search { program: program.into() };
    let text = "[supervisord]\n";
    let mut system = FakeSystem::with_files(&[("/w/x.conf", text), ("/w/etc/supervisord.conf", text)]);
    system.add_file("/locked", text.as_bytes());
    system.locked.insert("/locked".into());
    found(given("x.conf"), &system, "/w/x.conf");
    found(given("../w/x.conf"), &system, "/w/x.conf");
    found(given("nope"), &system, "could not find config file nope");
    found(given(""), &system, "could not find config file ");
    found(given("~/x.conf"), &system, "could not find config file ~/x.conf");
    found(given("/locked"), &system, "could not read config file /locked");
    found(given("/tmp"), &system, "could not read config file /tmp");
    found(search("/usr/bin/supervisord"), &system, "/w/etc/supervisord.conf");
    system.add_file("/etc/supervisord.conf", text.as_bytes());
    found(search("/usr/bin/supervisord"), &system, "/w/etc/supervisord.conf");
    system.add_file("/usr/etc/supervisord.conf", text.as_bytes());
    found(search("/usr/bin/supervisord"), &system, "/usr/etc/supervisord.conf");
    found(
        search("/opt/bin/supervisord"),
        &FakeSystem::default(),
        "No config file found at default paths (/opt/etc/supervisord.conf, /opt/supervisord.conf, supervisord.conf, \
         etc/supervisord.conf, /etc/supervisord.conf, /etc/supervisor/supervisord.conf); use the -c option to specify a \
         config file at a different path",
    );
}

#[test]
fn reading_again_does_not_depend_on_the_working_directory() {
    let mut system = FakeSystem::with_files(&[(
        "/w/x.conf",
        "[supervisord]\n[program:p]\ncommand=%(here)s\nautostart=%(ENV_S)s\n",
    )]);
    system.environment.insert("S".into(), "on".into());
    let request = Request { file: ConfigFile::Given("x.conf".into()), overrides: Overrides::default() };
    let first = load(&request, &system).expect("valid");
    system.cwd = "/tmp".into();
    let again = load(&first.again, &system).expect("valid");
    assert_eq!(again.config.groups, first.config.groups);
    assert_eq!(again.config.supervisord.config_file, "/w/x.conf");
    system.environment.insert("S".into(), "x".into());
    let failure = load(&first.again, &system).expect_err("a refusal");
    assert_eq!(failure.message(), "not a valid boolean value: 'x' in section 'program:p' (file: 'x.conf')");
}

#[test]
fn no_usable_directory_for_automatic_logs_is_no_error_yet() {
    let mut system = FakeSystem::with_files(&[(MAIN, "[supervisord]\n")]);
    system.dirs.clear();
    let request = Request { file: ConfigFile::Given(MAIN.into()), overrides: Overrides::default() };
    assert_eq!(load(&request, &system).expect("valid").config.supervisord.childlogdir, None);
}

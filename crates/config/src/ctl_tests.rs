use super::*;
use crate::system::FakeSystem;

/// What the client makes of `text` in `/d/s.conf`.
fn loaded(text: &str, invocation: &CtlInvocation) -> Result<CtlConfig, Failure> {
    let mut system = FakeSystem::with_files(&[("/d/s.conf", text)]);
    system.environment.insert("X".into(), "x".into());
    let invocation = CtlInvocation { configuration: Some("/d/s.conf".into()), ..invocation.clone() };
    load(&invocation, "/usr/bin/supervisorctl", &system)
}

/// Checks `serverurl username password prompt history_file`, with `-` for what is absent.
fn check(text: &str, expect: &str) {
    let config = loaded(text, &CtlInvocation::default()).expect("valid");
    let or = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    let fields = [
        config.serverurl.clone(),
        or(&config.username),
        or(&config.password),
        config.prompt.clone(),
        or(&config.history_file),
    ];
    assert_eq!(fields.join(" "), expect, "{text:?}");
    assert_eq!(config.config_file.as_deref(), Some("/d/s.conf"));
}

fn refused(text: &str, expect: &str) {
    assert_eq!(loaded(text, &CtlInvocation::default()).expect_err("a refusal").message(), expect, "{text:?}");
}

#[test]
fn the_section_of_the_client_is_read() {
    check("[supervisorctl]\n", "http://localhost:9001 - - supervisor -");
    check("[supervisorctl]\nserverurl=unix://%(here)s/../s.sock\n", "unix:///s.sock - - supervisor -");
    check("[supervisorctl]\nserverurl=unix://s.sock\n", "unix:///w/s.sock - - supervisor -");
    check("[supervisorctl]\nserverurl=unix://~/s.sock\n", "unix:///home/root/s.sock - - supervisor -");
    check("[supervisorctl]\nserverurl=http://H:1/\nprompt=p%(ENV_X)s\n", "http://H:1/ - - px -");
    check("[supervisorctl]\nusername=u\npassword=%%p\n", "http://localhost:9001 u %p supervisor -");
    check("[supervisorctl]\nhistory_file=~/.sc\n", "http://localhost:9001 - - supervisor /home/root/.sc");
    check("[supervisorctl]\nhistory_file=%(here)s/h\n", "http://localhost:9001 - - supervisor /d/h");
    check("[include]\nnothing=1\n[supervisorctl]\nhistory_file=\n", "http://localhost:9001 - - supervisor -");
}

#[test]
fn mistakes_are_refused() {
    refused("[supervisord]\n", ".ini file does not include supervisorctl section");
    refused("[supervisorctl]\nx\n", "Source contains parsing errors: '/d/s.conf'\n\t[line  2]: 'x\\n'");
    refused(
        "[supervisorctl]\nprompt=%(here)s\n",
        "Format string '%(here)s' for 'supervisorctl.prompt' contains names ('here') which cannot be expanded. Available \
         names: ENV_X",
    );
    refused(
        "[supervisorctl]\n[ctlplugin:a]\n",
        "section [ctlplugin:a] does not specify a supervisor.ctl_factory",
    );
    let invocation = CtlInvocation { configuration: Some("nope".into()), ..CtlInvocation::default() };
    let failure = load(&invocation, "supervisorctl", &FakeSystem::default()).expect_err("a refusal");
    assert_eq!(failure.message(), "could not find config file nope");
}

#[test]
fn an_empty_name_is_that_of_no_file() {
    let invocation = CtlInvocation { configuration: Some(String::new()), ..CtlInvocation::default() };
    let system = FakeSystem::with_files(&[("/w/supervisord.conf", "[supervisorctl]\nprompt=p\n")]);
    let config = load(&invocation, "/usr/bin/supervisorctl", &system).expect("nothing to refuse");
    assert_eq!((config.config_file, config.prompt.as_str()), (None, "supervisor"));
}

#[test]
fn python_plugins_are_accepted_and_remembered() {
    let text = "[supervisorctl]\n[ctlplugin:a]\nsupervisor.ctl_factory=b:c\nmore=1\n";
    let config = loaded(text, &CtlInvocation::default()).expect("valid");
    assert!(config.warnings.is_empty(), "who does not ask for the command is not told");
    assert_eq!(
        config.python_plugins["a"].message,
        "[ctlplugin:a] is ignored: Python plugins cannot be loaded"
    );
    assert!(config.plugins.is_empty());
}

#[test]
fn programs_provide_commands() {
    let text = "[DEFAULT]\ncommand=for programs\n[supervisorctl]\n[ctlplugin:a]\nsupervisor.ctl_factory=b:c\n\
                command=%(here)s/a %(ENV_X)s\n[ctlplugin:b]\nsupervisor.ctl_factory=b:c\n";
    let config = loaded(text, &CtlInvocation::default()).expect("valid");
    let plugins: Vec<_> = config.plugins.iter().map(|(name, line)| (name.as_str(), line.as_str())).collect();
    assert_eq!(plugins, [("a", "/d/a x")]);
    assert_eq!(config.python_plugins.keys().collect::<Vec<_>>(), ["b"], "the one that is Python only");
    refused(
        "[supervisorctl]\n[ctlplugin:a]\ncommand=%(nope)s\n",
        "Format string '%(nope)s' for 'ctlplugin:a.command' contains names ('nope') which cannot be expanded. Available \
         names: ENV_X, here",
    );
}

#[test]
fn the_command_line_wins() {
    let invocation = CtlInvocation {
        serverurl: Some("http://c".into()),
        username: Some("cu".into()),
        password: Some("cp".into()),
        history_file: Some("ch".into()),
        ..CtlInvocation::default()
    };
    let text = "[supervisorctl]\nserverurl=http://f\nusername=fu\npassword=fp\nhistory_file=fh\n";
    let config = loaded(text, &invocation).expect("valid");
    assert_eq!(config.serverurl, "http://c");
    assert_eq!((config.username.as_deref(), config.password.as_deref()), (Some("cu"), Some("cp")));
    assert_eq!(config.history_file.as_deref(), Some("/w/ch"));
}

#[test]
fn no_file_at_all_is_fine() {
    let found = load(&CtlInvocation::default(), "/opt/p/bin/supervisorctl", &FakeSystem::default())
        .expect("defaults");
    assert_eq!((found.serverurl.as_str(), found.prompt.as_str()), ("http://localhost:9001", "supervisor"));
    assert_eq!(found.config_file, None);
    let system =
        FakeSystem::with_files(&[("/opt/p/etc/supervisord.conf", "[supervisorctl]\nprompt=found\n")]);
    let found = load(&CtlInvocation::default(), "/opt/p/bin/supervisorctl", &system).expect("valid");
    assert_eq!(found.prompt, "found");
}

#[test]
fn what_the_file_says_about_the_daemon() {
    let check = |text: &str, expect: (&str, &[&str])| {
        let config = loaded(&format!("[supervisorctl]\n{text}"), &CtlInvocation::default()).expect("valid");
        let DaemonTraces { pidfile, urls } = config.daemon;
        assert_eq!(
            (pidfile.as_deref().unwrap_or("-"), urls),
            (expect.0, expect.1.iter().map(|url| (*url).to_owned()).collect()),
            "{text}"
        );
    };
    check("", ("-", &[]));
    check("[supervisord]\n", ("-", &[]));
    check("[supervisord]\npidfile=%(here)s/s.pid\n", ("/d/s.pid", &[]));
    check("[supervisord]\npidfile=s.pid\n", ("/w/s.pid", &[]));
    check("[supervisord]\npidfile=%(nonsense)s\n", ("-", &[]));
    check("[unix_http_server]\nfile=%(here)s/../%(ENV_X)s.sock\n", ("-", &["unix:///x.sock"]));
    check("[unix_http_server]\n[inet_http_server]\nport=nonsense\n", ("-", &[]));
    check(
        "[inet_http_server]\nport=:9001\n[inet_http_server:b]\nport=h:1\n",
        ("-", &["http://localhost:9001", "http://h:1"]),
    );
}

#[test]
fn who_chose_the_url() {
    let check = |text: &str, url: Option<&str>, expect: UrlOrigin| {
        let invocation = CtlInvocation { serverurl: url.map(str::to_owned), ..CtlInvocation::default() };
        assert_eq!(loaded(text, &invocation).expect("valid").url_origin, expect, "{text}");
    };
    check("[supervisorctl]\n", None, UrlOrigin::Default);
    check("[supervisorctl]\nserverurl=http://h:1\n", None, UrlOrigin::File);
    check("[supervisorctl]\nserverurl=http://h:1\n", Some("unix:///s"), UrlOrigin::CommandLine);
}

#[test]
fn a_file_of_another_user_in_the_current_directory_is_pointed_out() {
    let check = |(file, owner): (&str, u32), named: bool, expect: bool| {
        let path = path::absolute(file, "/w");
        let mut system = FakeSystem::with_files(&[(&path, "[supervisorctl]\n[ctlplugin:x]\ncommand=y\n")]);
        system.uid = 1000;
        system.owners.insert(file.to_owned(), owner);
        let configuration = named.then(|| file.to_owned());
        let invocation = CtlInvocation { configuration, ..CtlInvocation::default() };
        let config = load(&invocation, "/usr/bin/supervisorctl", &system).expect("valid");
        let warnings: Vec<&str> = config.warnings.iter().map(|warning| warning.message.as_str()).collect();
        assert_eq!(!warnings.is_empty(), expect, "{file} {owner} {warnings:?}");
        assert_eq!(config.plugins.is_empty(), expect, "{file} {owner} runs no programs of its choice");
        assert!(warnings.iter().all(|warning| warning.contains("(uid 33)")), "{warnings:?}");
    };
    check(("supervisord.conf", 33), false, true);
    check(("etc/supervisord.conf", 33), false, true);
    check(("supervisord.conf", 1000), false, false);
    check(("supervisord.conf", 0), false, false);
    check(("supervisord.conf", 33), true, false);
    check(("/etc/supervisord.conf", 33), false, false);
}

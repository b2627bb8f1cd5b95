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
fn python_plugins_are_accepted_with_a_warning() {
    let text = "[supervisorctl]\n[ctlplugin:a]\nsupervisor.ctl_factory=b:c\nmore=1\n";
    let config = loaded(text, &CtlInvocation::default()).expect("valid");
    assert_eq!(config.warnings.len(), 1);
    assert_eq!(config.warnings[0].message, "[ctlplugin:a] is ignored: Python plugins cannot be loaded");
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

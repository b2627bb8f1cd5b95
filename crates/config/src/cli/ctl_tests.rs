use super::*;

fn parse(line: &str) -> Result<CtlCommand, UsageError> {
    let args: Vec<String> = line.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    supervisorctl(&args)
}

fn check(line: &str, change: impl FnOnce(&mut CtlInvocation)) {
    let mut expect = CtlInvocation::default();
    change(&mut expect);
    assert_eq!(parse(line), Ok(CtlCommand::Run(Box::new(expect))), "{line}");
}

fn refused(line: &str, expect: &str) {
    assert_eq!(parse(line).expect_err("a refusal").to_string(), expect, "{line}");
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

#[test]
fn options_stop_at_the_action() {
    check("", |to| to.interactive = true);
    check("status", |to| to.action = words("status"));
    check("stop -i all", |to| to.action = words("stop -i all"));
    check("-i status", |to| (to.interactive, to.action) = (true, words("status")));
    check("-- -x", |to| to.action = words("-x"));
    check("-c f -s http://h:1 -u me -p secret pid", |to| {
        to.configuration = Some("f".into());
        to.serverurl = Some("http://h:1".into());
        to.username = Some("me".into());
        to.password = Some("secret".into());
        to.action = words("pid");
    });
    check("--server=unix:///x pid", |to| {
        (to.serverurl, to.action) = (Some("unix:///x".into()), words("pid"));
    });
    for spelling in ["-r h", "--history_file h", "--history-file=h", "--hist h"] {
        check(&format!("{spelling} pid"), |to| {
            (to.history_file, to.action) = (Some("h".into()), words("pid"));
        });
    }
    check("--json pid", |to| (to.json, to.action) = (true, words("pid")));
    check("--js pid", |to| (to.json, to.action) = (true, words("pid")));
    check("pid --json", |to| to.action = words("pid --json"));
    assert_eq!(parse("-h"), Ok(CtlCommand::Help));
    assert_eq!(parse("-? status"), Ok(CtlCommand::Help));
}

#[test]
fn what_is_no_url_gets_a_hint_how_to_write_one() {
    let check = |line: &str, expect: &str| {
        let failure = crate::diagnostic::Failure::from(parse(line).expect_err(line));
        assert_eq!(failure.diagnostics[0].help.as_deref(), Some(expect), "{line}");
    };
    check("-s 127.0.0.1:9001", "write http://127.0.0.1:9001, or unix:///PATH for a socket");
    check("-s /run/s.sock", "write unix:///run/s.sock");
}

#[test]
fn mistakes_get_the_words_of_the_reference() {
    refused("-z", "option -z not recognized");
    refused("--h x", "option --h not a unique prefix");
    refused("-s foo", "invalid value for -s 'foo': value 'foo' is not a URL");
    refused("-s http://a -s http://a", "conflicting command line option '-s'");
    refused("-r a --history-file b", "conflicting command line option '--history-file'");
    refused("-u", "option -u requires argument");
    refused("--json --json pid", "conflicting command line option '--json'");
    refused("--json=1 pid", "option --json must not have an argument");
}

#[test]
fn a_password_is_not_in_debug_output() {
    let command = parse("-p secret pid").expect("valid");
    assert!(!format!("{command:?}").contains("secret"));
}

#[test]
fn the_help_is_made_from_the_table() {
    let help = ctl_help("supervisorctl");
    assert!(
        help.starts_with("supervisorctl -- control applications run by supervisord from the cmd line.\n")
    );
    assert!(help.contains("\n-s/--serverurl URL -- "));
    assert!(help.contains("\n-r/--history_file FILENAME -- "));
    assert!(help.contains("\n--json -- "));
}

use super::*;

#[test]
fn sections_are_found_by_their_names() {
    let kind = |name| section_row(name).map(|row| row.kind);
    for (name, expect) in [
        ("supervisord", Some(Kind::Supervisord)),
        ("Supervisord", None),
        ("supervisord:x", None),
        ("unix_http_server", Some(Kind::UnixHttpServer)),
        ("unix_http_server:two", Some(Kind::UnixHttpServer)),
        ("inet_http_serverx", Some(Kind::InetHttpServer)),
        ("program:x", Some(Kind::Program)),
        ("program:", Some(Kind::Program)),
        ("program", None),
        ("fcgi-program:x", Some(Kind::FcgiProgram)),
        ("include", Some(Kind::Include)),
        ("include:x", None),
        ("ctlplugin:x", Some(Kind::CtlPlugin)),
    ] {
        assert_eq!(kind(name), expect, "{name}");
    }
}

#[test]
fn no_option_is_listed_twice_and_defaults_are_valid_samples() {
    for section in SECTIONS {
        let mut names: Vec<&str> = section.options().map(|option| option.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "{}", section.name);
        for option in section.options() {
            assert_eq!(option.name, option.name.to_lowercase());
            assert!(option.help.ends_with('.'), "{}", option.name);
        }
    }
}

#[test]
fn every_option_of_the_reference_has_a_row() {
    let count = |kind| row_of(kind).options().filter(|row| row.since != Some(OURS)).count();
    assert_eq!(count(Kind::Supervisord), 17);
    assert_eq!(count(Kind::UnixHttpServer), 5);
    assert_eq!(count(Kind::InetHttpServer), 3);
    assert_eq!(count(Kind::Supervisorctl), 5);
    assert_eq!(count(Kind::Program), 32);
    assert_eq!(count(Kind::EventListener), 35);
    assert_eq!(count(Kind::FcgiProgram), 36);
    assert_eq!(count(Kind::Group), 2);
}

#[test]
fn the_nearest_name_is_one_that_may_have_been_meant() {
    let names = || row_of(Kind::Program).options().map(|option| option.name);
    for (name, expect) in [
        ("comand", Some("command")),
        ("auto_start", Some("autostart")),
        ("autorestrat", Some("autorestart")),
        ("stdout_logfiles", Some("stdout_logfile")),
        ("enviroment", Some("environment")),
        ("stop_signal", Some("stopsignal")),
        ("whatever", None),
        ("x", None),
    ] {
        assert_eq!(nearest(name, names()), expect, "{name}");
    }
    for (a, b, expect) in
        [("", "", 0), ("abc", "", 3), ("ab", "ba", 1), ("kitten", "sitting", 3), ("ca", "abc", 3)]
    {
        assert_eq!(distance(a, b), expect, "{a} {b}");
    }
}

#[test]
fn the_option_reference_has_every_option() {
    let page = option_reference_markdown();
    for section in SECTIONS {
        assert!(page.contains(&format!("\n## `[{}", section.name)));
        for option in section.options() {
            assert!(page.contains(&format!("\n| `{}` | ", option.name)), "{}", option.name);
        }
    }
    assert!(page.contains(
        "| `silent` | `true`/`yes`/`on`/`1` or `false`/`no`/`off`/`0` | `false` | `here`, `ENV_*` | 4.2.0 |"
    ));
}

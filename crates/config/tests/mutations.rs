//! Configurations with accidents: whatever a file looks like, loading it ends in a configuration or in a refusal that
//! names its reason, and means the same every time.

use proptest::prelude::*;
use proptest::sample::select;

use provost_config::cli::Overrides;
use provost_config::diff::diff;
use provost_config::resolve::{ConfigFile, Request, load};
use provost_config::sample::sample_configuration;
use provost_config::system::FakeSystem;

const LINES: &[&str] = &[
    "[supervisord]",
    "[DEFAULT]",
    "[program:a]",
    "[program:b]",
    "[group:g]",
    "[group:a]",
    "[eventlistener:l]",
    "[fcgi-program:f]",
    "[include]",
    "[unix_http_server]",
    "[inet_http_server:x]",
    "[rpcinterface:supervisor]",
    "supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface",
    "command=/bin/cat %(program_name)s %(process_num)02d ; comment",
    "process_name=%(program_name)s_%(process_num)d",
    "numprocs=3",
    "numprocs_start=-2",
    "programs=a, f",
    "programs=a,b,a",
    "events=EVENT,TICK_5",
    "socket=unix:///tmp/%(program_name)s.sock",
    "socket=tcp://localhost:9000",
    "files=*.ini %(here)s/x",
    "file=%(here)s/s.sock",
    "port=*:9001",
    "username=u",
    "password=",
    "user=web",
    "environment=A=\"1\",B='%(ENV_A)s'",
    "stdout_logfile=/tmp/%%%%.log",
    "priority=-1",
    "\tcontinued = yes",
    "  ",
    "; comment",
    "no delimiter",
    "= no name",
];

const PIECES: &[&str] = &[
    " ",
    "\t",
    "\n",
    "\r",
    ";",
    " ;",
    "#",
    "=",
    ":",
    "[",
    "]",
    "%",
    "%(",
    "%s",
    "%(here)s",
    "\"",
    "'",
    "\\",
    ",",
    "*",
    "~",
    "\u{feff}",
    "ö",
    "\u{a0}",
    "99999999999999999999",
    "-1",
    "0",
    "/",
];

/// Lines in any order.
fn shuffled() -> impl Strategy<Value = String> {
    proptest::collection::vec(select(LINES), 0..30).prop_map(|lines| lines.join("\n"))
}

/// The sample with everything in it switched on, and with names that exist.
fn switched_on() -> String {
    let sample = sample_configuration();
    let lines =
        sample.lines().filter(|line| !line.starts_with("; ")).map(|line| line.trim_start_matches(';'));
    let text = lines.collect::<Vec<_>>().join("\n");
    [
        ("/a/path", "/tmp/path"),
        ("nobody:nogroup", "web:op"),
        ("nobody", "op"),
        ("progname1,progname2", "name,workers"),
        ("[fcgi-program:name]", "[fcgi-program:workers]"),
        ("[eventlistener:name]", "[eventlistener:pool]"),
        ("[group:name]", "[group:both]"),
        // The main interface has no command.
        ("command=python3 -m provost_host", "[rpcinterface:plug]\ncommand=python3 -m provost_host"),
    ]
    .into_iter()
    .fold(text, |text, (from, to)| text.replace(from, to))
}

/// A text with pieces put in and parts taken out.
fn damaged(text: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let accidents =
        proptest::collection::vec((any::<prop::sample::Index>(), 0_usize..20, select(PIECES)), 0..6);
    (text, accidents).prop_map(|(text, accidents)| {
        let mut chars: Vec<char> = text.chars().collect();
        for (at, cut, piece) in accidents {
            let start = at.index(chars.len() + 1);
            let end = (start + cut / 10 * (cut % 10)).min(chars.len());
            chars.splice(start..end, piece.chars());
        }
        chars.into_iter().collect()
    })
}

fn check(text: &str) -> Result<(), TestCaseError> {
    let mut system = FakeSystem::default();
    system.add_file("/d/s.conf", text.as_bytes());
    system.add_file("/d/i.ini", b"[program:i]\ncommand=%(here)s\n");
    let request = Request { file: ConfigFile::Given("/d/s.conf".into()), overrides: Overrides::default() };
    match load(&request, &system) {
        Ok(loaded) => {
            let again =
                load(&loaded.again, &system).map_err(|failure| TestCaseError::fail(failure.render()))?;
            prop_assert_eq!(&again.config, &loaded.config);
            let active: Vec<_> = loaded.config.groups.iter().map(AsRef::as_ref).collect();
            prop_assert_eq!(diff(&active, &again.config), Default::default());
            for warning in &loaded.warnings {
                prop_assert!(warning.summary().contains("/d/"), "{}", warning);
            }
        }
        Err(failure) => {
            prop_assert!(!failure.message().is_empty());
            for diagnostic in &failure.diagnostics {
                let Some(place) = &diagnostic.place else { continue };
                // Python counts more characters as line ends than none, so only lines of the text can be named.
                let line = text.replace("\r\n", "\n").replace('\r', "\n");
                let line = line.split('\n').nth(place.line as usize - 1).map(str::to_owned);
                prop_assert!(place.file == "/d/i.ini" || line.as_deref() == Some(place.text.as_str()));
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lines_in_any_order_end_well(text in damaged(shuffled())) {
        check(&text)?;
    }

    #[test]
    fn accidents_in_a_full_configuration_end_well(text in damaged(Just(switched_on()))) {
        check(&text)?;
    }

    #[test]
    fn any_text_ends_well(text in "(?s).{0,200}") {
        check(&text)?;
    }
}

#[test]
fn the_full_configuration_is_accepted_before_it_is_damaged() {
    // Otherwise every accident would meet the same early refusal.
    let system = FakeSystem::with_files(&[("/d/s.conf", &switched_on())]);
    let request = Request { file: ConfigFile::Given("/d/s.conf".into()), overrides: Overrides::default() };
    let loaded = load(&request, &system).unwrap_or_else(|failure| panic!("{}", failure.render()));
    let names: Vec<&str> = loaded.config.groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(names, ["plug", "pool", "both"]);
    assert_eq!(loaded.warnings, []);
}

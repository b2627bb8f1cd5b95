//! What is written behind an option: for each type of value some that it takes, and some that it does not quite.
//!
//! "Damaged" values need not be refused; they are what somebody might write by mistake, and what a careless
//! reader takes for something else.

use provost_config::model::EventKind;
use provost_config::options::{Names, OptionRow, ValueType};

use provost_tests::random::Random;

/// Values of a type: good ones, and others.
type Pool = (&'static [&'static str], &'static [&'static str]);

/// Values of an option that needs more than its type says.
#[rustfmt::skip]
fn pool_of_option(name: &str) -> Option<Pool> {
    Some(match name {
        "command" => (
            &[
                "cat", "/bin/cat -u", "sh -c 'echo \"a b\"; exit 3'", "echo a;b", "printf %%d", "x\\ y",
                "ls -l # all",
            ],
            &["", "'", "a\\", "bash -c \"a ; b\"", "100%", "%(program_name)"],
        ),
        "process_name" => (
            &["%(program_name)s_%(process_num)02d", "%(program_name)s%(process_num)s", "p_%(process_num)d"],
            &[
                "p", "%(program_name)s", "a b", "a:%(process_num)s", "", "%(process_num)",
                "%(group_name)s/%(process_num)s",
            ],
        ),
        "numprocs" => (&["1", "2", "3", "12"], &["0", "-1", "", "x", "1.5", "1_1", "+2", " 2 "]),
        "numprocs_start" => (&["0", "1", "8", "-1"], &["", "x", "0x1"]),
        "priority" => (&["1", "999", "-1", "0", "1000"], &["", "high", "1e3", "99999999999999999999"]),
        "buffer_size" => (&["1", "10", "500"], &["0", "-1", "", "x", "99999999999999999999999"]),
        "supervisor.rpcinterface_factory" => (
            &["supervisor.rpcinterface:make_main_rpcinterface"],
            &["", "supervisor.rpcinterface", "nosuch.module:x", "supervisor.rpcinterface:nosuch"],
        ),
        "result_handler" => (
            &["supervisor.dispatchers:default_handler"],
            &["", "nosuch.module:x", "supervisor.dispatchers", "os:getcwd"],
        ),
        "files" => (
            &[
                "conf.d/*.ini", "conf.d/*", "conf.d/a.ini conf.d/b.conf", "conf.d/?.ini", "conf.d/[ab].*",
                "%(here)s/conf.d/*.ini",
            ],
            &[
                "", "nosuch/*.ini", "conf.d", "conf.d/.*", "conf.d/**", "%(nope)s", "%", "[", "conf.d/[!a].ini",
                "~/x",
            ],
        ),
        "identifier" => (&["supervisor", "a.b", "my daemon", "ä"], &["", "%", "a%%b"]),
        "username" | "password" => (
            &["user", "123", "{SHA}82ab876d1387bfafe46cc1c8a2ef074eae50cb1d", "a:b", "ü"],
            &["", "%", "{SHA}xyz", "a b"],
        ),
        "serverurl" => (
            &[
                "AUTO", "auto ", "http://localhost:9001", "unix:///tmp/s.sock", "unix://rel.sock",
                "unix://~/s.sock",
            ],
            &["", "localhost", "http://", "unix://", "ftp:x", "%(here)s"],
        ),
        _ => return None,
    })
}

#[rustfmt::skip]
fn pool_of_type(value: ValueType) -> Pool {
    match value {
        ValueType::Text => (&["x", "a b", "/tmp", "a=b", "ä", "a%%b"], &["", "%", "'a"]),
        ValueType::Integer => (
            &["0", "1", "5", "1024", "+3", "1_000", " 7"],
            &["", "-1", "x", "1.0", "0x10", "1__0", "_1", "007", "-", "99999999999999999999", "٣"],
        ),
        ValueType::Boolean => (
            &["true", "false", "yes", "no", "on", "off", "1", "0", "True", "OFF"],
            &["", "maybe", "2", "y", "t", "true ;x", "tru e", "01"],
        ),
        ValueType::Bytes => (
            &["0", "100", "1KB", "50MB", "2gb", "1 MB", "10Kb"],
            &["", "-1", "5K", "5XB", "1.5MB", "KB", "1TB", "MB1", "99999999999GB", "1_0KB"],
        ),
        ValueType::Octal => (
            &["022", "0", "700", "0o77", "0777", "0_22"],
            &["", "8", "x", "-1", "0x1", "17777", "0b1", "022.", "+-1", "0o", "7777777777777777777777777"],
        ),
        ValueType::Directory => (
            &["/tmp", "logs", ".", "%(here)s", "~", "/"],
            &["", "/nonexistent", "main.conf", "~nosuch", "logs/", "sub dir"],
        ),
        ValueType::Path => (
            &["/tmp/x.sock", "x.sock", "%(here)s/x.sock", "~/x.sock", "a/../x", "//tmp//x"],
            &["", " ", "~nosuch/x", "/"],
        ),
        ValueType::FilePath => (
            &["/tmp/x.pid", "x.pid", "logs/x.pid", "~/x.pid", "%(here)s/x"],
            &["", "/nonexistent/x", "nosuch/x", "main.conf/x", "~nosuch/x", "/"],
        ),
        ValueType::MainLog => (
            &["/tmp/x.log", "x.log", "logs/x.log", "syslog", "/dev/stdout"],
            &["", "Syslog", "none", "AUTO", "nosuch/x.log", "logs/"],
        ),
        ValueType::LogFile => (
            &[
                "AUTO", "NONE", "none", "off", "auto", "logs/%(program_name)s.log", "/tmp/x.log", "x.log",
                "%(here)s/x.log", "logs/%%x.log",
            ],
            &["", "syslog", "SYSLOG", "nosuch/x.log", "~nosuch/x", "/dev/stdout", "logs/%%%%x", "Auto "],
        ),
        ValueType::LogLevel => (
            &["info", "debug", "WARN", "critical", "error", "trace", "Blather"],
            &["", "warning", "crit", "10", "__doc__", "infoo"],
        ),
        ValueType::Signal => (
            &["TERM", "HUP", "int", "QUIT", "KILL", "USR1", "SIGUSR2", "15", "sigterm", "CHLD", "RTMIN", "9"],
            &[
                "", "SIG", "0", "-9", "32", "33", "64", "65", "SIG_DFL", "_IGN", "SIG_BLOCK", "NOSUCH", "15.0",
                "RTMIN+1", "CLD", "STKFLT",
            ],
        ),
        ValueType::ExitCodes => {
            (&["0", "0,2", "1, 2 ,3", "255"], &["", "256", "-1", "0,", ",", "a", "0 1", "0;1"])
        }
        ValueType::AutoRestart => (
            &["true", "false", "unexpected", "Unexpected", "0", "ON"],
            &["", "always", "never", "maybe", " unexpected x"],
        ),
        ValueType::User => (
            &["root", "nobody", "0", "65534", "daemon"],
            &["", "nosuch", "-1", "4294967296", "99999999999999999999", "root:root", "ROOT"],
        ),
        ValueType::UserGroup => (
            &["root", "root:root", "nobody:nogroup", "0:0", "nobody:65534"],
            &["", ":", "root:", ":root", "nosuch", "root:nosuch", "a:b:c", "0:-1"],
        ),
        ValueType::HostPort => (
            &["9001", "127.0.0.1:9001", "*:9001", ":9001", "LocalHost:1", "::1:9001"],
            &["", "0", "65536", "x", "host:", "host:x", "host:0", "host:70000", "*", "1:2:3", "host: 80"],
        ),
        ValueType::Pairs => (
            &[
                "A=1", "A=\"1\",B='2'", "A=1,\n  B=2", "A=\"a,b\"", "A=/a/b:c", "A=\"\"", "A=1,A=2", "A=1,",
                "P=\"%(here)s\"", "S=inner,A=\"%(ENV_A)s\"",
            ],
            &[
                "", "A", "A=", "=", "A=1 B=2", "A=1;B=2", "A=\"x", "A='", "A=a@b", "A=\"x\\\"y\"", "A=a\"b c\"d",
                "A=a=b", "A=\\", "A=1#c", "\"K\"=1", "A=1,,B=2", "A=ä", "A=€", "A=1,B", "A=%%",
            ],
        ),
        ValueType::List => (&["a", "a,b"], &["", ",", "a,", "nosuch", "a b"]),
        ValueType::Events => (
            &["EVENT", "TICK_5", "PROCESS_STATE,TICK_60", "process_log", "PROCESS_STATE, PROCESS_STATE"],
            &["", ",", "EVENT,", "NOSUCH", "NO,SUCH", "TICK", "EVENTS", "__DOC__"],
        ),
        ValueType::Socket => (
            &[
                "unix:///tmp/x.sock", "tcp://localhost:9000", "unix://%(here)s/x.sock", "tcp://Host:1",
                "unix:///tmp/%(program_name)s.sock",
            ],
            &[
                "", "foo", "unix://x.sock", "tcp://host", "tcp://host:", "tcp://:90", "tcp://host:0",
                "tcp://host:99999", "tcp://a:b:1", "unix:/x", "tcp://h:9000 ", "unix:///a/../b",
            ],
        ),
        ValueType::Url => (&["http://localhost:9001", "unix:///tmp/s.sock"], &["", "x"]),
        ValueType::Callable => (&["a.b:c"], &["", "x"]),
        // Options of our own are not put to the reference.
        ValueType::OnConfigError | ValueType::EventLength | ValueType::KillMode | ValueType::ShutdownMode => {
            (&[], &[])
        },
        ValueType::Patterns => (&["conf.d/*.ini"], &["", "x"]),
    }
}

/// Names that an expansion may use in a scope, and what a careless author writes.
#[rustfmt::skip]
fn names_of(names: Names) -> &'static [&'static str] {
    match names {
        Names::Environment => &["ENV_X", "ENV_NUM", "ENV_BOOL"],
        Names::Here => &["here", "ENV_X", "ENV_NUM"],
        Names::Host => &["here", "host_node_name", "ENV_X"],
        Names::Socket => &["here", "program_name", "ENV_X"],
        Names::Program => &["here", "program_name", "group_name", "host_node_name", "ENV_X", "ENV_S"],
        Names::Numbered => {
            &["process_num", "numprocs", "program_name", "group_name", "host_node_name", "ENV_X", "ENV_S"]
        }
        Names::Process => {
            &["process_num", "numprocs", "program_name", "group_name", "here", "ENV_X", "ENV_A", "ENV_S"]
        }
    }
}

/// Variables in the environment of both sides.
pub(crate) const VARIABLES: &[(&str, &str)] = &[
    ("PATH", "/usr/bin:/bin"),
    ("X", "x"),
    // Sections define these two, too.
    ("A", "outer"),
    ("S", "system"),
    ("NUM", "7"),
    ("BOOL", "true"),
    ("EMPTY", ""),
    ("PERCENT", "50%"),
    ("PAIRS", "a,b=c"),
    ("QUOTED", "say \"hi\""),
    ("DIR", "logs"),
    ("LETTER", "ä"),
];

#[rustfmt::skip]
const FAULTY: &[&str] = &[
    "%", "%s", "%d", "%(nope)s", "%(ENV_NOPE)s", "%(here)", "%(here", "%(here)y", "%(here)d", "%y",
    "%%", "%%%", "%c", "%(program_name)s", "%(process_num)s", "%(host_node_name)s", "%(HERE)s", "%()s",
    "%*d", "%(a(b)c)s", "%r", "%(ENV_X)%", "%(ENV_X)", "% s", "%.s", "%(ENV_X)ls", "%(ENV_X)s%s",
    "%(ENV_X)s%y", "%(ENV_X)s%5%", "%5%", "%(ENV_X)*d",
];

#[rustfmt::skip]
const CONVERSIONS: &[&str] = &[
    "s", "s", "s", "s", "s", "10s", "-5s", ".1s", "r", "a", "d", "02d", "x", "5.2f", "c", "#o", "+d", "i",
    "e", "hs",
];

#[rustfmt::skip]
const VALUES_OF_VARIABLES: &[&str] =
    &["ENV_EMPTY", "ENV_PERCENT", "ENV_PAIRS", "ENV_QUOTED", "ENV_DIR", "ENV_LETTER", "ENV_BOOL", "ENV_NUM"];

/// How much is to be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Care {
    /// Nothing that is known to be wrong.
    Careful,
    /// Anything.
    Careless,
}

/// A value for an option.
pub(crate) fn value(row: &OptionRow, care: Care, random: &mut Random) -> String {
    if row.value == ValueType::Events && random.one_in(2) {
        return events(random);
    }
    let (good, bad) = pool_of_option(row.name).unwrap_or_else(|| pool_of_type(row.value));
    match care {
        Care::Careful => {
            let plain = random.pick(good).to_owned();
            if random.one_in(8) { expanded(row, plain, random) } else { plain }
        }
        Care::Careless => match random.below(6) {
            0..=2 => random.pick(bad).to_owned(),
            3 => mutated(random.pick(good), random),
            4 => spliced(random.pick(good), random.pick(FAULTY), random),
            _ => {
                let name = random.pick(names_of(row.names));
                let conversion = random.pick(CONVERSIONS);
                spliced(random.pick(good), &format!("%({name}){}", conversion), random)
            }
        },
    }
}

/// Some of all the events there are, in some order.
fn events(random: &mut Random) -> String {
    let all: Vec<&str> = EventKind::all().map(EventKind::name).collect();
    let some: Vec<&str> = (0..=random.below(5)).map(|_| random.pick(&all)).collect();
    some.join(random.pick(&[",", ", "]))
}

/// A value that uses what its scope has to offer, as far as the type can bear it.
fn expanded(row: &OptionRow, plain: String, random: &mut Random) -> String {
    match row.value {
        ValueType::Integer | ValueType::Bytes | ValueType::Octal | ValueType::ExitCodes => {
            "%(ENV_NUM)s".to_owned()
        }
        ValueType::Boolean | ValueType::AutoRestart => "%(ENV_BOOL)s".to_owned(),
        ValueType::Text | ValueType::LogFile | ValueType::MainLog | ValueType::Path => {
            let name = if random.one_in(5) {
                random.pick(VALUES_OF_VARIABLES)
            } else {
                random.pick(names_of(row.names))
            };
            spliced(&plain, &format!("%({name})s"), random)
        }
        ValueType::Pairs => format!("A=\"%({})s\"", random.pick(names_of(row.names))),
        _ => plain,
    }
}

/// `piece` somewhere in `text`, at an end more often than not.
fn spliced(text: &str, piece: &str, random: &mut Random) -> String {
    match random.below(4) {
        0 => format!("{piece}{text}"),
        1 | 2 => format!("{text}{piece}"),
        _ => {
            let cuts: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
            let cut = if cuts.is_empty() { 0 } else { random.pick(&cuts) };
            format!("{}{piece}{}", &text[..cut], &text[cut..])
        }
    }
}

#[rustfmt::skip]
const LETTERS: &[char] = &[
    '%', '(', ')', ';', '#', '=', ':', ',', '\'', '"', '\\', ' ', '\t', '[', ']', '/', '~', '.', '-', '_',
    '0', '9', 'a', 'Z', 's', 'ä', '€', '\u{a0}', '\u{c}', '\u{1f}', '\u{85}', '\u{2028}', '\u{feff}', '٣',
    '𝒳', 'İ', 'ß',
];

/// The text with one letter too many, too few, or another one.
pub(crate) fn mutated(text: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let place = random.below(letters.len() + 1);
    match random.below(3) {
        0 if place < letters.len() => drop(letters.remove(place)),
        1 if place < letters.len() => letters[place] = random.pick(LETTERS),
        _ => letters.insert(place, random.pick(LETTERS)),
    }
    letters.into_iter().collect()
}

//! The rows.

use super::Difference;
use super::How::{Amended, Seen};
use super::Witness::{Client, Daemon, Line, Reread};
use crate::answer::Answer;
use crate::case::About;

/// Every difference on purpose that a configuration or a command line can show.
#[rustfmt::skip]
pub(crate) const TABLE: &[Difference] = &[
    Difference {
        name: "environment is expanded once",
        why: "as 4.4: %% is a percent sign, and host_node_name is known",
        how: Amended,
        witness: Daemon("[supervisord]\nenvironment=A=\"%%\",B=\"%(host_node_name)s\"\n"),
    },
    Difference {
        name: "logfiles are expanded once",
        why: "%% is a percent sign, and so is %%%%; what came out of a variable is not expanded again",
        how: Amended,
        witness: Daemon("[supervisord]\n[program:a]\ncommand=cat\nstdout_logfile=logs/%%x.log\nstderr_logfile=logs/%%%%y.log\n"),
    },
    Difference {
        name: "bare conversions are refused",
        why: "they would print every variable, passwords too, into the value",
        how: Amended,
        witness: Daemon("[supervisord]\n[program:a]\ncommand=echo %s\n"),
    },
    Difference {
        name: "environment has POSIX quotes",
        why: "as 4.4: escapes, and quotes in the middle of a word",
        how: Amended,
        witness: Daemon("[supervisord]\nenvironment=A=\"x\\\"y\",B=c\"d e\"f\n"),
    },
    Difference {
        name: "only signals are signals",
        why: "a stop that sends nothing waits for SIGKILL",
        how: Amended,
        witness: Daemon("[supervisord]\n[program:a]\ncommand=cat\nstopsignal=SIG_IGN\n"),
    },
    Difference {
        name: "messages are sentences",
        why: "the reference prints two of them as Python tuples",
        how: Amended,
        witness: Daemon("[supervisord]\n[fcgi-program:a]\ncommand=cat\nsocket=foo\n"),
    },
    Difference {
        name: "credentials are complete",
        why: "an empty user name beside a password would switch authentication off",
        how: Amended,
        witness: Daemon("[supervisord]\n[inet_http_server]\nport=9001\nusername=\npassword=x\n"),
    },
    Difference {
        name: "factories get no extras",
        why: "the built-in interface has no options: others are ignored and not expanded",
        how: Amended,
        witness: Daemon("[DEFAULT]\nown=%(x)s\n[supervisord]\n[rpcinterface:s]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n"),
    },
    Difference {
        name: "twins are left out",
        why: "the daemon uses one of them; getAllConfigInfo of the reference shows both",
        how: Amended,
        witness: Daemon("[supervisord]\n[program:a]\ncommand=cat\n[program:b]\ncommand=cat\n[group:b]\nprograms=a\n"),
    },
    Difference {
        name: "numbers are bounded",
        why: "64 bits; a negative number of backups, minfds or minprocs is 0; twelve permission bits",
        how: Amended,
        witness: Daemon("[supervisord]\nminfds=-1\nlogfile_maxbytes=99999999999GB\numask=17777\n"),
    },
    Difference {
        name: "the history file of the command line counts",
        why: "the reference reads the option and never looks at it",
        how: Amended,
        witness: Line(About::Client, &["-c", "main.conf", "-r", "h"]),
    },
    Difference {
        name: "mistakes are no tracebacks",
        why: "supervisorctl of the reference dies with one on a syntax error in its file",
        how: Amended,
        witness: Client("[supervisorctl]\nno delimiter\n"),
    },
    Difference {
        name: "AUTO is compared as configured",
        why: "a log file that went from a path to AUTO is a change",
        how: Amended,
        witness: Reread("[supervisord]\n[program:a]\ncommand=cat\nstdout_logfile=x\n", "[supervisord]\n[program:a]\ncommand=cat\n"),
    },
    Difference {
        name: "sockets are compared in full",
        why: "a change of socket_owner, socket_mode or socket_backlog is a change",
        how: Amended,
        witness: Reread(
            "[supervisord]\n[fcgi-program:a]\ncommand=cat\nsocket=tcp://h:1\n",
            "[supervisord]\n[fcgi-program:a]\ncommand=cat\nsocket=tcp://h:1\nsocket_backlog=5\n",
        ),
    },
    Difference {
        name: "variables of the old file are gone",
        why: "a file means the same whatever was read before it",
        how: Amended,
        witness: Reread("[supervisord]\nenvironment=OLD=1\n[program:a]\ncommand=cat %(ENV_OLD)s\n", "[supervisord]\n[program:a]\ncommand=cat %(ENV_OLD)s\n"),
    },
    Difference {
        name: "a reread checks the user, too",
        why: "what would stop the next start is refused before it can",
        how: Amended,
        witness: Reread("[supervisord]\n", "[supervisord]\nuser=nosuch\n"),
    },
    Difference {
        name: "a group is blamed for its list",
        why: "the reference names the program before the unknown one",
        how: Seen(|reference, ours| both(reference, ours, |reference, ours| {
            let end = |message: &str| Some(message.split_once("] name")?.1.to_owned());
            end(reference).is_some() && end(reference) == end(ours) && ours.starts_with("Error: [group:")
        })),
        witness: Daemon("[supervisord]\n[program:a]\ncommand=cat\n[group:g]\nprograms=a,b\n"),
    },
    Difference {
        name: "sockets in groups are checked",
        why: "a FastCGI program keeps its socket in a group; the reference does not even look at it there",
        how: Amended,
        witness: Daemon("[supervisord]\n[fcgi-program:a]\ncommand=cat\nsocket=tcp://x:0\n[group:g]\nprograms=a\n"),
    },
    Difference {
        name: "Python code is not loaded",
        why: "what is built in is known by name; the message says what to do, where that of 4.4 says what went wrong",
        how: Seen(|reference, ours| both(reference, ours, |reference, ours| {
            reference.contains(" cannot be resolved within [") && ours.starts_with(&format!("{reference}: "))
        })),
        witness: Daemon("[supervisord]\n[rpcinterface:x]\nsupervisor.rpcinterface_factory=os:getcwd\n"),
    },
    Difference {
        name: "URLs are not taken apart",
        why: "a bracket in a server's URL is found out when it is used",
        how: Seen(|reference, _| {
            reference.message().is_some_and(|message| message.starts_with("Error: invalid value for -") && message.ends_with(": Invalid IPv6 URL"))
        }),
        witness: Line(About::Client, &["-s", "http://[x"]),
    },
    Difference {
        name: "an empty log file is none",
        why: "it always meant none; getAllConfigInfo says so",
        how: Amended,
        witness: Daemon("[supervisord]\n[program:a]\ncommand=cat\nstdout_logfile=\n"),
    },
    Difference {
        name: "plugins of the client are passed over",
        why: "one file serves both clients",
        how: Seen(|reference, ours| {
            matches!(ours, Answer::Settings(_)) && reference.message().is_some_and(|message| message.contains("cannot be resolved within [ctlplugin:"))
        }),
        witness: Client("[supervisorctl]\n[ctlplugin:x]\nsupervisor.ctl_factory=a.b:c\n"),
    },
    Difference {
        name: "digits are ASCII",
        why: "int() of the reference takes those of every script",
        how: Seen(|_, ours| ours.message().is_some_and(|message| {
            let about_numbers = ["invalid literal for int()", "not a valid list of exit codes", "octal type", "not a valid port number", "is not a valid signal name", "Invalid user name"];
            about_numbers.iter().any(|text| message.contains(text)) && message.chars().any(|c| c.is_numeric() && !c.is_ascii())
        })),
        witness: Daemon("[supervisord]\nminfds=\u{663}\n"),
    },
    Difference {
        name: "an empty -c names no file",
        why: "a traceback in the reference",
        how: Seen(|reference, ours| {
            matches!(reference, Answer::Traceback(_)) && ours.message() == Some("Error: could not find config file ")
        }),
        witness: Line(About::Daemon, &["-c", ""]),
    },
    Difference {
        name: "the first unknown event is named",
        why: "the reference names any of several",
        how: Seen(|reference, ours| both(reference, ours, |reference, ours| {
            let end = |message: &str| Some(message.strip_prefix("Error: Unknown event type ")?.split_once(" in [")?.1.to_owned());
            end(reference).is_some() && end(reference) == end(ours)
        })),
        witness: Daemon("[supervisord]\n[eventlistener:a]\ncommand=cat\nevents=N1,N2,N3,N4,N5,N6,N7,N8,N9,N10,N11,N12,N13,N14,N15,N16,N17,N18,N19,N20\n"),
    },
];

fn both(reference: &Answer, ours: &Answer, are_meant: impl Fn(&str, &str) -> bool) -> bool {
    matches!((reference.message(), ours.message()), (Some(reference), Some(ours)) if are_meant(reference, ours))
}

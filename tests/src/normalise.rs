//! Turns what differs from run to run into words, and nothing else.
//!
//! A rule replaces only what its context makes certain (`pid 4711`, `uptime 0:00:02`); a pid of 0 or a
//! date in a place where none belongs stays, because it is a difference worth seeing.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

/// The rules, in the order in which they are applied.
static RULES: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        // Activity log: the time in front, and pids in the messages.
        (r"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ", "TIME "),
        (r"\bpid [1-9]\d*", "pid PID"),
        // Who runs the tests: only root is told what it risks.
        (r"(?m)^TIME CRIT Supervisor is running as root.*\n", ""),
        (r"Set uid to user \d+", "Set uid to user UID"),
        (r"'uid': \d+", "'uid': UID"),
        (r"'pid': [1-9]\d*", "'pid': PID"),
        (r"(killing '[^']+') \([1-9]\d*\)", "$1 (PID)"),
        (r"process '([^']+)' \([1-9]\d*\)", "process '$1' (PID)"),
        // Answers of `pid`: a number alone on its line.
        (r"(?m)^[1-9]\d+$", "PID"),
        // Descriptions.
        (r"uptime (\d+ days?, )?\d+:\d\d:\d\d", "uptime UPTIME"),
        (r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d\d \d\d:\d\d [AP]M", "DATE"),
        (r"'(start|stop|now)': [1-9]\d{8,}", "'$1': EPOCH"),
        // Names of AUTO logs.
        (r"---([a-zA-Z0-9_.-]+)-[a-z0-9_]{8}\.log", "---$1-RANDOM.log"),
        // Where the programs are installed.
        (r"For help, use \S*/(\w+) -h", "For help, use $1 -h"),
        // Of an unexpected error, the message counts: what kind of object it was in somebody's source, and
        // where it arose there, is nobody's interface.
        (r"(?m)^error: <class '[^']+'>, (.*?): file: \S+ line: \d+$", "error: $1"),
    ]
    .into_iter()
    .map(|(pattern, word)| (Regex::new(pattern).expect("invariant: the rules are valid"), word))
    .collect()
});

/// See the [module](self). Made by [`Scratch::normal`](crate::Scratch::normal).
#[derive(Debug)]
pub struct Normaliser<'a> {
    directory: &'a Path,
    ports: &'a BTreeMap<u8, u16>,
}

impl<'a> Normaliser<'a> {
    /// For text that speaks of this directory and these ports.
    pub fn new(directory: &'a Path, ports: &'a BTreeMap<u8, u16>) -> Self {
        Self { directory, ports }
    }

    /// The text with words in place of what differs from run to run.
    pub fn text(&self, text: &str) -> String {
        let mut text = text.replace(&*self.directory.to_string_lossy(), "$DIR");
        for (number, port) in self.ports {
            text = text.replace(&port.to_string(), &format!("$PORT{number}"));
        }
        for (pattern, word) in RULES.iter() {
            text = pattern.replace_all(&text, *word).into_owned();
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::Normaliser;
    use std::collections::BTreeMap;
    use std::path::Path;

    fn check(text: &str, expect: &str) {
        let ports = BTreeMap::from([(1, 40001)]);
        assert_eq!(Normaliser::new(Path::new("/tmp/w1"), &ports).text(text), expect);
    }

    #[test]
    fn what_differs_becomes_a_word() {
        check("cat   RUNNING   pid 123, uptime 0:00:05", "cat   RUNNING   pid PID, uptime UPTIME");
        check("pid 1, uptime 2 days, 10:00:00", "pid PID, uptime UPTIME");
        check("STOPPED   Nov 22 11:09 PM", "STOPPED   DATE");
        check("4711\n0\n812\n", "PID\n0\nPID\n");
        check("{'start': 1763850000, 'stop': 0, 'pid': 0}", "{'start': EPOCH, 'stop': 0, 'pid': 0}");
        check(
            "2026-11-22 23:30:54,566 INFO spawned: 'cat' with pid 15104",
            "TIME INFO spawned: 'cat' with pid PID",
        );
        check("/tmp/w1/x---supervisor-a_b2c3d4.log", "$DIR/x---supervisor-RANDOM.log");
        check("http://127.0.0.1:40001/ refused", "http://127.0.0.1:$PORT1/ refused");
        check("error: <class 'a.B'>, <Fault 6: 'X'>: file: /usr/lib/a.py line: 12", "error: <Fault 6: 'X'>");
        check("For help, use /opt/bin/supervisord -h", "For help, use supervisord -h");
    }

    #[test]
    fn what_matters_stays() {
        for text in ["pid 0", "'pid': 0", "exit status 127", "uptime soon", "0", "fault 10 BAD_NAME: 12"] {
            check(text, text);
        }
    }
}

//! What a command line gives away: that the program leaves the foreground, and that a shell stays in between.
//!
//! Looks at words only. A program that is not listed, or that reads its habit from a file of its own, is passed over:
//! a wrong warning does more harm than a missing one.

use super::script::waits_for_programs;
use crate::words::split_command;

/// How a program is kept in the foreground, or sent to the background.
enum Habit {
    /// It stays, unless one of these words is there.
    Stays(&'static [&'static str]),
    /// It goes, unless one of these words is there.
    Goes(&'static [&'static str]),
}

/// Programs that are run under supervisors often, with their habits as their manuals give them. An option that takes
/// its value in the same word is listed with it, and one that takes it in the next word with a blank between both.
#[rustfmt::skip]
const HABITS: &[(&str, Habit)] = {
    use Habit::{Goes, Stays};
    &[
        ("apache2ctl", Goes(&["-DFOREGROUND", "-D FOREGROUND", "-X"])),
        ("apachectl", Goes(&["-DFOREGROUND", "-D FOREGROUND", "-X"])),
        ("celery", Stays(&["multi", "--detach"])),
        ("gunicorn", Stays(&["-D", "--daemon"])),
        ("haproxy", Stays(&["-D"])),
        ("httpd", Goes(&["-DFOREGROUND", "-D FOREGROUND", "-X"])),
        ("memcached", Stays(&["-d", "--daemon"])),
        ("mongod", Stays(&["--fork"])),
        ("nginx", Goes(&["daemon off"])),
        ("puma", Stays(&["-d", "--daemon"])),
        ("redis-server", Stays(&["--daemonize yes"])),
        ("sshd", Goes(&["-D", "-d", "-t", "-T", "-i"])),
        ("supervisord", Goes(&["-n", "--nodaemon", "--demo"])),
        ("unicorn", Stays(&["-D", "--daemonize"])),
        ("uwsgi", Stays(&["-d", "--daemonize", "--daemonize2"])),
        ("vsftpd", Stays(&["-obackground=YES"])),
    ]
};

/// Programs that do nothing but put another one into the background.
const LAUNCHERS: &[&str] = &["daemonize", "nohup", "setsid", "start-stop-daemon"];

/// Programs that run another one in their place, and the same process.
const WRAPPERS: &[&str] = &["env", "nice", "ionice", "exec", "chrt", "taskset", "stdbuf"];

const SHELLS: &[&str] = &["sh", "bash", "dash", "zsh", "ksh", "ash"];

/// Why that command does not stay in the foreground, if it shows.
pub(super) fn goes_to_background(command: &str) -> Option<String> {
    let words = split_command(command).ok()?;
    if let Some(script) = script_of(&words) {
        return background_in_script(script);
    }
    let last = words.last()?;
    if last == "&" || last.ends_with('&') && !last.contains(['?', '=']) {
        return Some("a & at its end, which no shell reads".to_owned());
    }
    background_of(&words)
}

/// Whether that command is a shell that waits for programs, so that what it is told does not reach them.
pub(super) fn is_compound(command: &str) -> bool {
    let Ok(words) = split_command(command) else { return false };
    script_of(&words).is_some_and(waits_for_programs)
}

fn name_of(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// The text behind `sh -c`.
fn script_of(words: &[String]) -> Option<&str> {
    let (shell, options) = words.split_first()?;
    if !SHELLS.contains(&name_of(shell)) {
        return None;
    }
    // `-c` may come with other letters, as in `bash -lc`, and behind other options.
    let at = options
        .iter()
        .position(|word| !word.starts_with("--") && word.starts_with('-') && word.ends_with('c'))?;
    options.get(at + 1).map(String::as_str)
}

fn background_in_script(script: &str) -> Option<String> {
    let script = script.trim_end();
    if script.ends_with('&') && !script.ends_with("&&") {
        return Some("a & at its end".to_owned());
    }
    let last = script.rsplit([';', '&', '|', '\n']).next()?;
    background_of(&split_command(last).ok()?)
}

/// The same for words that no shell is in front of.
fn background_of(words: &[String]) -> Option<String> {
    let is_wrapping = |word: &&String| {
        WRAPPERS.contains(&name_of(word))
            || word.contains('=') && !word.starts_with('-') && !word.contains('/')
    };
    let start = words.iter().position(|word| !is_wrapping(&word))?;
    let (program, arguments) = words[start..].split_first()?;
    let program = name_of(program);
    if LAUNCHERS.contains(&program) {
        return Some(format!("`{program}`"));
    }
    let (_, habit) = HABITS.iter().find(|(name, _)| *name == program)?;
    let spoken = |signs: &[&'static str]| signs.iter().copied().find(|sign| says(arguments, sign));
    match habit {
        Habit::Stays(signs) => spoken(signs).map(|sign| format!("`{program} {sign}`")),
        Habit::Goes(signs) if spoken(signs).is_none() => Some(format!("`{program}` without `{}`", signs[0])),
        Habit::Goes(_) => None,
    }
}

/// Whether that option is among the arguments; one of two words as neighbours, or inside a longer argument.
fn says(arguments: &[String], sign: &str) -> bool {
    match sign.split_once(' ') {
        Some((first, second)) => {
            arguments.iter().any(|word| word.contains(sign))
                || arguments.windows(2).any(|pair| pair[0] == first && pair[1] == second)
        }
        None => arguments
            .iter()
            .any(|word| word == sign || word.strip_prefix(sign).is_some_and(|rest| rest.starts_with('='))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(command: &str, expect: Option<&str>) {
        assert_eq!(goes_to_background(command).as_deref(), expect, "{command}");
    }

    #[test]
    fn programs_that_leave_are_known_by_their_words() {
        check("nohup /bin/app", Some("`nohup`"));
        check("/usr/bin/setsid app", Some("`setsid`"));
        check("nice nohup app", Some("`nohup`"));
        check("env A=b setsid app", Some("`setsid`"));
        check("app &", Some("a & at its end, which no shell reads"));
        check("app a&", Some("a & at its end, which no shell reads"));
        check("sh -c 'app &'", Some("a & at its end"));
        check("bash -lc \"cd /x && app &\"", Some("a & at its end"));
        check("sh -c 'cd /x && nohup app'", Some("`nohup`"));
        check("sh -c 'exec nginx'", Some("`nginx` without `daemon off`"));
        check("/usr/sbin/nginx", Some("`nginx` without `daemon off`"));
        check("nginx -c x.conf", Some("`nginx` without `daemon off`"));
        check("gunicorn -w 4 --daemon app:app", Some("`gunicorn --daemon`"));
        check("gunicorn --daemon=true app:app", Some("`gunicorn --daemon`"));
        check("redis-server --daemonize yes", Some("`redis-server --daemonize yes`"));
        check("httpd -k start", Some("`httpd` without `-DFOREGROUND`"));
        check("mongod --fork --logpath x", Some("`mongod --fork`"));
        check("celery multi start w1", Some("`celery multi`"));
        check("uwsgi --daemonize=/var/log/x", Some("`uwsgi --daemonize`"));
        check("supervisord -c x.conf", Some("`supervisord` without `-n`"));
    }

    #[test]
    fn programs_that_stay_are_left_alone() {
        for command in [
            "",
            "/bin/cat",
            "nginx -g 'daemon off;'",
            "nginx -g \"pid /x; daemon off;\"",
            "gunicorn app:app",
            "gunicorn -d app",
            "redis-server --daemonize no",
            "redis-server /etc/redis.conf",
            "sshd -D",
            "httpd -D FOREGROUND",
            "memcached -m 64",
            "supervisord -n -c x",
            "curl http://x/?a=1&",
            "sh -c 'a && b'",
            "sh -c 'a & wait'",
            "sh script.sh",
            "python nohup",
            "app -d",
            "app --daemon",
            "app 'unclosed",
        ] {
            check(command, None);
        }
    }

    #[test]
    fn shells_that_wait_for_several_commands_are_known() {
        for (command, expect) in [
            ("sh -c 'a; b'", true),
            ("/bin/bash -c 'cd /x && ./run'", true),
            ("bash -lc 'a | b'", true),
            ("sh -c 'cd /x && exec ./run'", false),
            ("sh -c ./run", false),
            ("sh -c './run;'", false),
            ("sh run.sh", false),
            ("echo a; b", false),
            ("app -c 'a; b'", false),
            ("sh -c", false),
        ] {
            assert_eq!(is_compound(command), expect, "{command}");
        }
    }
}

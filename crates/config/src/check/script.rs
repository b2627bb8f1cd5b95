//! The simple commands of a shell script, as far as a glance can tell them: quotes and operators are known,
//! substitutions and here-documents are not.

/// Words of the shell's grammar in front of a command.
const KEYWORDS: &[&str] = &["while", "until", "if", "then", "else", "elif", "do", "!", "{", "("];

/// What the shell does by itself, and words that begin no command.
#[rustfmt::skip]
const BUILTINS: &[&str] = &[
    ".", ":", "[", "[[", "alias", "break", "case", "cd", "continue", "done", "echo", "esac", "exit", "export", "false",
    "fi", "for", "kill", "local", "printf", "pwd", "read", "return", "set", "shift", "shopt", "source", "test", "trap",
    "true", "type", "ulimit", "umask", "unset", "wait", "}", ")",
];

/// A `sleep` of at most so many seconds delays nobody.
const SHORT_SLEEP: u32 = 10;

/// Whether a shell that runs this script is likely to wait for a program that no signal reaches: it runs several
/// commands, hands none of them its own process, and at least one is a program that may take long.
pub(super) fn waits_for_programs(script: &str) -> bool {
    let commands = commands(script);
    let is = |command: &Vec<String>, name: &str| command.first().is_some_and(|word| word == name);
    // Who sets a trap has thought of signals.
    if commands.len() < 2 || commands.iter().any(|command| is(command, "trap") || hands_over(command)) {
        return false;
    }
    commands.iter().any(|command| is_program(command))
}

/// `exec` with a program behind it, and not with redirections alone.
fn hands_over(command: &[String]) -> bool {
    matches!(command, [exec, program, ..] if exec == "exec" && !program.contains(['<', '>']))
}

fn is_program(command: &[String]) -> bool {
    match command {
        [] => false,
        [sleep, seconds] if sleep == "sleep" && is_short(seconds) => false,
        [program, ..] => program != "exec" && !BUILTINS.contains(&program.as_str()),
    }
}

fn is_short(seconds: &str) -> bool {
    seconds.parse::<f64>().is_ok_and(|seconds| seconds <= f64::from(SHORT_SLEEP))
}

/// The words of each simple command, without what stands in front of it: words of the grammar and assignments.
fn commands(script: &str) -> Vec<Vec<String>> {
    let mut commands = Vec::new();
    for text in pieces(script) {
        let words = text.split_whitespace();
        let words = words.skip_while(|word| KEYWORDS.contains(word) || is_assignment(word));
        let command: Vec<String> = words.map(str::to_owned).collect();
        if !command.is_empty() {
            commands.push(command);
        }
    }
    commands
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// The text between operators; quotes hide them, and the `&` of a redirection is none.
fn pieces(script: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut quote = None;
    let mut before = ' ';
    let mut chars = script.chars().peekable();
    while let Some(c) = chars.next() {
        let piece = pieces.last_mut().expect("invariant: there is always a piece");
        match (quote, c) {
            (Some(open), _) => {
                if c == open {
                    quote = None;
                }
                // Blanks inside quotes separate no words.
                piece.push(if c.is_whitespace() { '_' } else { c });
            }
            (None, '\\') => {
                piece.push(c);
                piece.extend(chars.next());
            }
            (None, '\'' | '"') => {
                quote = Some(c);
                piece.push(c);
            }
            (None, '&') if before == '>' || before == '<' || chars.peek() == Some(&'>') => piece.push(c),
            (None, ';' | '&' | '|' | '\n') => pieces.push(String::new()),
            (None, _) => piece.push(c),
        }
        before = c;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_that_wait_for_programs() {
        for script in [
            "a; b",
            "cd /x && ./run",
            "a | b",
            "./run; exit 1",
            "while true; do ./work; done",
            "while :; do ./work; sleep 1; done",
            "sleep 1; ./run",
            "sleep 600; exit 1",
            "export A=1; B=2 ./run",
            "a & b & wait",
            "exec 2>&1; ./run",
            "echo \"exec me\"; ./run",
            "test -f x || ./run",
            "a\nb",
        ] {
            assert!(waits_for_programs(script), "{script}");
        }
    }

    #[test]
    fn scripts_that_do_not() {
        for script in [
            "",
            "./run",
            "./run;",
            "A=1 ./run 2>&1",
            "./run &>/x",
            "./run 'a; b'",
            "./run a\\;b",
            "cd /x && exec ./run",
            "if test -f x; then exec ./run; fi",
            "A=1; while :; do exec ./run; done",
            "echo a; exit 3",
            "while true; do echo tick; sleep 1; done",
            "while read line; do echo \"got $line\"; done",
            "cd /x; printf a; : ; false",
            "[ -f x ] && exit 1; read x",
            "trap 'kill $!' TERM; ./run & wait",
        ] {
            assert!(!waits_for_programs(script), "{script}");
        }
    }
}

//! Documents that come out of tables in the code.
//!
//! Two kinds: what a library can print is written here, and checked by [`tidy`](crate::tidy); what a test
//! derives is written by that test when it is told to, and checked by it otherwise.

mod completions;
mod events;
mod man;

use std::fs;

use crate::chore::{Failure, cargo, root, succeed};

/// A document that a library can print.
struct Printed {
    /// Where it stands, from the root.
    name: &'static str,
    /// What prints it.
    text: fn() -> String,
}

const fn printed(name: &'static str, text: fn() -> String) -> Printed {
    Printed { name, text }
}

const PRINTED: [Printed; 14] = [
    printed("docs/options.md", provost_config::options::option_reference_markdown),
    printed("docs/events.md", events::markdown),
    printed("docs/json.md", provost_supervisorctl::json::reference_markdown),
    printed("docs/man/supervisord.1", man::supervisord),
    printed("docs/man/supervisorctl.1", man::supervisorctl),
    printed("docs/man/echo_supervisord_conf.1", man::echo_supervisord_conf),
    printed("docs/man/pidproxy.1", man::pidproxy),
    printed("docs/man/supervisord.conf.5", man::supervisord_conf),
    printed("completions/supervisord.bash", completions::supervisord_bash),
    printed("completions/supervisorctl.bash", completions::supervisorctl_bash),
    printed("completions/_supervisord", completions::supervisord_zsh),
    printed("completions/_supervisorctl", completions::supervisorctl_zsh),
    printed("completions/supervisord.fish", completions::supervisord_fish),
    printed("completions/supervisorctl.fish", completions::supervisorctl_fish),
];

/// Tests that write a document when `PROVOST_BLESS` is set: the package and the test.
const BLESSED: [(&str, &str); 2] =
    [("provost-core", "transition_table"), ("supervisord", "document_is_current")];

pub(crate) fn run() -> Result<(), Failure> {
    for document in PRINTED {
        let path = root().join(document.name);
        fs::write(&path, (document.text)()).map_err(|cause| Failure::File {
            action: "write",
            path,
            cause,
        })?;
        println!("{}", document.name);
    }
    for (package, test) in BLESSED {
        let mut tests = cargo();
        tests.args(["test", "--quiet", "-p", package, test]).env("PROVOST_BLESS", "1");
        succeed(&mut tests, "run this chore with cargo")?;
    }
    Ok(())
}

/// The documents that no longer say what the code says.
pub(crate) fn stale() -> Vec<String> {
    PRINTED
        .into_iter()
        .filter(|document| fs::read_to_string(root().join(document.name)).ok() != Some((document.text)()))
        .map(|document| format!("{}: is stale; `cargo xtask docs` writes it", document.name))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use super::PRINTED;

    /// Feeds a document to a program that knows its language; what it complains about, or `None` without the program.
    fn complaints(program: &str, arguments: &[&str], text: &str) -> Option<String> {
        let pipes = || Stdio::piped();
        let mut command = Command::new(program);
        command.args(arguments).stdin(pipes()).stdout(pipes()).stderr(pipes());
        let mut child = command.spawn().ok()?;
        let mut stdin = child.stdin.take().expect("invariant: it was asked for");
        // A program that reads no more has complained.
        let _ = stdin.write_all(text.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().expect("invariant: our own child can be waited for");
        Some(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    }

    #[test]
    fn documents_are_well_formed() {
        type Concerns = fn(&str) -> bool;
        let checkers: [(Concerns, &str, &[&str]); 5] = [
            (|name| name.contains("/man/"), "mandoc", &["-T", "lint", "-W", "warning"]),
            (|name| name.contains("/man/"), "groff", &["-man", "-ww", "-z", "-T", "utf8"]),
            (|name| name.ends_with(".bash"), "bash", &["-n"]),
            (|name| name.contains("/_"), "zsh", &["-n"]),
            (|name| name.ends_with(".fish"), "fish", &["-n"]),
        ];
        for (concerns, program, arguments) in checkers {
            for document in PRINTED.iter().filter(|document| concerns(document.name)) {
                match complaints(program, arguments, &(document.text)()) {
                    Some(complaints) => assert_eq!(complaints, "", "{program} about {}", document.name),
                    None => eprintln!("{} is not checked: there is no {program}", document.name),
                }
            }
        }
    }
}

//! From the first word of a `command=` to the file that `execve` is given.
//!
//! Done before each spawn, so that a program that cannot start is reported in words and without a fork.
//!
//! Better than the reference in two points: a relative name is looked up from the directory the child will
//! change to (the reference checks it from one directory and executes it from another), and an entry of the
//! search path that holds only a directory or a file that cannot be executed does not end the search.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, AtFlags, CWD, FileType};

use crate::repr::python_repr;

/// Where commands are looked for when neither the program nor the daemon has a `PATH`.
pub const DEFAULT_PATH: &str = "/bin:/usr/bin:/usr/local/bin";

/// Why a command cannot be executed. The texts are those of the reference's `spawnerr`.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CommandError {
    /// There is no such file; for a name without a slash, in no entry of the search path.
    #[error("can't find command {}", python_repr(.word))]
    NotFound {
        /// The word as typed.
        word: String,
    },
    /// The path names a directory.
    #[error("command at {} is a directory", quoted(.path))]
    Directory {
        /// The path that was found.
        path: PathBuf,
    },
    /// The file has no execute bit at all.
    #[error("command at {} is not executable", quoted(.path))]
    NotExecutable {
        /// The path that was found.
        path: PathBuf,
    },
    /// The file has an execute bit, but not for the daemon's effective user.
    #[error("no permission to run command {}", quoted(.path))]
    NoPermission {
        /// The path that was found.
        path: PathBuf,
    },
}

/// The two ways a start request may fail because of its command; each has its own fault code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CommandErrorKind {
    /// No such file (fault `NO_FILE`).
    NotFound,
    /// A file that cannot be run (fault `NOT_EXECUTABLE`).
    NotExecutable,
}

impl CommandError {
    /// Which fault this is to a caller.
    pub fn kind(&self) -> CommandErrorKind {
        match self {
            Self::NotFound { .. } => CommandErrorKind::NotFound,
            Self::Directory { .. } | Self::NotExecutable { .. } | Self::NoPermission { .. } => {
                CommandErrorKind::NotExecutable
            }
        }
    }
}

fn quoted(path: &Path) -> String {
    python_repr(&path.to_string_lossy())
}

/// Finds the file to execute for `argv0`.
///
/// - `path` is the `PATH` to search: that of the program's own environment, or else the daemon's; with
///   `None`, [`DEFAULT_PATH`]. An empty entry is the current directory, as in a shell; an empty `PATH` of the
///   daemon counts as none (the caller's business), one of the program does not.
/// - `directory` is where the child changes to before it executes; `None` if it stays in the daemon's
///   directory.
///
/// The result is what to hand to `execve` *after* that change of directory: a relative result is relative to
/// `directory`.
///
/// # Errors
/// [`CommandError`] if there is no such file, or none that may be run by the effective user. Of several
/// unusable files on the search path the first is reported.
pub fn resolve(argv0: &str, path: Option<&str>, directory: Option<&Path>) -> Result<PathBuf, CommandError> {
    if argv0.contains('/') {
        return check(Path::new(argv0), directory)
            .unwrap_or_else(|| Err(CommandError::NotFound { word: argv0.to_owned() }))
            .map(|()| PathBuf::from(argv0));
    }
    let mut first_refusal = None;
    for entry in path.unwrap_or(DEFAULT_PATH).split(':') {
        let candidate = Path::new(entry).join(argv0);
        match check(&candidate, directory) {
            Some(Ok(())) => return Ok(candidate),
            Some(Err(refusal)) => first_refusal = first_refusal.or(Some(refusal)),
            None => {}
        }
    }
    Err(first_refusal.unwrap_or_else(|| CommandError::NotFound { word: argv0.to_owned() }))
}

/// Whether the candidate can be executed; `None` if it does not exist (or cannot even be looked at).
fn check(candidate: &Path, directory: Option<&Path>) -> Option<Result<(), CommandError>> {
    let seen = match directory {
        // An absolute candidate replaces the directory here.
        Some(directory) => Cow::Owned(directory.join(candidate)),
        None => Cow::Borrowed(candidate),
    };
    let stat = rustix::fs::stat(&*seen).ok()?;
    let path = || seen.to_path_buf();
    Some(if FileType::from_raw_mode(stat.st_mode) == FileType::Directory {
        Err(CommandError::Directory { path: path() })
    } else if stat.st_mode & 0o111 == 0 {
        Err(CommandError::NotExecutable { path: path() })
    } else if rustix::fs::accessat(CWD, &*seen, Access::EXEC_OK, AtFlags::EACCESS).is_err() {
        Err(CommandError::NoPermission { path: path() })
    } else {
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use tempfile::TempDir;

    use super::*;

    /// `one/` holds unusable namesakes of what `two/` holds in usable form.
    fn tree() -> TempDir {
        let root = TempDir::new().expect("temp dir");
        for directory in ["one/tool", "two", "three"] {
            fs::create_dir_all(root.path().join(directory)).expect("mkdir");
        }
        for (name, mode) in [
            ("one/plain", 0o644),
            ("one/only", 0o644),
            ("two/tool", 0o755),
            ("two/plain", 0o755),
            ("three/only", 0o600),
            ("local", 0o755),
        ] {
            let file = root.path().join(name);
            fs::write(&file, "#!/bin/sh\n").expect("write");
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("chmod");
        }
        root
    }

    /// Resolves in a fresh tree, `@` standing for its root, and renders the outcome.
    #[track_caller]
    fn check(argv0: &str, path: Option<&str>, directory: Option<&str>, expect: &str) {
        let root = tree();
        let base = root.path().to_str().expect("UTF-8 temp dir");
        let fill = |text: &str| text.replace('@', base);
        let path = path.map(fill);
        let directory = directory.map(fill).map(PathBuf::from);
        let found = match resolve(&fill(argv0), path.as_deref(), directory.as_deref()) {
            Ok(path) => path.display().to_string(),
            Err(error) => error.to_string(),
        };
        assert_eq!(found.replace(base, "@"), expect);
    }

    #[test]
    fn with_a_slash() {
        check("/bin/sh", None, None, "/bin/sh");
        check("@/two/tool", None, None, "@/two/tool");
        check("/no/such/file", None, None, "can't find command '/no/such/file'");
        check("@/one", None, None, "command at '@/one' is a directory");
        check("@/one/plain", None, None, "command at '@/one/plain' is not executable");
        check("@/two/tool/x", None, None, "can't find command '@/two/tool/x'");
    }

    #[test]
    fn relative_to_the_directory_of_the_child() {
        check("./local", None, Some("@"), "./local");
        check("two/tool", None, Some("@"), "two/tool");
        check("./local", None, None, "can't find command './local'");
        check("./plain", None, Some("@/one"), "command at '@/one/./plain' is not executable");
        check("@/local", None, Some("/"), "@/local");
    }

    #[test]
    fn on_the_search_path() {
        check("sh", None, None, "/bin/sh");
        check("tool", Some("@/two"), None, "@/two/tool");
        check("tool", Some("@/none:@/two"), None, "@/two/tool");
        check("sh", Some("@/two"), None, "can't find command 'sh'");
        check("it's", Some("@/two"), None, "can't find command \"it's\"");
        check("", Some("@/two"), None, "command at '@/two/' is a directory");
    }

    #[test]
    fn unusable_entries_are_passed_over() {
        check("tool", Some("@/one:@/two"), None, "@/two/tool");
        check("plain", Some("@/one:@/two"), None, "@/two/plain");
    }

    #[test]
    fn the_first_unusable_entry_is_reported() {
        check("tool", Some("@/one"), None, "command at '@/one/tool' is a directory");
        check("only", Some("@/one:@/three"), None, "command at '@/one/only' is not executable");
    }

    #[test]
    fn relative_and_empty_entries_mean_the_directory_of_the_child() {
        check("tool", Some("two"), Some("@"), "two/tool");
        check("local", Some(""), Some("@"), "local");
        check("local", Some("@/one::"), Some("@"), "local");
        check("local", Some("@/one"), Some("@"), "can't find command 'local'");
    }

    #[test]
    fn kinds() {
        let path = PathBuf::from("/x");
        let kinds = [
            CommandError::NotFound { word: "x".into() },
            CommandError::Directory { path: path.clone() },
            CommandError::NotExecutable { path: path.clone() },
            CommandError::NoPermission { path },
        ]
        .map(|error| (error.kind(), error.to_string()));
        assert_eq!(
            kinds,
            [
                (CommandErrorKind::NotFound, "can't find command 'x'".to_owned()),
                (CommandErrorKind::NotExecutable, "command at '/x' is a directory".to_owned()),
                (CommandErrorKind::NotExecutable, "command at '/x' is not executable".to_owned()),
                (CommandErrorKind::NotExecutable, "no permission to run command '/x'".to_owned()),
            ]
        );
    }
}

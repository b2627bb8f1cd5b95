//! Runs that are kept: `benches/runs/NAME.json`, and the one whose table `docs/benchmarks.md` shows.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::scenario::Effort;
use crate::table::Table;

/// The page with the table.
const PAGE: &str = "docs/benchmarks.md";
/// The lines of the page between which the table stands; the first also names the run.
const BEGIN: &str = "<!-- the table of run ";
const END: &str = "<!-- end of the table -->";

/// A whole run.
#[derive(Serialize, Deserialize)]
pub(crate) struct Run {
    /// On what it was made.
    pub(crate) machine: Value,
    /// Of the daemons.
    pub(crate) versions: Value,
    /// The load of the minute before, and of the last one.
    pub(crate) load: [Option<f64>; 2],
    pub(crate) effort: Effort,
    pub(crate) rounds: usize,
    /// What went wrong, as "scenario, contender: why".
    pub(crate) failures: Vec<String>,
    pub(crate) rows: Table,
}

/// Why the archive could not be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("failed to {action} {}: {cause}", path.display())]
    File { action: &'static str, path: PathBuf, cause: io::Error },
    #[error("{} is not a run that this version keeps: {cause}; make it again with --keep", path.display())]
    Format { path: PathBuf, cause: serde_json::Error },
    #[error("{PAGE} has no lines {BEGIN:?} and {END:?}; put them where the table belongs")]
    Marks,
}

impl Run {
    /// Keeps the run under that name.
    pub(crate) fn keep(&self, name: &str) -> Result<(), Failure> {
        let path = place(name);
        if let Some(folder) = path.parent() {
            let made = fs::create_dir_all(folder);
            made.map_err(|cause| Failure::File { action: "make", path: folder.to_owned(), cause })?;
        }
        let text =
            format!("{:#}\n", serde_json::to_value(self).expect("invariant: a run has only string keys"));
        fs::write(&path, text).map_err(|cause| Failure::File { action: "write", path, cause })
    }

    /// A run that was kept.
    pub(crate) fn read(name: &str) -> Result<Self, Failure> {
        let path = place(name);
        let text = read(&path)?;
        serde_json::from_str(&text).map_err(|cause| Failure::Format { path, cause })
    }

    /// What stands between the marks of the page.
    fn section(&self) -> String {
        let said = |name: &str| match &self.machine[name] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let load = |load: Option<f64>| load.map_or_else(|| "unknown".to_owned(), |load| format!("{load:.1}"));
        let (met, missed) = self.rows.score();
        format!(
            "Made at {} with commit {}, {}, kernel {}, {} cores of {}, {}; {} rounds, {}; load before {}, \
             after {}. Targets met: {met}, not met: {missed}.\n\n{}",
            said("time"),
            said("commit").chars().take(12).collect::<String>(),
            said("rustc"),
            said("kernel"),
            said("cores"),
            said("processor"),
            said("memory"),
            self.rounds,
            self.effort.name(),
            load(self.load[0]),
            load(self.load[1]),
            self.rows.markdown()
        )
    }
}

/// Puts the table of a kept run into the page.
pub(crate) fn publish(name: &str) -> Result<(), Failure> {
    let (path, section) = (root().join(PAGE), Run::read(name)?.section());
    let page = replaced(&read(&path)?, name, &section).ok_or(Failure::Marks)?;
    fs::write(&path, page).map_err(|cause| Failure::File { action: "write", path, cause })
}

/// The page with another table.
fn replaced(page: &str, name: &str, section: &str) -> Option<String> {
    let (head, rest) = page.split_once(BEGIN)?;
    let (_, tail) = rest.split_once(END)?;
    Some(format!("{head}{BEGIN}{name} -->\n\n{section}\n{END}{tail}"))
}

/// Where a run is kept; a path stands for itself.
fn place(name: &str) -> PathBuf {
    if name.contains('/') {
        return PathBuf::from(name);
    }
    root().join("benches/runs").join(format!("{name}.json"))
}

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    provost_tests::implementation::workspace()
}

fn read(path: &Path) -> Result<String, Failure> {
    let path = path.to_owned();
    fs::read_to_string(&path).map_err(|cause| Failure::File { action: "read", path, cause })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{BEGIN, PAGE, Run, replaced, root};

    #[test]
    fn the_page_shows_the_run_it_names() {
        let page = fs::read_to_string(root().join(PAGE)).expect("the page");
        let (_, rest) = page.split_once(BEGIN).expect("the mark");
        let name = rest.split(' ').next().expect("invariant: split gives one part at least");
        if name == "none" {
            return;
        }
        let run = Run::read(name).unwrap_or_else(|failure| panic!("{failure}"));
        let expected = replaced(&page, name, &run.section()).expect("the marks");
        assert!(page == expected, "`cargo xtask bench --publish {name}` writes the table of {PAGE}");
    }

    #[test]
    fn only_what_stands_between_the_marks_is_replaced() {
        let page = "a\n<!-- the table of run none -->\nold\n<!-- end of the table -->\nb\n";
        let expected = "a\n<!-- the table of run x -->\n\nnew\n<!-- end of the table -->\nb\n";
        assert_eq!(replaced(page, "x", "new").as_deref(), Some(expected));
        assert_eq!(replaced("no marks", "x", "new"), None);
    }
}

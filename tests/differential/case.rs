//! One case: files, a command line, and what is in it.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::{fs, io};

/// Whose command line it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum About {
    Daemon,
    Client,
}

/// A file, by its path below the stage. Its lines are bytes: a configuration may be wrong in that, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) lines: Vec<Vec<u8>>,
}

/// The name of the file that command lines name.
pub(crate) const MAIN: &str = "main.conf";

/// What both sides are asked about.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) about: About,
    pub(crate) arguments: Vec<String>,
    pub(crate) files: Vec<File>,
    /// The same files later, if the daemon is to read them again.
    pub(crate) later: Option<Vec<File>>,
    /// What it is made of, for the counts.
    pub(crate) tags: BTreeSet<String>,
}

impl File {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), lines: text.lines().map(|line| line.as_bytes().to_vec()).collect() }
    }

    fn text(&self) -> Vec<u8> {
        let mut text = self.lines.join(&b'\n');
        text.push(b'\n');
        text
    }
}

impl Case {
    /// A daemon that is given these files.
    pub(crate) fn daemon(files: Vec<File>) -> Self {
        let arguments = ["-c", MAIN].map(str::to_owned).into();
        Self { about: About::Daemon, arguments, files, later: None, tags: BTreeSet::new() }
    }

    /// The same case with less in it, each time another part left out: large parts first.
    pub(crate) fn smaller(&self) -> Vec<Self> {
        let mut all = Vec::new();
        for (place, file) in self.files.iter().enumerate() {
            for lines in with_less(&file.lines) {
                let mut case = self.clone();
                case.files[place].lines = lines;
                all.push(case);
            }
        }
        for (place, file) in self.later.iter().flatten().enumerate() {
            for lines in with_less(&file.lines) {
                let mut case = self.clone();
                case.later.as_mut().expect("invariant: it has later files")[place].lines = lines;
                all.push(case);
            }
        }
        all.extend(
            with_less(&self.arguments).into_iter().map(|arguments| Self { arguments, ..self.clone() }),
        );
        all.extend(self.without_lines_of_both());
        all
    }

    /// Removes a line that stands in both versions of a file from both.
    fn without_lines_of_both(&self) -> Vec<Self> {
        let Some(later) = &self.later else { return Vec::new() };
        let mut all = Vec::new();
        for (place, (file, other)) in self.files.iter().zip(later).enumerate() {
            for line in file.lines.iter().filter(|line| other.lines.contains(line)) {
                let mut case = self.clone();
                case.files[place].lines.retain(|other| other != line);
                let later = case.later.as_mut().expect("invariant: it has later files");
                later[place].lines.retain(|other| other != line);
                all.push(case);
            }
        }
        all
    }
}

/// All ways to leave out a half, a quarter … or one of these.
fn with_less<T: Clone>(all: &[T]) -> Vec<Vec<T>> {
    let mut found = Vec::new();
    let mut size = all.len().div_ceil(2);
    while size > 0 {
        for start in (0..all.len()).step_by(size) {
            let end = (start + size).min(all.len());
            found.push([&all[..start], &all[end..]].concat());
        }
        size /= 2;
    }
    found
}

/// Makes the files of a case the only ones below the stage, apart from its permanent fixtures.
pub(crate) fn write(stage: &Path, files: &[File]) -> io::Result<()> {
    for folder in ["conf.d", "etc"] {
        let _ = fs::remove_dir_all(stage.join(folder));
        fs::create_dir(stage.join(folder))?;
    }
    for name in [MAIN, "supervisord.conf"] {
        let _ = fs::remove_file(stage.join(name));
    }
    files.iter().try_for_each(|file| fs::write(stage.join(&file.name), file.text()))
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:?} {:?}", self.about, self.arguments)?;
        show(f, "", &self.files)?;
        show(f, "later ", self.later.as_deref().unwrap_or_default())
    }
}

fn show(f: &mut fmt::Formatter<'_>, when: &str, files: &[File]) -> fmt::Result {
    for file in files {
        writeln!(f, "--- {when}{}", file.name)?;
        for line in &file.lines {
            writeln!(f, "{}", line.escape_ascii().to_string().replace("\\\"", "\"").replace("\\'", "'"))?;
        }
    }
    Ok(())
}

//! How fast output is stored, what that costs, and whether every line arrives.
//!
//! The floor is `cat` with its output in a file, one for each child. Every line carries its number, so that afterwards
//! the files tell what was lost.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use provost_tests::wait::look_for;
use provost_tests::{Scratch, processes};

use super::{Effort, PATIENCE, Seen};
use crate::contender::{Bout, Contender, Plan, Programs};
use crate::figure::Figure;
use crate::marks::{Mark, Marks};
use crate::numbers::{milliseconds, number};

/// The length of a line, with its end.
const LINE: u64 = 100;
/// Rolled-over files that are kept.
const BACKUPS: usize = 10;

/// What is seen of one way of writing.
struct Figures {
    speed: Figure,
    cost: Figure,
    lost: Figure,
}

const fn figures(speed: &'static str, cost: &'static str, lost: &'static str) -> Figures {
    Figures {
        speed: Figure::more(speed, "MB/s").of_floor(0.9),
        cost: Figure::less(cost, "s/GiB").of_floor(1.15),
        lost: Figure::less(lost, "").within(0.0),
    }
}

const ONE: Figures = figures(
    "log of one child",
    "log of one child: processor time",
    "log of one child: lines lost or misplaced",
);
const ROTATED: Figures = figures(
    "log of one child, 50 MB x 10",
    "log of one child, 50 MB x 10: processor time",
    "log of one child, 50 MB x 10: lines lost or misplaced",
);
const EIGHT: Figures = figures(
    "logs of 8 children",
    "logs of 8 children: processor time",
    "logs of 8 children: lines lost or misplaced",
);

/// How much is written.
#[derive(Clone, Copy)]
struct Amount {
    children: usize,
    /// By each.
    lines: u64,
}

impl Amount {
    fn bytes(self) -> f64 {
        number(self.lines * LINE) * number(self.children as u64)
    }
}

/// What came of it.
struct Written {
    /// Nanoseconds from the first child's first instruction until the last one had written everything.
    time: i64,
    /// Processor time of who stored it, in seconds.
    cost: f64,
    lost: u64,
}

/// One child.
pub(super) fn log(contender: Contender, programs: &Programs, effort: Effort) -> Seen {
    let amount = Amount { children: 1, lines: effort.choose(5_000_000, 20_000_000) };
    measure(contender, programs, amount, (ONE, "stdout_logfile_maxbytes=0\n"))
}

/// One child, with rotation.
pub(super) fn rotate(contender: Contender, programs: &Programs, effort: Effort) -> Seen {
    let amount = Amount { children: 1, lines: effort.choose(5_000_000, 20_000_000) };
    measure(
        contender,
        programs,
        amount,
        (ROTATED, "stdout_logfile_maxbytes=50MB\nstdout_logfile_backups=10\n"),
    )
}

/// Eight children.
pub(super) fn logs(contender: Contender, programs: &Programs, effort: Effort) -> Seen {
    let amount = Amount { children: 8, lines: effort.choose(1_000_000, 4_000_000) };
    measure(contender, programs, amount, (EIGHT, "stdout_logfile_maxbytes=0\n"))
}

fn measure(
    contender: Contender,
    programs: &Programs,
    amount: Amount,
    (figures, options): (Figures, &str),
) -> Seen {
    let written = if contender == Contender::Floor {
        cats(programs, amount)
    } else {
        supervised(contender, programs, amount, options)
    };
    vec![
        (figures.speed, amount.bytes() / 1e6 / (milliseconds(written.time) / 1e3)),
        (figures.cost, written.cost / (amount.bytes() / f64::from(1 << 30))),
        (figures.lost, number(written.lost)),
    ]
}

fn supervised(contender: Contender, programs: &Programs, amount: Amount, options: &str) -> Written {
    let mut plan = Plan::waiting(amount.children);
    plan.arguments = format!("write {}", amount.lines);
    plan.options += options;
    let bout = Bout::start(contender, programs, &plan);
    let begun = bout.marks.collect(amount.children);
    let before = processes::cpu_time(bout.pid());
    let time = last(&bout.marks.collect(amount.children)) - first(&begun);
    let files: Vec<PathBuf> =
        (0..amount.children).map(|index| bout.scratch.file(&format!("t{index:04}.out"))).collect();
    wait_until_stored(&files, amount.lines);
    let cost = (processes::cpu_time(bout.pid()) - before).as_secs_f64();
    Written { time, cost, lost: files.iter().map(|file| lost(file, amount.lines)).sum() }
}

/// As many times `cat`.
fn cats(programs: &Programs, amount: Amount) -> Written {
    let scratch = Scratch::new();
    let marks = Marks::bind(&scratch.file("marks"));
    let file = |index: usize| scratch.file(&format!("t{index:04}.out"));
    let (mut writers, mut cats) = (Vec::new(), Vec::new());
    for index in 0..amount.children {
        let mut writer = scratch.command(&programs.mark);
        writer
            .arg(scratch.file("marks"))
            .arg(format!("t{index:04}"))
            .arg("write")
            .arg(amount.lines.to_string());
        let mut writer = writer.stdout(Stdio::piped()).spawn().expect("invariant: it has been built");
        let mut cat = scratch.command(Path::new("cat"));
        cat.stdin(writer.stdout.take().expect("invariant: it is piped"));
        cat.stdout(File::create(file(index)).expect("a file in our own directory"));
        cats.push(cat.spawn().expect("cat is on every machine"));
        writers.push(writer);
    }
    let begun = marks.collect(amount.children);
    let time = last(&marks.collect(amount.children)) - first(&begun);
    let files: Vec<PathBuf> = (0..amount.children).map(file).collect();
    wait_until_stored(&files, amount.lines);
    let cost = cats.iter().map(|cat| processes::cpu_time(cat.id()).as_secs_f64()).sum();
    scratch.end_processes();
    for child in writers.iter_mut().chain(&mut cats) {
        Child::wait(child).expect("invariant: our own child can be waited for");
    }
    Written { time, cost, lost: files.iter().map(|file| lost(file, amount.lines)).sum() }
}

fn first(marks: &BTreeMap<String, Mark>) -> i64 {
    marks.values().map(|mark| mark.at).min().expect("invariant: there is one child at least")
}

fn last(marks: &BTreeMap<String, Mark>) -> i64 {
    marks.values().map(|mark| mark.at).max().expect("invariant: there is one child at least")
}

/// Waits until each file, or its youngest backup, ends with the last line. What never comes is lost, and counted later.
fn wait_until_stored(files: &[PathBuf], lines: u64) {
    let ends = |path: &Path| last_line(path).is_some_and(|number| number + 1 == lines);
    let all = || files.iter().all(|file| ends(file) || ends(&backup(file, 1)));
    let _counted_later = look_for(PATIENCE / 4, || all().then_some(()));
}

fn backup(file: &Path, number: usize) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{number}"));
    name.into()
}

/// The number of a file's last line, when it is whole.
fn last_line(path: &Path) -> Option<u64> {
    let mut file = File::open(path).ok()?;
    file.seek(SeekFrom::End(-i64::try_from(LINE).expect("invariant: lines are short"))).ok()?;
    let mut line = Vec::new();
    file.read_to_end(&mut line).ok()?;
    number_of(&line)
}

/// The number of a whole line.
fn number_of(line: &[u8]) -> Option<u64> {
    let whole = line.len() as u64 == LINE && line.ends_with(b"\n");
    std::str::from_utf8(line.get(..10).filter(|_| whole)?).ok()?.parse().ok()
}

/// The lines of a log that are not where they belong. The oldest may be missing when as many backups are there as are
/// kept: that is what rotation is for.
fn lost(file: &Path, lines: u64) -> u64 {
    let backups: Vec<PathBuf> =
        (1..=BACKUPS).rev().map(|number| backup(file, number)).filter(|path| path.exists()).collect();
    let expected = (backups.len() < BACKUPS).then_some(0);
    let parts = backups.iter().map(PathBuf::as_path).chain([file]);
    let text = parts.fold(Box::new(std::io::empty()) as Box<dyn Read>, |text, part| {
        Box::new(text.chain(File::open(part).expect("a log that was there a moment ago")))
    });
    let lost = out_of_place(BufReader::with_capacity(1 << 20, text), expected, lines);
    for part in backups.iter().map(PathBuf::as_path).chain([file]) {
        // Gigabytes that nobody looks at again would be written to the disk while the next one is measured.
        let _gone_with_the_directory_else = fs::remove_file(part);
    }
    lost
}

/// Counts numbers that are missing, repeated or in the wrong place; `expected` is the first one, if that is known.
fn out_of_place(mut text: impl BufRead, mut expected: Option<u64>, lines: u64) -> u64 {
    let (mut wrong, mut line) = (0, Vec::new());
    while text.read_until(b'\n', &mut line).expect("a log in our own directory") > 0 {
        match (number_of(&line), expected) {
            (Some(number), Some(next)) if number < next => wrong += 1,
            (Some(number), next) => {
                wrong += number - next.unwrap_or(number);
                expected = Some(number + 1);
            }
            // Broken: its own number is missing then.
            (None, _) => {}
        }
        line.clear();
    }
    wrong + lines.saturating_sub(expected.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::out_of_place;

    #[track_caller]
    fn check(numbers: &[u64], first: Option<u64>, expect: u64) {
        let text: String = numbers.iter().map(|number| format!("{number:010}{:89}\n", "")).collect();
        assert_eq!(out_of_place(text.as_bytes(), first, 5), expect, "{numbers:?}");
    }

    #[test]
    fn every_line_has_its_place() {
        check(&[0, 1, 2, 3, 4], Some(0), 0);
        check(&[0, 1, 3, 4], Some(0), 1);
        check(&[0, 1, 2], Some(0), 2);
        check(&[1, 2, 3, 4], Some(0), 1);
        check(&[2, 3, 4], None, 0);
        check(&[0, 1, 1, 2, 3, 4], Some(0), 1);
        check(&[], Some(0), 5);
        check(&[], None, 5);
    }

    #[test]
    fn a_broken_line_is_lost() {
        let text = format!("{:010}{:89}\n00000{:010}{:89}\n", 0, "", 2, "");
        assert_eq!(out_of_place(text.as_bytes(), Some(0), 3), 2);
    }
}

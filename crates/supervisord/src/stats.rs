//! What the trees of processes below the daemon's children use: memory, processor time, number of processes.
//!
//! Nothing is sampled in the background: an idle daemon stays idle. Whoever asks pays for one pass over `/proc`, which
//! reads one short file for each process of the machine; it blocks, so it runs on a helper thread and never on a plane.
//!
//! A process belongs to the tree of a child if it descends from it, or if it is left over in the process group or
//! session that the child leads, which is how a program's helpers are found after the one that made them has gone. One
//! that made itself a daemon in a session of its own is nobody's.
//!
//! Where there is no `/proc`, or it shows another PID namespace than ours, everything is zero: better no figure than
//! that of a stranger.

use std::collections::HashMap;
use std::fs::{self, File};

use provost_core::status::Pid;
use rustix::fs::{Mode, OFlags, openat};
use rustix::io::read;
use rustix::param::{clock_ticks_per_second, page_size};

/// What one line of `/proc/PID/stat` can have: 52 numbers of up to 20 digits are never reached together.
const LINE_BYTES: usize = 1024;

/// What one tree uses at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Usage {
    /// Memory that its processes have resident, in bytes. Pages that they share count for each of them.
    pub(crate) memory: u64,
    /// Processor seconds of its processes and of those of their children that they have waited for.
    pub(crate) cpu: f64,
    /// Its processes, without those that have ended and wait to be noticed.
    pub(crate) processes: u32,
}

/// What the trees of `roots` use now. A root without a process is absent.
pub(crate) fn usage_of(roots: &[Pid]) -> HashMap<Pid, Usage> {
    if roots.is_empty() || !is_our_namespace() {
        return HashMap::new();
    }
    Table::read().usage_of(roots)
}

/// Whether `/proc` counts processes as we do.
fn is_our_namespace() -> bool {
    fs::read_link("/proc/self").is_ok_and(|own| own.as_os_str() == &*std::process::id().to_string())
}

/// One process, as `/proc/PID/stat` tells of it (proc_pid_stat(5)).
#[derive(Clone, Copy, Debug, PartialEq)]
struct Process {
    is_zombie: bool,
    parent: i32,
    group: i32,
    session: i32,
    /// Its own, and those of its children that it has waited for.
    ticks: u64,
    resident_pages: u64,
}

impl Process {
    /// Reads the line of one process. Its name may hold anything, so what counts is the last bracket.
    fn parse(line: &[u8]) -> Option<Self> {
        let after_name = &line[line.iter().rposition(|&byte| byte == b')')? + 1..];
        let text = std::str::from_utf8(after_name).ok()?;
        let mut fields = text.split_ascii_whitespace();
        let is_zombie = matches!(fields.next()?, "Z" | "X");
        let mut number = |skipped: usize| fields.nth(skipped)?.parse::<i64>().ok();
        let (parent, group, session) = (number(0)?, number(0)?, number(0)?);
        // The four processor times are fields 14 to 17, the resident pages field 24.
        let ticks = [number(7)?, number(0)?, number(0)?, number(0)?];
        let resident_pages = number(6)?;
        Some(Self {
            is_zombie,
            parent: parent.try_into().ok()?,
            group: group.try_into().ok()?,
            session: session.try_into().ok()?,
            ticks: ticks.iter().map(|&ticks| u64::try_from(ticks).unwrap_or(0)).sum(),
            resident_pages: resident_pages.try_into().unwrap_or(0),
        })
    }
}

/// The processes of the machine at one moment, more or less.
struct Table(HashMap<i32, Process>);

impl Table {
    /// Processes that end during the pass, or hide from us, are left out.
    fn read() -> Self {
        let mut table = HashMap::new();
        let (Ok(entries), Ok(proc)) = (fs::read_dir("/proc"), File::open("/proc")) else {
            return Self(table);
        };
        // Three system calls for each process and no more: there may be many thousand.
        let mut path = String::with_capacity(32);
        let mut line = [0; LINE_BYTES];
        for entry in entries.flatten() {
            let name = entry.file_name();
            let Some((name, pid)) = name.to_str().and_then(|name| Some((name, name.parse().ok()?))) else {
                continue;
            };
            path.clear();
            path.extend([name, "/stat"]);
            let stat = openat(&proc, path.as_str(), OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty());
            let length = stat.and_then(|stat| read(stat, &mut line)).unwrap_or(0);
            if let Some(process) = Process::parse(&line[..length]) {
                table.insert(pid, process);
            }
        }
        Self(table)
    }

    fn usage_of(&self, roots: &[Pid]) -> HashMap<Pid, Usage> {
        let seconds_per_tick = 1.0 / clock_ticks_per_second() as f64;
        let page = page_size() as u64;
        let mut usage: HashMap<Pid, Usage> = HashMap::with_capacity(roots.len());
        let mut owners: HashMap<i32, Option<i32>> = roots.iter().map(|root| (root.0, Some(root.0))).collect();
        for (&pid, process) in &self.0 {
            let Some(root) = self.owner(pid, &mut owners) else { continue };
            let total = usage.entry(Pid(root)).or_default();
            total.memory += process.resident_pages * page;
            total.cpu += process.ticks as f64 * seconds_per_tick;
            total.processes += u32::from(!process.is_zombie);
        }
        usage
    }

    /// The root whose tree `pid` belongs to. `owners` has the roots themselves and what was found before, so that
    /// every process is looked at once, however deep the trees are.
    fn owner(&self, pid: i32, owners: &mut HashMap<i32, Option<i32>>) -> Option<i32> {
        let mut way = Vec::new();
        let mut at = pid;
        let mut owner = loop {
            if let Some(known) = owners.get(&at) {
                break *known;
            }
            let Some(process) = self.0.get(&at) else { break None };
            way.push(at);
            // A pass over processes that come and go may see a circle of reused numbers: nobody's, and it ends here.
            owners.insert(at, None);
            at = process.parent;
        };
        for pid in way.into_iter().rev() {
            owner = owner.or_else(|| self.left_over(pid, owners));
            owners.insert(pid, owner);
        }
        owners.get(&pid).copied().flatten()
    }

    /// The root that leads the group or session of a process which does not descend from it any more.
    fn left_over(&self, pid: i32, owners: &HashMap<i32, Option<i32>>) -> Option<i32> {
        let process = self.0.get(&pid)?;
        let is_root = |leader: i32| owners.get(&leader) == Some(&Some(leader));
        [process.group, process.session].into_iter().find(|&leader| is_root(leader))
    }
}

#[cfg(test)]
#[path = "stats_tests.rs"]
mod tests;

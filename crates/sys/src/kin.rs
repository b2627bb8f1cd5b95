//! Other processes, as the system lists them: who descends from whom, and signals that cannot hit the wrong one.
//!
//! A pid names a process only until that has been reaped. So a process that is remembered is remembered with the moment
//! of its start, and signalled through a descriptor (`pidfd`) that was opened before that moment was compared.
//!
//! Linux only, by `/proc`. Elsewhere, and where `/proc` shows another PID namespace, nobody is listed.

use std::collections::{HashMap, HashSet};
use std::fs;

use rustix::process::{PidfdFlags, Signal, pidfd_open, pidfd_send_signal, set_child_subreaper};

use crate::errno::Errno;
use crate::id::Pid;
use crate::spawn;

/// One process, and never another with the same pid.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Being {
    pid: Pid,
    /// In clock ticks since the system's start.
    started: u64,
}

/// What is listed of a process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kin {
    /// Which process.
    pub being: Being,
    /// Its parent's pid, 0 without one.
    pub parent: i32,
    /// Its process group.
    pub group: i32,
    /// Its session.
    pub session: i32,
    /// The letter of its state: `D` waits without being interruptible, `Z` has ended.
    pub state: char,
}

impl Kin {
    /// Reads `/proc/PID/stat` (proc_pid_stat(5)). The name may hold anything, so what counts is the last bracket.
    fn parse(pid: Pid, line: &[u8]) -> Option<Self> {
        let after_name = &line[line.iter().rposition(|&byte| byte == b')')? + 1..];
        let mut fields = std::str::from_utf8(after_name).ok()?.split_ascii_whitespace();
        let state = fields.next()?.chars().next()?;
        let mut number = || fields.next()?.parse::<i32>().ok();
        let (parent, group, session) = (number()?, number()?, number()?);
        // The start is field 22; the session was field 6.
        let started = fields.nth(15)?.parse().ok()?;
        Some(Self { being: Being { pid, started }, parent, group, session, state })
    }

    fn of(pid: Pid) -> Option<Self> {
        Self::parse(pid, &fs::read(format!("/proc/{pid}/stat")).ok()?)
    }
}

impl Being {
    /// The process that has this pid now.
    pub fn of(pid: Pid) -> Option<Self> {
        Kin::of(pid).map(|kin| kin.being)
    }

    /// Its pid.
    pub fn pid(self) -> Pid {
        self.pid
    }

    /// What is listed of it, unless it was reaped.
    pub fn look(self) -> Option<Kin> {
        Kin::of(self.pid).filter(|kin| kin.being == self)
    }

    /// Sends it a signal.
    ///
    /// # Errors
    /// `ESRCH` if it is gone, `EPERM` if it may not be signalled.
    pub fn signal(self, number: i32) -> Result<(), Errno> {
        const GONE: Errno = Errno::new(libc::ESRCH);
        let raw = rustix::process::Pid::from_raw(self.pid.raw()).ok_or(GONE)?;
        let handle = pidfd_open(raw, PidfdFlags::empty());
        self.look().ok_or(GONE)?;
        match (handle, Signal::from_named_raw(number)) {
            (Ok(handle), Some(signal)) => Ok(pidfd_send_signal(handle, signal)?),
            // No descriptor to spare, an old kernel, a real-time signal: the comparison was a moment ago.
            (Ok(_) | Err(_), _) => spawn::send_signal(self.pid.raw(), number),
        }
    }

    /// Whether it was given this variable, as `NAME=value`, when it executed its program. Whoever it belongs to can
    /// make the answer wait: not for a thread that others wait for.
    pub fn has_variable(self, pair: &[u8]) -> bool {
        let environment = fs::read(format!("/proc/{}/environ", self.pid)).unwrap_or_default();
        environment.split(|&byte| byte == 0).any(|other| other == pair) && self.look().is_some()
    }

    /// Its pid, name and state, for people: `4711 (sleep, state D)`.
    pub fn describe(self) -> String {
        let name = fs::read_to_string(format!("/proc/{}/comm", self.pid)).unwrap_or_default();
        let state = self.look().map_or('?', |kin| kin.state);
        format!("{} ({}, state {state})", self.pid, name.trim_end())
    }
}

/// All processes that have not ended. Some three system calls for each.
pub fn living() -> Vec<Kin> {
    let own = Pid::current();
    if fs::read_link("/proc/self").ok().and_then(|link| link.to_str()?.parse().ok()) != Some(own.raw()) {
        return Vec::new();
    }
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok().and_then(Pid::new));
    pids.filter_map(Kin::of).filter(|kin| !matches!(kin.state, 'Z' | 'X')).collect()
}

/// Of all processes those that are `is_seed`, and those that descend from one of them or are in a session that one of
/// them is in. `outside` and its session are nobody's.
pub fn families(all: &[Kin], outside: Pid, is_seed: impl Fn(&Kin) -> bool) -> Vec<Kin> {
    let foreign = all.iter().find(|kin| kin.being.pid == outside).map(|kin| kin.session);
    let mut children: HashMap<i32, Vec<&Kin>> = HashMap::new();
    let mut sessions: HashMap<i32, Vec<&Kin>> = HashMap::new();
    for kin in all.iter().filter(|kin| kin.being.pid != outside) {
        children.entry(kin.parent).or_default().push(kin);
        sessions.entry(kin.session).or_default().push(kin);
    }
    let mut found = HashSet::new();
    let mut family = Vec::new();
    let mut next: Vec<&Kin> = all.iter().filter(|kin| kin.being.pid != outside && is_seed(kin)).collect();
    while let Some(kin) = next.pop() {
        if !found.insert(kin.being) {
            continue;
        }
        family.push(*kin);
        next.extend(children.remove(&kin.being.pid.raw()).unwrap_or_default());
        if Some(kin.session) != foreign {
            next.extend(sessions.remove(&kin.session).unwrap_or_default());
        }
    }
    family
}

/// From now on, whoever descends from this process and loses its parent becomes its child instead of process 1's, and
/// has to be reaped.
///
/// # Errors
/// The system's refusal; where there is no such thing, orphans go to process 1.
pub fn adopt_orphans() -> Result<(), Errno> {
    Ok(set_child_subreaper(rustix::process::Pid::from_raw(Pid::current().raw()))?)
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    fn kin(pid: i32, parent: i32, session: i32) -> Kin {
        let pid = Pid::new(pid).expect("positive");
        Kin { being: Being { pid, started: 7 }, parent, group: session, session, state: 'S' }
    }

    /// `seeds` are pids; process 1 is outside, its session 1.
    #[track_caller]
    fn check(all: &[(i32, i32, i32)], seeds: &[i32], expect: &[i32]) {
        let all: Vec<Kin> = all.iter().map(|&(pid, parent, session)| kin(pid, parent, session)).collect();
        let outside = Pid::new(1).expect("positive");
        let family = families(&all, outside, |kin| seeds.contains(&kin.being.pid.raw()));
        let mut pids: Vec<i32> = family.iter().map(|kin| kin.being.pid.raw()).collect();
        pids.sort_unstable();
        assert_eq!(pids, expect);
    }

    #[test]
    fn a_family_is_descendants_and_their_sessions() {
        const ALL: [(i32, i32, i32); 7] =
            [(1, 0, 1), (10, 1, 1), (11, 10, 1), (12, 11, 12), (13, 1, 12), (14, 13, 14), (20, 1, 1)];
        check(&ALL, &[10], &[10, 11, 12, 13, 14]);
        check(&ALL, &[11], &[11, 12, 13, 14]);
        check(&ALL, &[14], &[14]);
        check(&ALL, &[20], &[20]);
        check(&ALL, &[], &[]);
        // The daemon is never part of it, not even if it is named; a circle of reused numbers ends.
        check(&ALL, &[1], &[]);
        check(&[(1, 0, 1), (5, 6, 1), (6, 5, 1)], &[5], &[5, 6]);
    }

    #[test]
    fn the_name_of_a_process_may_be_anything() {
        let pid = Pid::new(42).expect("positive");
        let line = b"42 (a ) Z (b) D 1 2 3 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 12345 6 7\n";
        let expect =
            Kin { being: Being { pid, started: 12345 }, parent: 1, group: 2, session: 3, state: 'D' };
        assert_eq!(Kin::parse(pid, line), Some(expect));
        assert_eq!(Kin::parse(pid, b"42 (x) S 1 2"), None);
    }

    #[test]
    fn a_process_is_signalled_only_while_it_is_itself() {
        let mut cat = Command::new("cat");
        cat.env("MARK", "x y").stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = cat.spawn().expect("cat runs");
        let pid = i32::try_from(child.id()).ok().and_then(Pid::new).expect("a pid");
        let being = Being::of(pid).expect("it lives");
        assert!(living().iter().any(|kin| kin.being == being && kin.parent == Pid::current().raw()));
        // The environment is there once the program is executed, which `spawn` waits for.
        assert!(being.has_variable(b"MARK=x y") && !being.has_variable(b"MARK=x"));
        let other = Being { started: being.started + 1, ..being };
        assert_eq!(other.signal(libc::SIGKILL), Err(Errno::new(libc::ESRCH)));
        assert_eq!((being.signal(0).is_ok(), being.signal(libc::SIGKILL)), (true, Ok(())));
        child.wait().expect("it ends");
        assert_eq!(being.signal(libc::SIGKILL), Err(Errno::new(libc::ESRCH)));
    }
}

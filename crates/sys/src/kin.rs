//! Other processes, as the system lists them: who descends from whom, and signals that cannot hit the wrong one.
//!
//! A pid names a process only until that has been reaped. So a process that is remembered is remembered with the moment
//! of its start, and signalled through a descriptor (`pidfd`) that was opened before that moment was compared.
//!
//! What cannot be read is unknown, which is never taken for gone: whoever counts on a list has the whole list or an
//! error. And some are nobody's family, whatever speaks for it: see [`Census`].
//!
//! Linux only, by `/proc`. Elsewhere, and where `/proc` shows another PID namespace, nobody is listed.

use std::collections::{HashMap, HashSet};
use std::{fs, io};

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

    /// What is listed of the process that has this pid now, if one has.
    fn of(pid: Pid) -> io::Result<Option<Self>> {
        let path = format!("/proc/{pid}/stat");
        match fs::read(&path) {
            Ok(line) => Self::parse(pid, &line).map(Some).ok_or_else(|| unreadable(&path)),
            Err(error) if is_gone(&error) || is_hidden(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn unreadable(path: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{path} does not say what it should"))
}

/// Whether somebody's files could not be read because there is nobody.
fn is_gone(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ESRCH))
}

/// Whether they could not be read because of the owner (`hidepid`), which means as much as not being listed: who may not
/// be looked at may not be signalled either.
fn is_hidden(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied
}

impl Being {
    /// The process that has this pid now, if one has.
    ///
    /// # Errors
    /// `/proc` cannot be read.
    pub fn of(pid: Pid) -> io::Result<Option<Self>> {
        Ok(Kin::of(pid)?.map(|kin| kin.being))
    }

    /// Its pid.
    pub fn pid(self) -> Pid {
        self.pid
    }

    /// What is listed of it, unless it was reaped.
    ///
    /// # Errors
    /// `/proc` cannot be read.
    pub fn look(self) -> io::Result<Option<Kin>> {
        Ok(Kin::of(self.pid)?.filter(|kin| kin.being == self))
    }

    /// Sends it a signal, if it is certain that it is still the same.
    ///
    /// # Errors
    /// `ESRCH` if it is gone, `EPERM` if it may not be signalled, another if `/proc` cannot be read.
    pub fn signal(self, number: i32) -> Result<(), Errno> {
        const GONE: Errno = Errno::new(libc::ESRCH);
        let raw = rustix::process::Pid::from_raw(self.pid.raw()).ok_or(GONE)?;
        let handle = pidfd_open(raw, PidfdFlags::empty());
        let unknown = |error: io::Error| Errno::new(error.raw_os_error().unwrap_or(libc::EIO));
        self.look().map_err(unknown)?.ok_or(GONE)?;
        match (handle, Signal::from_named_raw(number)) {
            (Ok(handle), Some(signal)) => Ok(pidfd_send_signal(handle, signal)?),
            // No descriptor to spare, an old kernel, a real-time signal: the comparison was a moment ago.
            (Ok(_) | Err(_), _) => spawn::send_signal(self.pid.raw(), number),
        }
    }

    /// The value that this variable had when it executed its program, if it had one. Nobody can tell while it is about to
    /// execute another, or has been reaped, or where its environment may not be read: that is `Unknown`. Whoever it
    /// belongs to can make the answer wait: not for a thread that others wait for.
    ///
    /// # Errors
    /// `/proc` cannot be read.
    pub fn variable(self, name: &str) -> io::Result<Variable> {
        let environment = match fs::read(format!("/proc/{}/environ", self.pid)) {
            Ok(environment) => environment,
            Err(error) if is_gone(&error) || is_hidden(&error) => return Ok(Variable::Unknown),
            Err(error) => return Err(error),
        };
        if environment.is_empty() || self.look()?.is_none() {
            return Ok(Variable::Unknown);
        }
        let value = |pair: &[u8]| pair.strip_prefix(name.as_bytes())?.strip_prefix(b"=").map(Vec::from);
        let value = environment.split(|&byte| byte == 0).find_map(value);
        Ok(value.map_or(Variable::Absent, Variable::Is))
    }

    /// Its pid, name and state, for people: `4711 (sleep, state D)`.
    pub fn describe(self) -> String {
        let name = fs::read_to_string(format!("/proc/{}/comm", self.pid)).unwrap_or_default();
        let state = self.look().ok().flatten().map_or('?', |kin| kin.state);
        format!("{} ({}, state {state})", self.pid, name.trim_end())
    }
}

/// What a process says of a variable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Variable {
    /// It has this value.
    Is(Vec<u8>),
    /// It has none.
    Absent,
    /// Nobody can tell now.
    Unknown,
}

/// All processes that had not ended when it was taken. That is not one moment: who makes another and ends meanwhile may
/// hide both.
///
/// It knows what no family reaches over: the caller, its ancestors and process 1 are nobody's kin, and each other
/// child of the caller is the root of a family of its own, with all who descend from it. The caller's session, which its
/// children share, and those of its ancestors say nothing about who belongs together.
#[derive(Debug)]
pub struct Census {
    all: Vec<Kin>,
    by_parent: HashMap<i32, Vec<usize>>,
    by_session: HashMap<i32, Vec<usize>>,
    /// The caller, its ancestors, and process 1.
    untouchable: HashSet<i32>,
    common_sessions: HashSet<i32>,
    /// From which child of the caller somebody descends, for those who do.
    roots: HashMap<i32, i32>,
    caller: Option<Kin>,
}

impl Census {
    /// Looks at all processes: some three system calls for each. `children` are the pids of the caller's children that
    /// have not been reaped, without adopted ones.
    ///
    /// # Errors
    /// `/proc`, or what it says of anybody who may be looked at, cannot be read.
    pub fn take(children: impl IntoIterator<Item = i32>) -> io::Result<Self> {
        let caller = Pid::current();
        let all = living(caller)?;
        if !all.is_empty() && !all.iter().any(|kin| kin.being.pid == caller) {
            // Nothing could be told apart from the caller's own.
            return Err(unreadable("/proc/self/stat"));
        }
        Ok(Self::of(all, caller, children))
    }

    fn of(all: Vec<Kin>, caller: Pid, children: impl IntoIterator<Item = i32>) -> Self {
        let mut by_parent: HashMap<i32, Vec<usize>> = HashMap::new();
        let mut by_session: HashMap<i32, Vec<usize>> = HashMap::new();
        let mut by_pid = HashMap::new();
        for (place, kin) in all.iter().enumerate() {
            by_parent.entry(kin.parent).or_default().push(place);
            by_session.entry(kin.session).or_default().push(place);
            by_pid.insert(kin.being.pid.raw(), *kin);
        }
        let caller = by_pid.get(&caller.raw()).copied();
        let (mut untouchable, mut common_sessions) = (HashSet::from([0]), HashSet::from([0]));
        let mut next = caller;
        while let Some(kin) = next {
            common_sessions.insert(kin.session);
            // A circle of reused numbers ends.
            let is_new = untouchable.insert(kin.being.pid.raw());
            next = by_pid.get(&kin.parent).copied().filter(|_| is_new);
        }
        untouchable.insert(1);
        let mut census =
            Self { all, by_parent, by_session, untouchable, common_sessions, roots: HashMap::new(), caller };
        for child in children {
            census.note_root(child);
        }
        census
    }

    /// Remembers who descends from a child of the caller.
    fn note_root(&mut self, child: i32) {
        let mut next = vec![child];
        while let Some(pid) = next.pop() {
            if self.untouchable.contains(&pid) || self.roots.contains_key(&pid) {
                continue;
            }
            self.roots.insert(pid, child);
            let children = self.by_parent.get(&pid).into_iter().flatten();
            next.extend(children.map(|place| self.all[*place].being.pid.raw()));
        }
    }

    /// Everybody.
    pub fn iter(&self) -> impl Iterator<Item = &Kin> {
        self.all.iter()
    }

    /// Those whom the caller has adopted: its children, without those it named.
    pub fn orphans(&self) -> impl Iterator<Item = &Kin> {
        let caller = self.caller.map_or(0, |kin| kin.being.pid.raw());
        let adopted = self.by_parent.get(&caller).into_iter().flatten().map(|place| &self.all[*place]);
        adopted.filter(move |kin| caller != 0 && !self.roots.contains_key(&kin.being.pid.raw()))
    }

    /// Whether somebody is in the process group that this child of the caller leads or led, and with it in the caller's
    /// session.
    pub fn is_in_group(&self, kin: &Kin, child: i32) -> bool {
        kin.group == child && self.caller.is_some_and(|caller| caller.session == kin.session)
    }

    /// Those that are `is_seed`, and those that descend from one of them or are in a session that one of them is in.
    /// Who descends from a child of the caller that was named is left out, unless it is `child`.
    pub fn family(&self, child: Option<i32>, is_seed: impl Fn(&Kin) -> bool) -> Vec<Kin> {
        let may_belong = |kin: &Kin| {
            let pid = kin.being.pid.raw();
            let root = self.roots.get(&pid);
            !self.untouchable.contains(&pid) && (root.is_none() || root == child.as_ref())
        };
        let (mut found, mut sessions, mut family) = (HashSet::new(), HashSet::new(), Vec::new());
        let mut next: Vec<&Kin> = self.all.iter().filter(|kin| is_seed(kin)).collect();
        while let Some(kin) = next.pop() {
            if !may_belong(kin) || !found.insert(kin.being) {
                continue;
            }
            family.push(*kin);
            let children = self.by_parent.get(&kin.being.pid.raw());
            let is_new = !self.common_sessions.contains(&kin.session) && sessions.insert(kin.session);
            let peers = self.by_session.get(&kin.session).filter(|_| is_new);
            next.extend(children.into_iter().chain(peers).flatten().map(|place| &self.all[*place]));
        }
        family
    }
}

/// All processes that have not ended; nobody where `/proc` is missing or shows others.
fn living(caller: Pid) -> io::Result<Vec<Kin>> {
    match fs::read_link("/proc/self") {
        Ok(link) if link.to_str().and_then(|link| link.parse().ok()) == Some(caller.raw()) => {}
        Ok(_) => return Ok(Vec::new()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    }
    let mut all = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let Some(pid) = entry?.file_name().to_str().and_then(|name| Pid::new(name.parse().ok()?)) else {
            continue;
        };
        all.extend(Kin::of(pid)?.filter(|kin| !matches!(kin.state, 'Z' | 'X')));
    }
    Ok(all)
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

    fn check_around(caller: i32, all: &[(i32, i32, i32)], (children, child): (&[i32], i32), expect: &[i32]) {
        let all: Vec<Kin> = all.iter().map(|&(pid, parent, session)| kin(pid, parent, session)).collect();
        let census = Census::of(all, Pid::new(caller).expect("positive"), children.iter().copied());
        let family = census.family(Some(child), |kin| kin.being.pid().raw() == child);
        let mut pids: Vec<i32> = family.iter().map(|kin| kin.being.pid.raw()).collect();
        pids.sort_unstable();
        assert_eq!(pids, expect, "{child} of {children:?}");
    }

    /// `seed` is a pid; process 1 is the caller, its session 1.
    #[track_caller]
    fn check(all: &[(i32, i32, i32)], seed: i32, expect: &[i32]) {
        check_around(1, all, (&[], seed), expect);
    }

    #[test]
    fn a_family_is_descendants_and_their_sessions() {
        const ALL: [(i32, i32, i32); 7] =
            [(1, 0, 1), (10, 1, 1), (11, 10, 1), (12, 11, 12), (13, 1, 12), (14, 13, 14), (20, 1, 1)];
        check(&ALL, 10, &[10, 11, 12, 13, 14]);
        check(&ALL, 11, &[11, 12, 13, 14]);
        check(&ALL, 14, &[14]);
        check(&ALL, 20, &[20]);
        check(&ALL, 99, &[]);
        // The daemon is never part of it, not even if it is named; a circle of reused numbers ends.
        check(&ALL, 1, &[]);
        check(&[(1, 0, 1), (5, 6, 1), (6, 5, 1)], 5, &[5, 6]);
    }

    /// A shell (3) in a session that runs the daemon (7) with the children 10, 20 and 30, of which the last has not ended
    /// and the second leads others into a session of the first.
    #[test]
    fn some_are_nobodys_family() {
        const ALL: [(i32, i32, i32); 9] = [
            (1, 0, 1),
            (3, 1, 3),
            (4, 3, 3),
            (7, 3, 3),
            (10, 7, 3),
            (11, 10, 11),
            (20, 7, 3),
            (21, 20, 11),
            (22, 21, 22),
        ];
        let check =
            |children: &[i32], child, expect: &[i32]| check_around(7, &ALL, (children, child), expect);
        check(&[10, 20], 10, &[10, 11]);
        check(&[10, 20], 20, &[20, 21, 22]);
        // What is not known as another program's is found by its session.
        check(&[10], 10, &[10, 11, 21, 22]);
        // The daemon, its ancestors, and what descends from other children; also who is named for a seed.
        for untouchable in [1, 3, 7] {
            check(&[10, 20], untouchable, &[]);
        }
        check(&[10, 20], 21, &[]);
        // Who shares the daemon's session has nothing to do with it.
        check(&[10, 20], 4, &[4]);
        // Without a look at the daemon itself there are no families to be had: `take` refuses.
        assert!(Census::take([]).is_ok_and(|census| census.caller.is_some()));
    }

    #[test]
    fn only_what_is_gone_or_hidden_is_not_there() {
        let check = |number, expect| {
            let error = io::Error::from_raw_os_error(number);
            assert_eq!(is_gone(&error) || is_hidden(&error), expect, "{error}");
        };
        for (number, expect) in [
            (libc::ENOENT, true),
            (libc::ESRCH, true),
            (libc::EACCES, true),
            (libc::EPERM, true),
            (libc::EMFILE, false),
            (libc::ENFILE, false),
            (libc::ENOMEM, false),
            (libc::EIO, false),
        ] {
            check(number, expect);
        }
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
        let being = Being::of(pid).expect("/proc can be read").expect("it lives");
        let census = Census::take([]).expect("/proc can be read");
        assert!(census.orphans().any(|kin| kin.being == being));
        let census = Census::take([pid.raw()]).expect("/proc can be read");
        assert!(
            !census.orphans().any(|kin| kin.being == being) && census.iter().any(|kin| kin.being == being)
        );
        // The environment is there once the program is executed, which `spawn` waits for.
        let variable = |name| being.variable(name).expect("/proc can be read");
        assert_eq!((variable("MARK"), variable("MAR")), (Variable::Is(b"x y".into()), Variable::Absent));
        let other = Being { started: being.started + 1, ..being };
        assert_eq!(other.signal(libc::SIGKILL), Err(Errno::new(libc::ESRCH)));
        assert_eq!((being.signal(0).is_ok(), being.signal(libc::SIGKILL)), (true, Ok(())));
        child.wait().expect("it ends");
        assert_eq!(being.signal(libc::SIGKILL), Err(Errno::new(libc::ESRCH)));
        assert_eq!(being.variable("MARK").expect("/proc can be read"), Variable::Unknown);
    }
}

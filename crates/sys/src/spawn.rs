//! Starting a child: the one room with `unsafe`, and the contract that makes fork safe beside threads.
//!
//! # The contract between fork and exec
//!
//! Between the moment a child exists and the moment it executes its program it is a dangerous thing: one
//! thread of a many-threaded process went on alone. Any lock that another thread held stays held for ever;
//! `malloc`, the standard streams, the C library's own bookkeeping may be half-way through a change. So, in
//! that interval:
//!
//! 1. **System calls only.** No allocation, no lock, no panic, no formatting machinery, nothing of the C
//!    library that does more than enter the kernel. Even `setuid` of the C library is forbidden: it stops all
//!    threads it knows of to change them too. The identity and signal calls on Linux are therefore raw.
//! 2. **Everything is prepared.** Strings, pointer tables, identity, descriptors are built before, in
//!    [`SpawnSpec`] and [`Prepared`], and only read after.
//! 3. **The child never returns.** It executes the program or ends with `_exit(127)`; no destructor of the
//!    daemon runs twice.
//!
//! # Two ways to make the child (Linux)
//!
//! - **Same user: memory is shared** (`CLONE_VM | CLONE_VFORK`). The child runs on a stack of its own in the
//!   daemon's memory, and the calling thread sleeps until the child has executed or ended. Nothing is copied,
//!   so a spawn costs the same whether the daemon is small or large, and it cannot fail for lack of memory to
//!   copy into. The price: the child must not change memory the daemon would miss. It writes to its stack,
//!   to the word for its report, and to `errno` of the calling thread, which that thread does not look at.
//!   A file system that hangs (a dead network mount as `directory=`) makes the daemon wait with the child, as
//!   it did already when the program file was looked up there.
//! - **Another user: memory is copied** (no such flags, i.e. a plain fork). Once the child has the other
//!   user's uid, that user may stop it, and may make it wait in a file system of his own (`directory=`, the
//!   program file). A daemon sleeping on it would be at that user's mercy; and while memory is shared, a
//!   process of another user would hold the daemon's. So the daemon does not wait, and shares nothing.
//!
//! Beside the memory, a child of the same user shares the daemon's *table of descriptors* for its first moments: to
//! copy thousands of descriptors for each start, only to close them again, is what would make a start dearer the more
//! programs there are. It finds its own three in low slots (`slots.rs`) and at once takes a copy of the table that ends
//! behind them. Until then it opens, closes and places nothing; if it gets no copy, it ends, and the daemon makes another
//! that shares memory alone. Where sharing is refused, or promised and not done (emulators), children are copies.
//!
//! In both ways all signals are blocked from before the fork until just before exec. No handler of the daemon
//! ever runs in the child; by the time the mask is emptied, every disposition is the default. (The reference
//! lets children inherit ignored signals, which breaks pipelines; ours start with nothing ignored and nothing
//! blocked.)
//!
//! Elsewhere than on Linux the child is made by `fork()`, and the same steps run with the C library's calls.
//!
//! # What the child does
//!
//! Own table of descriptors; own process group; dispositions; descriptors 0 to 2; close the rest; the prepared steps in order; mask;
//! exec. The parent sets the process group too, so that a signal to the group sent at once finds it. A
//! failure is written to the child's stderr, where the program's own log has it, and the status is 127.
//! The daemon learns of it by a number that the child stores ([`Report`]): in the daemon's memory where that is
//! shared, else in a page that is shared for these numbers alone.
//!
//! # What else is unsafe
//!
//! At the end of the file: the fork of daemonizing, `kill`, and the installing of handlers, because each of
//! them needs a call that no safe wrapper offers. Each is exposed as a safe function to the other files.

#![expect(unsafe_code, reason = "this is the file for it")]

use std::convert::Infallible;
use std::ffi::CString;
use std::io;
use std::os::fd::{AsRawFd as _, RawFd};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use libc::{c_char, c_int};

use crate::digits::Digits;
use crate::errno::Errno;
use crate::id::{Gid, Pid, Uid};
use crate::report::{ChildFailure, Failure, Refusal};
use crate::signal::Queue;
use crate::spec::{Identity, SpawnSpec, Stdio, Step};

/// The exit status of a child that could not become its program.
pub const NOT_SPAWNED: i32 = 127;

/// The system refused to make another process: `EAGAIN` when there are too many, `ENOMEM`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("could not make a process: {0}")]
pub struct SpawnError(pub Errno);

/// A child that was made.
#[derive(Debug)]
pub struct Spawned {
    /// The child.
    pub pid: Pid,
    /// How to learn whether it became its program.
    pub report: Report,
}

/// Whether a child became its program, as far as it has told.
#[derive(Debug)]
pub enum Report {
    /// It has come so far or given up: this is all there is to know.
    Final(Option<ChildFailure>),
    /// It is on its way, and will leave word if it gives up. To be kept until it is reaped: then
    /// another child may leave word in the same place.
    Open(SharedWord),
    /// It is on its way, and there was no memory for the page.
    Lost,
}

impl Report {
    /// Why the child did not become its program, if it has said so. Once the child has ended, there is nothing more
    /// to come.
    pub fn failure(&self) -> Option<ChildFailure> {
        match self {
            Self::Final(failure) => *failure,
            Self::Open(word) => ChildFailure::unpack(word.get().load(Ordering::Relaxed)),
            Self::Lost => None,
        }
    }
}

/// A number that a child with memory of its own shares with the daemon until it executes. To be kept until the child is
/// reaped: then the next one may have it.
#[derive(Debug)]
pub struct SharedWord(NonNull<AtomicU64>);

/// Words that no child has. They stand together in pages that are never given back, because each mapping of its own
/// would have to be copied for every child that comes after.
static FREE_WORDS: Mutex<Vec<SharedAddress>> = Mutex::new(Vec::new());

/// A place in such a page.
struct SharedAddress(NonNull<AtomicU64>);

// SAFETY: an address in a mapping that is never unmapped and belongs to no thread; what it holds is atomic.
unsafe impl Send for SharedWord {}
// SAFETY: as above.
unsafe impl Send for SharedAddress {}

impl SharedWord {
    /// Words in a page of the smallest size there is.
    const IN_A_PAGE: usize = 4096 / size_of::<AtomicU64>();

    /// A word that is 0; nothing if the system has no memory for it.
    fn new() -> Option<Self> {
        let mut free = FREE_WORDS.lock().unwrap_or_else(PoisonError::into_inner);
        if free.is_empty() {
            free.extend(Self::page()?);
        }
        free.pop().map(|address| Self(address.0))
    }

    /// A new page of them.
    fn page() -> Option<impl Iterator<Item = SharedAddress>> {
        let length = Self::IN_A_PAGE * size_of::<AtomicU64>();
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_SHARED | libc::MAP_ANONYMOUS;
        // SAFETY: an anonymous mapping at an address of the kernel's choice overlaps nothing.
        let page = unsafe { libc::mmap(ptr::null_mut(), length, protection, flags, -1, 0) };
        let first = NonNull::new(page.cast()).filter(|_| page != libc::MAP_FAILED)?;
        // SAFETY: `length` bytes are mapped from `first` on, which is page-aligned.
        Some((0..Self::IN_A_PAGE).map(move |index| SharedAddress(unsafe { first.add(index) })))
    }

    fn get(&self) -> &AtomicU64 {
        // SAFETY: the mapping is never unmapped, and begins with zeros, which is a valid value; daemon and child use it
        // as an atomic only.
        unsafe { self.0.as_ref() }
    }
}

impl Drop for SharedWord {
    fn drop(&mut self) {
        self.get().store(0, Ordering::Relaxed);
        FREE_WORDS.lock().unwrap_or_else(PoisonError::into_inner).push(SharedAddress(self.0));
    }
}

/// Starts a child and returns as soon as it exists. It is then the leader of its own process group.
///
/// What goes wrong afterwards (no such user, directory or program) is not an error here: the child tells it in its
/// [`Report`] and on its stderr, and exits with [`NOT_SPAWNED`], like any program that ends early.
///
/// Costs some ten system calls in the daemon and a short sleep of the calling thread; with [`Step::Become`]
/// of another user, a copy of the daemon's page tables instead of the sleep. Concurrent calls take turns.
///
/// # Errors
/// [`SpawnError`] if no process could be made.
pub fn spawn(spec: &SpawnSpec, stdio: &Stdio<'_>) -> Result<Spawned, SpawnError> {
    let argv = pointer_table(&spec.argv);
    let envp = pointer_table(&spec.envp);
    let (page, near) = (SharedWord::new(), AtomicU64::new(0));
    let sign = AtomicU8::new(NO_SIGN);
    let prepared = Prepared {
        spec,
        report: page.as_ref().map_or(&near, SharedWord::get),
        argv: &argv,
        envp: &envp,
        stdio: [stdio.stdin.as_raw_fd(), stdio.stdout.as_raw_fd(), stdio.stderr.as_raw_fd()],
        sign: &sign,
        shared_table: None,
    };
    let pid =
        if may_share_memory(spec) { make_child_here(&prepared, stdio)? } else { make_child(&prepared)? };
    // With memory shared, the child has executed or ended by now, in the group it made first of all.
    let is_done = sign.load(Ordering::Relaxed) != NO_SIGN;
    if !is_done {
        // The child does the same. Whoever comes second may fail (EACCES after exec, ESRCH after the end); what
        // counts is that the group exists when this function returns.
        // SAFETY: two plain numbers go in; no memory is involved.
        unsafe { libc::setpgid(pid.raw(), pid.raw()) };
    }
    let report = match page {
        _ if is_done => Report::Final(ChildFailure::unpack(prepared.report.load(Ordering::Relaxed))),
        Some(page) => Report::Open(page),
        None => Report::Lost,
    };
    Ok(Spawned { pid, report })
}

/// Whether the daemon may share its memory with this child and sleep until it has executed (see the head).
#[cfg(target_os = "linux")]
fn may_share_memory(spec: &SpawnSpec) -> bool {
    let own = Uid::current();
    !spec.steps.iter().any(|step| match step {
        Step::Become(identity) => identity.uid != own,
        Step::Enter(_) | Step::Umask(_) | Step::Join(_) => false,
    })
}

#[cfg(not(target_os = "linux"))]
fn may_share_memory(_: &SpawnSpec) -> bool {
    false
}

/// The child has not begun, or began in a copy of the memory, whatever it was told to share.
const NO_SIGN: u8 = 0;
/// It is on its way, in the daemon's memory and a table of its own.
const BEGUN: u8 = 1;
/// It could not leave the daemon's table of descriptors, so it ended without doing anything else.
const STUCK: u8 = 2;

/// What the child reads; borrowed from the daemon, so built entirely before the fork.
#[derive(Clone, Copy)]
struct Prepared<'a> {
    spec: &'a SpawnSpec,
    /// Null-terminated, into `spec.argv`.
    argv: &'a [*const c_char],
    /// Null-terminated, into `spec.envp`.
    envp: &'a [*const c_char],
    stdio: [RawFd; 3],
    /// Where the child stores why it gave up.
    report: &'a AtomicU64,
    /// Where the child gives a sign, which the daemon sees only if their memory is one.
    sign: &'a AtomicU8,
    /// Whether the child begins in the daemon's table of descriptors, and from where on it needs none of them.
    shared_table: Option<libc::c_uint>,
}

fn pointer_table(strings: &[CString]) -> Vec<*const c_char> {
    strings.iter().map(|string| string.as_ptr()).chain([ptr::null()]).collect()
}

/// Blocks every signal in the calling thread until dropped.
struct AllSignalsBlocked {
    before: libc::sigset_t,
}

impl AllSignalsBlocked {
    fn new() -> Self {
        // SAFETY: `sigset_t` is plain data for which all-zero is a value; both calls only write to the sets
        // they are given, which live on this stack. They cannot fail with these arguments.
        unsafe {
            let mut all: libc::sigset_t = std::mem::zeroed();
            let mut before: libc::sigset_t = std::mem::zeroed();
            libc::sigfillset(&raw mut all);
            libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut before);
            Self { before }
        }
    }
}

impl Drop for AllSignalsBlocked {
    fn drop(&mut self) {
        // SAFETY: `before` was filled in by the same call in `new`.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.before, ptr::null_mut()) };
    }
}

#[cfg(target_os = "linux")]
use by_clone::{make_child, make_child_here};

#[cfg(target_os = "linux")]
mod by_clone {
    //! Making the child with `clone(2)`, on a stack that is made once and used for every child.

    use std::ffi::c_void;
    use std::sync::MutexGuard;

    use super::{
        AllSignalsBlocked, Errno, Mutex, NO_SIGN, Ordering, Pid, PoisonError, Prepared, STUCK, SpawnError,
        c_int, child, last_errno, ptr,
    };
    use crate::slots::Sharing;
    use crate::spec::Stdio;

    /// Far more than the child's few small frames need, also without optimisation.
    const STACK_SIZE: usize = 64 * 1024;

    /// Below the stack, without any access: an overflow hits this instead of the daemon's memory. As large as
    /// the largest page in use.
    const GUARD_SIZE: usize = 64 * 1024;

    /// What children begin with. The lock makes spawns take turns on it; with shared memory the child has left
    /// stack and slots when `clone` returns, with copied memory it has its own copy.
    static PAD: Mutex<Pad> = Mutex::new(Pad { stack: None, sharing: Sharing::Table(None) });

    struct Pad {
        stack: Option<Stack>,
        sharing: Sharing,
    }

    impl Pad {
        fn lock() -> MutexGuard<'static, Self> {
            // Nothing panics while holding the lock, and neither part has a state to be poisoned.
            PAD.lock().unwrap_or_else(PoisonError::into_inner)
        }

        fn stack(&mut self) -> Result<*mut c_void, SpawnError> {
            Ok(match &self.stack {
                Some(stack) => stack.top,
                None => self.stack.insert(Stack::new().map_err(SpawnError)?).top,
            })
        }
    }

    struct Stack {
        /// One past the highest byte; page-aligned, hence aligned for any ABI.
        top: *mut c_void,
    }

    // SAFETY: the address of a mapping that is never unmapped and belongs to no thread.
    unsafe impl Send for Stack {}

    impl Stack {
        fn new() -> Result<Self, Errno> {
            let length = GUARD_SIZE + STACK_SIZE;
            // SAFETY: an anonymous private mapping at an address of the kernel's choice overlaps nothing. The
            // guard is the lower part of it, so `mprotect` and `add` stay inside.
            unsafe {
                let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_STACK;
                let protection = libc::PROT_READ | libc::PROT_WRITE;
                let base = libc::mmap(ptr::null_mut(), length, protection, flags, -1, 0);
                if base == libc::MAP_FAILED {
                    return Err(last_errno());
                }
                if libc::mprotect(base, GUARD_SIZE, libc::PROT_NONE) != 0 {
                    let errno = last_errno();
                    libc::munmap(base, length);
                    return Err(errno);
                }
                Ok(Self { top: base.byte_add(length) })
            }
        }
    }

    /// Makes a child with copies of everything.
    pub(super) fn make_child(prepared: &Prepared<'_>) -> Result<Pid, SpawnError> {
        let mut pad = Pad::lock();
        let top = pad.stack()?;
        clone(top, prepared, 0)
    }

    /// Makes a child in the daemon's memory and in its table of descriptors, or in as much of that as this system
    /// lets it share, which shows here: filters of system calls and emulators each have their own way to refuse.
    pub(super) fn make_child_here(prepared: &Prepared<'_>, stdio: &Stdio<'_>) -> Result<Pid, SpawnError> {
        let mut pad = Pad::lock();
        let top = pad.stack()?;
        let sharing = &mut pad.sharing;
        loop {
            let made = attempt(sharing, top, prepared, stdio);
            match (made, prepared.sign.swap(NO_SIGN, Ordering::Relaxed)) {
                (Err(SpawnError(errno)), _) if is_refusal(errno) && sharing.lessen() => {}
                (Ok(pid), STUCK) => {
                    crate::wait::discard(pid);
                    sharing.lessen();
                }
                (made, sign) => {
                    if made.is_ok() && sign == NO_SIGN {
                        *sharing = Sharing::Nothing;
                    }
                    prepared.sign.store(sign, Ordering::Relaxed);
                    return made;
                }
            }
        }
    }

    /// Whether it is the sharing that was refused, and not the child.
    fn is_refusal(errno: Errno) -> bool {
        [libc::EINVAL, libc::ENOSYS, libc::EPERM].contains(&errno.raw())
    }

    /// Makes a child that shares so much. A descriptor is in a slot only while this lasts.
    fn attempt(
        sharing: &mut Sharing,
        top: *mut c_void,
        prepared: &Prepared<'_>,
        stdio: &Stdio<'_>,
    ) -> Result<Pid, SpawnError> {
        const MEMORY: c_int = libc::CLONE_VM | libc::CLONE_VFORK;
        if let Some(held) = sharing.hold(stdio) {
            let shared_table = Some(held.border());
            let here = Prepared { stdio: held.numbers(), shared_table, ..*prepared };
            return clone(top, &here, MEMORY | libc::CLONE_FILES);
        }
        clone(top, prepared, if matches!(sharing, Sharing::Nothing) { 0 } else { MEMORY })
    }

    fn clone(top: *mut c_void, prepared: &Prepared<'_>, sharing: c_int) -> Result<Pid, SpawnError> {
        let argument = ptr::from_ref(prepared).cast_mut().cast::<c_void>();
        let _blocked = AllSignalsBlocked::new();
        // SAFETY: the contract at the head of the file. `entry` reads its argument as the `Prepared` it is
        // and never returns. With CLONE_VM, CLONE_VFORK keeps this thread here until the child is done with
        // the stack, with `prepared` and with everything it points to; the lock keeps other threads off the
        // stack. Without, the child has copies. With CLONE_FILES, which comes with CLONE_VFORK only, the child
        // leaves the table before it changes any descriptor (`leave_table`). CLONE_FS and CLONE_SIGHAND are
        // absent, so directory, mask and dispositions are the child's own.
        let pid = unsafe { libc::clone(entry, top, sharing | libc::SIGCHLD, argument) };
        Pid::new(pid).ok_or_else(|| SpawnError(last_errno()))
    }

    extern "C" fn entry(argument: *mut c_void) -> c_int {
        // SAFETY: `clone` passes a reference to a `Prepared` that outlives the child's use of it.
        let prepared = unsafe { &*argument.cast_const().cast::<Prepared<'_>>() };
        child(prepared)
    }
}

#[cfg(not(target_os = "linux"))]
fn make_child(prepared: &Prepared<'_>) -> Result<Pid, SpawnError> {
    let _blocked = AllSignalsBlocked::new();
    // SAFETY: the contract at the head of the file: the child makes system calls only and never returns from
    // `child`.
    match unsafe { libc::fork() } {
        0 => child(prepared),
        pid => Pid::new(pid).ok_or_else(|| SpawnError(last_errno())),
    }
}

#[cfg(not(target_os = "linux"))]
fn make_child_here(_: &Prepared<'_>, _: &Stdio<'_>) -> Result<Pid, SpawnError> {
    unreachable!("invariant: memory is shared on Linux only")
}

/// Everything the child does. Runs under the contract at the head of the file.
fn child(prepared: &Prepared<'_>) -> ! {
    if prepared.shared_table.is_none_or(leave_table) {
        prepared.sign.store(BEGUN, Ordering::Relaxed);
        let mut stderr = prepared.stdio[2];
        let Err(failure) = become_program(prepared, &mut stderr);
        prepared.report.store(failure.report().pack(), Ordering::Relaxed);
        complain(stderr, &failure);
    } else {
        prepared.sign.store(STUCK, Ordering::Relaxed);
    }
    // SAFETY: ends the process at once, without destructors or exit handlers, which are the daemon's.
    unsafe { libc::_exit(NOT_SPAWNED) }
}

fn become_program<'a>(prepared: &Prepared<'a>, stderr: &mut RawFd) -> Result<Infallible, Failure<'a>> {
    let spec = prepared.spec;
    // SAFETY: plain numbers. It cannot fail for a fresh child that leads no session.
    unsafe { libc::setpgid(0, 0) };
    reset_dispositions();
    place_descriptors(prepared.stdio).map_err(Failure::Descriptors)?;
    *stderr = 2;
    close_descriptors(spec.max_fd);
    for step in &spec.steps {
        match step {
            Step::Become(identity) => {
                take_identity(identity).map_err(|refusal| Failure::Become(identity.uid, refusal))?;
            }
            Step::Enter(directory) => {
                // SAFETY: a NUL-terminated string that lives in `spec`.
                if unsafe { libc::chdir(directory.as_ptr()) } != 0 {
                    return Err(Failure::Enter(directory, last_errno()));
                }
            }
            Step::Umask(mask) => {
                // SAFETY: a plain number, of which the kernel takes the permission bits.
                unsafe { libc::umask(*mask as libc::mode_t) };
            }
            Step::Join(entrance) => crate::cgroup::join(entrance),
        }
    }
    unblock_signals();
    // SAFETY: the path and both tables are NUL- respectively null-terminated and live in `prepared`.
    unsafe { libc::execve(spec.program.as_ptr(), prepared.argv.as_ptr(), prepared.envp.as_ptr()) };
    Err(Failure::Execute(&spec.argv[0], last_errno()))
}

/// Leaves the daemon's table of descriptors for one of the child's own, without those from `border` on if the kernel
/// can do that. False if that is unknown or forbidden.
#[cfg(target_os = "linux")]
fn leave_table(border: libc::c_uint) -> bool {
    // SAFETY: plain numbers in both calls. The first copies before it closes, so the daemon's table stays as it is.
    unsafe {
        libc::syscall(libc::SYS_close_range, border, libc::c_uint::MAX, libc::CLOSE_RANGE_UNSHARE) == 0
            || libc::unshare(libc::CLONE_FILES) == 0
    }
}

#[cfg(not(target_os = "linux"))]
fn leave_table(_: libc::c_uint) -> bool {
    true
}

/// Makes every signal do what it does by default. Raw on Linux, because the C library refuses the two signals
/// it keeps for itself and takes a lock around SIGABRT.
#[cfg(target_os = "linux")]
fn reset_dispositions() {
    /// Bytes of the kernel's signal set, which the call asks for as a check.
    const SET_SIZE: usize = if cfg!(any(target_arch = "mips", target_arch = "mips64")) { 16 } else { 8 };
    const LAST_SIGNAL: c_int = SET_SIZE as c_int * 8;
    // The kernel's `struct sigaction` differs by architecture in order and padding, but never exceeds this,
    // and all zero always means: default action, no flags, empty mask.
    let default = [0_u64; 8];
    for signal in 1..=LAST_SIGNAL {
        // SAFETY: the kernel reads at most the size of its structure from `default`, and writes nothing. For
        // SIGKILL and SIGSTOP it answers EINVAL, which is as good.
        unsafe {
            libc::syscall(
                libc::SYS_rt_sigaction,
                signal,
                default.as_ptr(),
                ptr::null_mut::<libc::c_void>(),
                SET_SIZE,
            )
        };
    }
}

#[cfg(not(target_os = "linux"))]
fn reset_dispositions() {
    const LAST_SIGNAL: c_int = 64;
    for signal in 1..=LAST_SIGNAL {
        // SAFETY: a plain number and a constant; unknown signals are refused with EINVAL.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}

/// Empties the signal mask.
fn unblock_signals() {
    // SAFETY: `sigset_t` is plain data for which all-zero is a value; the calls write only to the set given.
    unsafe {
        let mut none: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const none, ptr::null_mut());
    }
}

/// Puts the three descriptors at 0, 1 and 2, whatever their numbers are.
///
/// A source that is itself numbered 0 to 2 but belongs elsewhere is first moved out of the way: placing
/// another one would overwrite it.
fn place_descriptors(mut sources: [RawFd; 3]) -> Result<(), Errno> {
    // SAFETY (all four calls): plain numbers; the descriptor table is the child's own.
    for (target, source) in (0..).zip(&mut sources) {
        if *source <= 2 && *source != target {
            // SAFETY: as above.
            let moved = unsafe { libc::fcntl(*source, libc::F_DUPFD_CLOEXEC, 3) };
            if moved < 0 {
                return Err(last_errno());
            }
            *source = moved;
        }
    }
    for (target, &source) in (0..).zip(&sources) {
        // A duplicate loses the close-on-exec flag; a descriptor that is in place already must be told.
        let done = if source == target {
            // SAFETY: as above.
            unsafe { libc::fcntl(target, libc::F_SETFD, 0) }
        } else {
            // SAFETY: as above.
            unsafe { libc::dup2(source, target) }
        };
        if done < 0 {
            return Err(last_errno());
        }
    }
    Ok(())
}

/// Closes everything above 2: in one call where the kernel has it (Linux 5.9), else one by one up to
/// `max_fd`. All of the daemon's own descriptors are closed on exec anyhow; this is for what it inherited
/// itself.
fn close_descriptors(max_fd: i32) {
    #[cfg(target_os = "linux")]
    {
        const FIRST: libc::c_uint = 3;
        // SAFETY: plain numbers; the descriptor table is the child's own.
        if unsafe { libc::syscall(libc::SYS_close_range, FIRST, libc::c_uint::MAX, 0) } == 0 {
            return;
        }
    }
    for fd in 3..max_fd {
        // SAFETY: as above; closing what is not open is an error of no consequence.
        unsafe { libc::close(fd) };
    }
}

/// Becomes the user: groups, then group, then user, because each step takes away the right to the one before.
/// Then looks whether it is true, since a program running with the rights of root by mistake is the worst
/// outcome there is.
fn take_identity(identity: &Identity) -> Result<(), Refusal> {
    let Identity { uid, gid, groups } = identity;
    // SAFETY: takes and changes nothing.
    let own = unsafe { libc::getuid() };
    if own == uid.raw() {
        return Ok(());
    }
    if own != Uid::ROOT.raw() {
        return Err(Refusal::NotRoot);
    }
    raw_identity::set_groups(groups).map_err(Refusal::Groups)?;
    raw_identity::set_group(*gid).map_err(Refusal::Group)?;
    raw_identity::set_user(*uid).map_err(Refusal::User)
}

/// The error of the last call if it failed; `EPERM` if it claims to have worked and has not.
fn confirmed(done: bool, is_so: bool) -> Result<(), Errno> {
    match (done, is_so) {
        (true, true) => Ok(()),
        (true, false) => Err(Errno::new(libc::EPERM)),
        (false, _) => Err(last_errno()),
    }
}

#[cfg(target_os = "linux")]
mod raw_identity {
    //! The identity calls without the C library, which would change the other threads of the daemon as well.
    //! Each looks whether the kernel now says what was asked for.

    use super::{Errno, Gid, Uid, confirmed};

    #[cfg(not(any(
        target_arch = "x86",
        target_arch = "arm",
        target_arch = "sparc",
        target_arch = "m68k"
    )))]
    use libc::{SYS_setgroups as SETGROUPS, SYS_setresgid as SETRESGID, SYS_setresuid as SETRESUID};
    #[cfg(any(target_arch = "x86", target_arch = "arm", target_arch = "sparc", target_arch = "m68k"))]
    use libc::{SYS_setgroups32 as SETGROUPS, SYS_setresgid32 as SETRESGID, SYS_setresuid32 as SETRESUID};

    pub(super) fn set_groups(groups: &[Gid]) -> Result<(), Errno> {
        // SAFETY: `Gid` has the layout of `gid_t`; the kernel reads `len` of them.
        let done = unsafe { libc::syscall(SETGROUPS, groups.len(), groups.as_ptr()) == 0 };
        confirmed(done, true)
    }

    pub(super) fn set_group(gid: Gid) -> Result<(), Errno> {
        let gid = gid.raw();
        let mut now = [!gid; 3];
        let [real, effective, saved] = &mut now;
        // SAFETY: plain numbers in, three numbers out to distinct places on this stack.
        let done = unsafe {
            libc::syscall(SETRESGID, gid, gid, gid) == 0 && libc::getresgid(real, effective, saved) == 0
        };
        confirmed(done, now == [gid; 3])
    }

    pub(super) fn set_user(uid: Uid) -> Result<(), Errno> {
        let uid = uid.raw();
        let mut now = [!uid; 3];
        let [real, effective, saved] = &mut now;
        // SAFETY: plain numbers in, three numbers out to distinct places on this stack.
        let done = unsafe {
            libc::syscall(SETRESUID, uid, uid, uid) == 0 && libc::getresuid(real, effective, saved) == 0
        };
        confirmed(done, now == [uid; 3])
    }
}

#[cfg(not(target_os = "linux"))]
mod raw_identity {
    //! The identity calls of POSIX, in a child that has memory of its own.

    use super::{Errno, Gid, Uid, confirmed};

    pub(super) fn set_groups(groups: &[Gid]) -> Result<(), Errno> {
        // SAFETY: `Gid` has the layout of `gid_t`; the kernel reads `len` of them.
        let done = unsafe { libc::setgroups(groups.len() as _, groups.as_ptr().cast()) == 0 };
        confirmed(done, true)
    }

    pub(super) fn set_group(gid: Gid) -> Result<(), Errno> {
        let gid = gid.raw();
        // SAFETY: plain numbers.
        let (done, real, effective) = unsafe { (libc::setgid(gid) == 0, libc::getgid(), libc::getegid()) };
        confirmed(done, [real, effective] == [gid; 2])
    }

    pub(super) fn set_user(uid: Uid) -> Result<(), Errno> {
        let uid = uid.raw();
        // SAFETY: plain numbers.
        let (done, real, effective) = unsafe { (libc::setuid(uid) == 0, libc::getuid(), libc::geteuid()) };
        confirmed(done, [real, effective] == [uid; 2])
    }
}

/// The line that always comes last.
const NOT_SPAWNED_LINE: &[u8] = b"supervisor: child process was not spawned\n";

/// Writes why there is no program, in the reference's words, as one `writev` of borrowed pieces: nothing is
/// copied or allocated, and the lines arrive together.
///
/// It can only block on a pipe that is full, and this child is the first to write to its.
fn complain(stderr: RawFd, failure: &Failure<'_>) {
    let mut digits = Digits::new();
    let (what, thing, reason) = failure.words(&mut digits);
    let pieces = [what, thing, b": ", reason, b"\n", NOT_SPAWNED_LINE]
        .map(|piece| libc::iovec { iov_base: piece.as_ptr().cast_mut().cast(), iov_len: piece.len() });
    // SAFETY: the pieces describe slices that live until the end of this function, and `writev` only reads
    // them.
    unsafe { libc::writev(stderr, pieces.as_ptr(), pieces.len() as c_int) };
}

fn last_errno() -> Errno {
    // Reads one number; does not allocate, so it may be used in the child.
    Errno::new(io::Error::last_os_error().raw_os_error().unwrap_or(0))
}

/// Which side of a fork this is.
pub(crate) enum Forked {
    Parent(Pid),
    Child,
}

/// Splits the process in two, both of which go on. Only for a process that has one thread, which is checked
/// where the system tells (Linux).
///
/// # Errors
/// `EDEADLK` if there are other threads: the copy would lack them and hang on the first lock they held.
/// Otherwise the kernel's refusal.
pub(crate) fn fork_single_threaded() -> Result<Forked, Errno> {
    // Without /proc there is no way to tell, and the callers are trusted.
    let threads = std::fs::read_dir("/proc/self/task").map_or(1, Iterator::count);
    if threads > 1 {
        return Err(Errno::new(libc::EDEADLK));
    }
    // SAFETY: with a single thread the copy is complete: no lock is held by a thread that is missing.
    match unsafe { libc::fork() } {
        0 => Ok(Forked::Child),
        pid => Pid::new(pid).map(Forked::Parent).ok_or_else(last_errno),
    }
}

/// `kill(2)`: a positive target is a process, a negative one a process group. The wrappers at hand refuse
/// real-time signals.
pub(crate) fn send_signal(target: i32, signal: i32) -> Result<(), Errno> {
    // SAFETY: plain numbers.
    if unsafe { libc::kill(target, signal) } == 0 { Ok(()) } else { Err(last_errno()) }
}

/// Makes the process ignore a signal.
pub(crate) fn ignore_signal(signal: i32) -> Result<(), Errno> {
    // SAFETY: a plain number and a constant; no handler of ours is involved.
    if unsafe { libc::signal(signal, libc::SIG_IGN) } == libc::SIG_ERR { Err(last_errno()) } else { Ok(()) }
}

/// Makes every arrival of `signal` recorded in `queue`, for the rest of the process's life. System calls that
/// were interrupted are restarted.
pub(crate) fn record_on_arrival(signal: i32, queue: &'static Queue) -> io::Result<()> {
    // SAFETY: `Queue::record` swaps an atomic and calls write(2) on a non-blocking descriptor: no allocation,
    // no lock, no panic (its index is checked), so it may run in a signal handler.
    unsafe { signal_hook::low_level::register(signal, move || queue.record(signal)) }.map(drop)
}

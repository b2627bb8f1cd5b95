//! Who goes first when processors are busy.

/// By how much [`step_back`] raises the nice value: a third of the share of an ordinary thread.
#[cfg(target_os = "linux")]
const STEP: i32 = 5;

/// The calling thread, and threads that it starts, stand back behind the others of this process when there is not
/// enough processor time for all.
///
/// For threads that work for clients: however many of those ask, a dead child's successor comes first. No right is
/// needed for it. Where niceness belongs to processes and not to threads (all but Linux), nothing happens.
pub fn step_back() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{getpriority_process, setpriority_process};
        // No process named means the calling thread. A system that refuses leaves all threads equal.
        let _ = getpriority_process(None).and_then(|nice| setpriority_process(None, nice + STEP));
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::getpriority_process;

    use super::*;

    #[test]
    fn only_the_calling_thread_steps_back() {
        let nice = || getpriority_process(None).expect("a thread may look at itself");
        let before = nice();
        let stepped = std::thread::spawn(move || {
            step_back();
            (nice(), std::thread::spawn(nice).join().expect("it only looks"))
        });
        let after = (before + STEP).min(19);
        assert_eq!(stepped.join().expect("it only looks"), (after, after));
        assert_eq!(nice(), before);
    }
}

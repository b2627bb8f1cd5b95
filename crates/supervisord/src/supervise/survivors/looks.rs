//! Looks at all processes, on threads beside the supervision plane: one pass over `/proc` for everybody who waits for it.

use std::collections::BTreeSet;
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use provost_core::status::{Pid, ProcessId};
use provost_sys::kin::{Being, Census};

use super::SIGKILL;
use super::marks::{Marked, Marks};
use super::quarry::Quarry;
use crate::ports::{SupervisorPort, ToSupervisor};

/// How often one look looks again because it found somebody new. Who makes others faster than that is seen by the next
/// look, or is the business of a control group.
const PASSES: usize = 32;

/// Passes in a row that have to find nobody new: one is not a moment, and who makes another and ends meanwhile may hide
/// both.
const QUIET_PASSES: u32 = 2;

/// How often a look is tried again that could not be had, each time after twice as long: 1.3 s in all, which is longer than
/// most that use up descriptors do.
const RETRIES: u32 = 7;
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// A look that takes longer hangs, and is no more waited for.
const PATIENCE: Duration = Duration::from_secs(3);

/// What a look is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aim {
    /// The child lives and is about to get this signal: who belongs to it is to be known. SIGKILL is for all of them.
    Strike(i32),
    /// The child is dead: everybody who belongs to it gets this signal, once.
    Sweep(i32),
}

/// One process that is looked for.
pub(super) struct Order {
    pub(super) process: ProcessId,
    pub(super) launch: u32,
    pub(super) aim: Aim,
    pub(super) quarry: Quarry,
    /// Who has got the signal.
    pub(super) told: BTreeSet<Being>,
}

/// Everybody who is looked for by one thread at a time.
struct Batch {
    serial: u64,
    orders: Vec<Order>,
    /// The children that have not been reaped.
    children: Vec<Pid>,
}

/// What came of a look.
pub(crate) struct Swept {
    pub(super) serial: u64,
    /// Who was found, as far as it came.
    pub(super) orders: Vec<Order>,
    /// Or why nobody could look.
    pub(super) result: io::Result<()>,
}

/// A thread that looks, and whether it does.
pub(super) struct Looker {
    port: SupervisorPort,
    marks: Marks,
    thread: Option<Sender<Batch>>,
    under_way: Option<(u64, Instant)>,
}

impl Looker {
    pub(super) fn new(port: SupervisorPort, marks: Marks) -> Self {
        Self { port, marks, thread: None, under_way: None }
    }

    /// Whether there is a thread that looks, or will as soon as it is asked to. The one that hangs is replaced; the serial
    /// of what it was doing.
    pub(super) fn prepare(&mut self) -> (bool, Option<u64>) {
        let hangs = self.under_way.filter(|(_, since)| since.elapsed() > PATIENCE).map(|(serial, _)| serial);
        if hangs.is_some() {
            // It ends when it finds that nobody gives it anything any more.
            (self.thread, self.under_way) = (None, None);
        }
        if self.thread.is_none() {
            let (sender, batches) = channel();
            let (port, marks) = (self.port.clone(), self.marks.clone());
            let work = move || look(&batches, &port, &marks);
            let begun = std::thread::Builder::new().name("kin".into()).spawn(work);
            self.thread = begun.is_ok().then_some(sender);
        }
        (self.thread.is_some(), hangs)
    }

    pub(super) fn is_free(&self) -> bool {
        self.under_way.is_none()
    }

    /// Lets it look. If its thread is gone, that is noticed as if it hung.
    pub(super) fn begin(&mut self, serial: u64, orders: Vec<Order>, children: Vec<Pid>) {
        if let Some(thread) = &self.thread {
            let _ = thread.send(Batch { serial, orders, children });
            self.under_way = Some((serial, Instant::now()));
        }
    }

    /// That look is over.
    pub(super) fn end(&mut self, serial: u64) {
        self.under_way.take_if(|(under_way, _)| *under_way == serial);
    }
}

/// Looks as long as anybody wants it to.
fn look(batches: &Receiver<Batch>, port: &SupervisorPort, marks: &Marks) {
    for mut batch in batches {
        let result = batch.look(marks);
        let Batch { serial, orders, .. } = batch;
        port.send(ToSupervisor::Swept(Swept { serial, orders, result }));
    }
}

impl Batch {
    fn look(&mut self, marks: &Marks) -> io::Result<()> {
        let mut pause = FIRST_PAUSE;
        // A child must not wait for its signal until all can be read.
        let retries =
            if self.orders.iter().any(|order| matches!(order.aim, Aim::Strike(_))) { 0 } else { RETRIES };
        for _ in 0..retries {
            match self.try_look(marks) {
                Ok(()) => return Ok(()),
                Err(_) => std::thread::sleep(pause),
            }
            pause *= 2;
        }
        self.try_look(marks)
    }

    fn try_look(&mut self, marks: &Marks) -> io::Result<()> {
        let mut quiet = 0;
        let has_sweeps = self.orders.iter().any(|order| matches!(order.aim, Aim::Sweep(_)));
        for _ in 0..PASSES {
            let census = Census::take(self.children.iter().map(|pid| pid.0))?;
            // Those who may make this wait are asked only when their child is dead, and is not to be signalled any more.
            let marked = if has_sweeps { marks.of_orphans(&census)? } else { Marked::new() };
            let mut is_fresh = false;
            for order in &mut self.orders {
                is_fresh |= order.pass(&census, &marked)?;
            }
            quiet = if is_fresh { 0 } else { quiet + 1 };
            if quiet >= if has_sweeps { QUIET_PASSES } else { 1 } {
                break;
            }
        }
        Ok(())
    }
}

impl Order {
    /// Judges everybody, and signals who is to be; whether that was anybody new.
    fn pass(&mut self, census: &Census, marked: &Marked) -> io::Result<bool> {
        let signal = match self.aim {
            Aim::Strike(signal) => {
                self.quarry.known = self.quarry.kin(census);
                if signal != SIGKILL {
                    return Ok(false);
                }
                signal
            }
            Aim::Sweep(signal) => {
                self.quarry.known = self.quarry.survivors(census, marked)?;
                signal
            }
        };
        let fresh: Vec<Being> = self.quarry.known.difference(&self.told).copied().collect();
        if signal == SIGKILL && !fresh.is_empty() {
            self.quarry.kill_cgroup();
        }
        for being in &fresh {
            match being.signal(signal) {
                // Who is gone already needs none, and who may not be signalled is named in the end.
                Ok(()) => {}
                Err(errno) if matches!(errno.name(), "ESRCH" | "EPERM") => {}
                Err(errno) => return Err(io::Error::from_raw_os_error(errno.raw())),
            }
            self.told.insert(*being);
        }
        Ok(!fresh.is_empty())
    }
}

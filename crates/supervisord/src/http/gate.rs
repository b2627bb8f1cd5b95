//! Whether somebody who presents a name and a password gets in.
//!
//! A listener has one [`Gate`], whichever way credentials come to it: with each request, or from the sign-in page. All
//! gates share one [`Keeper`], which knows who has been guessing, and sees to it that comparisons that are slow on purpose
//! (argon2, bcrypt) are made one at a time, on a helper thread, by a bounded number of clients. What was found to be right once
//! is remembered as a fingerprint under a key of this process, so that a client that brings its credentials with
//! each of 500 calls a second costs one slow comparison in the life of the plane; so is what was wrong of late.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use provost_config::model::Level;
use provost_wire::auth::{Account, Credentials, Fingerprint, NoMemory};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::Instant;

use super::App;
use super::alarm::Alarm;
use super::limits::{Limit, MAX_CHECKS, MAX_WAITING_CHECKS};
use super::mistakes::{Caller, Mistakes, Suspect};

/// When somebody who found too many others waiting may try again.
pub(super) const BUSY_FOR: Duration = Duration::from_secs(1);

/// What comes of an attempt to get in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Name and password are right.
    Admitted,
    /// One of them is wrong.
    Wrong,
    /// The caller guessed too often; this attempt was not looked at, and the next will be after that time.
    Barred(Duration),
    /// Too many wait for a slow comparison, or the memory for it is not there; this one was not looked at.
    Busy,
}

/// See the [module](self).
pub(super) struct Gate {
    account: Option<Arc<Account>>,
    key: [u8; 32],
    proven: Mutex<Option<Fingerprint>>,
}

/// What all gates have in common.
pub(super) struct Keeper {
    mistakes: Mutex<Mistakes>,
    alarm: Mutex<Alarm>,
    /// One permit for each slow comparison at a time.
    checks: Arc<Semaphore>,
    /// One permit for each client that has or wants one.
    waiting: Semaphore,
}

impl Default for Keeper {
    fn default() -> Self {
        let (checks, waiting) = (Arc::new(Semaphore::new(MAX_CHECKS)), Semaphore::new(MAX_WAITING_CHECKS));
        Self { mistakes: Mutex::default(), alarm: Mutex::default(), checks, waiting }
    }
}

impl Keeper {
    /// Keeps everybody from comparing as long as the result lives.
    #[cfg(test)]
    pub(super) fn hold(&self) -> tokio::sync::OwnedSemaphorePermit {
        let checks = Arc::clone(&self.checks);
        checks.try_acquire_many_owned(MAX_CHECKS as u32).expect("nobody compares")
    }

    fn mistakes(&self) -> MutexGuard<'_, Mistakes> {
        self.mistakes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn alarm(&self) -> MutexGuard<'_, Alarm> {
        self.alarm.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gate {
    /// The gate of a listener that is open to who has the account, or to everybody. The key must be random.
    pub(super) fn new(account: Option<Account>, key: [u8; 32]) -> Self {
        Self { account: account.map(Arc::new), key, proven: Mutex::default() }
    }

    /// Whether nobody is asked for anything.
    pub(super) fn is_open(&self) -> bool {
        self.account.is_none()
    }

    /// Judges what somebody presents; a mistake is remembered.
    pub(super) async fn judge(&self, presented: Credentials, caller: Caller, app: &App) -> Verdict {
        let Some(account) = &self.account else {
            return Verdict::Admitted;
        };
        let suspect = app.keeper.mistakes().suspect(caller, &presented.user);
        let bar = app.keeper.mistakes().bar(suspect, Instant::now());
        let verdict = match bar {
            Some(wait) => Verdict::Barred(wait),
            None if account.is_slow() => self.judge_slowly(account, presented, suspect, app).await,
            None => self.conclude(account.admits(&presented), &presented, suspect, app),
        };
        if let Verdict::Barred(_) = verdict {
            app.count(Limit::Guesses, Some(&format_args!("from {caller}")));
        }
        verdict
    }

    async fn judge_slowly(
        &self,
        account: &Arc<Account>,
        presented: Credentials,
        suspect: Suspect,
        app: &App,
    ) -> Verdict {
        let keeper = &app.keeper;
        let print = Fingerprint::new(&presented, &self.key);
        if let Some(known) = self.recall(&print, suspect, keeper) {
            return known;
        }
        let Ok(_place) = keeper.waiting.try_acquire() else {
            app.count(Limit::Checks, Some(&"too many wait for it"));
            return Verdict::Busy;
        };
        let checks = Arc::clone(&keeper.checks);
        let permit = checks.acquire_owned().await.expect("invariant: nobody closes the semaphore");
        // The world may have changed while this one waited.
        if let Some(known) = self.recall(&print, suspect, keeper) {
            return known;
        }
        let account = Arc::clone(account);
        // The permit goes along: it is what bounds the memory, also when the client leaves meanwhile.
        let compared = spawn_blocking(move || (account.admits(&presented), presented, permit));
        let Ok((compared, presented, _permit)) = compared.await else {
            return Verdict::Wrong;
        };
        if compared == Ok(true) {
            *self.proven() = Some(print);
        }
        // Before the next one has its turn, who may be the same.
        self.conclude(compared, &presented, suspect, app)
    }

    /// What is known without a comparison.
    fn recall(&self, print: &Fingerprint, suspect: Suspect, keeper: &Keeper) -> Option<Verdict> {
        let mut mistakes = keeper.mistakes();
        if let Some(wait) = mistakes.bar(suspect, Instant::now()) {
            return Some(Verdict::Barred(wait));
        }
        if self.is_proven(print) {
            return Some(Verdict::Admitted);
        }
        mistakes.repeats(suspect, print).then_some(Verdict::Wrong)
    }

    /// What a comparison comes to; a mistake is remembered, and told in the log.
    fn conclude(
        &self,
        compared: Result<bool, NoMemory>,
        presented: &Credentials,
        suspect: Suspect,
        app: &App,
    ) -> Verdict {
        match compared {
            Ok(true) => return Verdict::Admitted,
            Ok(false) => {}
            Err(error) => {
                app.count(Limit::Checks, Some(&error));
                return Verdict::Busy;
            }
        }
        let now = Instant::now();
        if app.keeper.mistakes().add(suspect, Fingerprint::new(presented, &self.key), now)
            && let Some(text) = app.keeper.alarm().line(suspect.caller, &presented.user, now)
        {
            app.ports.logs.line(Level::Info, text);
        }
        Verdict::Wrong
    }

    fn proven(&self) -> MutexGuard<'_, Option<Fingerprint>> {
        self.proven.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_proven(&self, print: &Fingerprint) -> bool {
        self.proven().as_ref().is_some_and(|proven| proven.is(print))
    }
}

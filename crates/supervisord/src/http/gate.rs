//! Whether somebody who presents a name and a password gets in.
//!
//! A listener has one [`Gate`], whichever way credentials come to it: with each request, or from the sign-in page. All
//! gates share one [`Keeper`], which knows who has been guessing, and sees to it that comparisons that are slow on purpose
//! (argon2, bcrypt) are made one at a time, on a helper thread, by a bounded number of clients. What was found to be right once
//! is remembered as a fingerprint under a key of this process, so that a client that brings its credentials with
//! each of 500 calls a second costs one slow comparison in the life of the plane.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use provost_wire::auth::{Account, Credentials, Fingerprint};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::Instant;

use super::App;
use super::limits::{Limit, MAX_CHECKS, MAX_WAITING_CHECKS};
use super::mistakes::{Caller, Mistakes};

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
    /// Too many wait for a slow comparison; this one was not looked at.
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
    /// One permit for each slow comparison at a time.
    checks: Arc<Semaphore>,
    /// One permit for each client that has or wants one.
    waiting: Semaphore,
}

impl Default for Keeper {
    fn default() -> Self {
        let (checks, waiting) = (Arc::new(Semaphore::new(MAX_CHECKS)), Semaphore::new(MAX_WAITING_CHECKS));
        Self { mistakes: Mutex::default(), checks, waiting }
    }
}

impl Keeper {
    /// Keeps everybody from comparing as long as the result lives.
    #[cfg(test)]
    pub(super) fn hold(&self) -> tokio::sync::OwnedSemaphorePermit {
        let checks = Arc::clone(&self.checks);
        checks.try_acquire_many_owned(MAX_CHECKS as u32).expect("nobody compares")
    }

    /// What a comparison comes to; a mistake is remembered.
    fn note(&self, is_right: bool, caller: Caller) -> Verdict {
        if is_right {
            return Verdict::Admitted;
        }
        self.mistakes().add(caller, Instant::now());
        Verdict::Wrong
    }

    fn mistakes(&self) -> MutexGuard<'_, Mistakes> {
        self.mistakes.lock().unwrap_or_else(PoisonError::into_inner)
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
        let barred = |wait| {
            app.count(Limit::Guesses, Some(&format_args!("from {caller}")));
            Verdict::Barred(wait)
        };
        if let Some(wait) = app.keeper.mistakes().bar(caller, Instant::now()) {
            return barred(wait);
        }
        if !account.is_slow() {
            return app.keeper.note(account.admits(&presented), caller);
        }
        match self.judge_slowly(account, presented, caller, app).await {
            Verdict::Barred(wait) => barred(wait),
            Verdict::Busy => {
                app.count(Limit::Checks, None);
                Verdict::Busy
            }
            judged => judged,
        }
    }

    async fn judge_slowly(
        &self,
        account: &Arc<Account>,
        presented: Credentials,
        caller: Caller,
        app: &App,
    ) -> Verdict {
        let print = Fingerprint::new(&presented, &self.key);
        if self.is_proven(&print) {
            return Verdict::Admitted;
        }
        let Ok(_place) = app.keeper.waiting.try_acquire() else {
            return Verdict::Busy;
        };
        let checks = Arc::clone(&app.keeper.checks);
        let permit = checks.acquire_owned().await.expect("invariant: nobody closes the semaphore");
        // The world may have changed while this one waited.
        if self.is_proven(&print) {
            return Verdict::Admitted;
        }
        if let Some(wait) = app.keeper.mistakes().bar(caller, Instant::now()) {
            return Verdict::Barred(wait);
        }
        let account = Arc::clone(account);
        // The permit goes along: it is what bounds the memory, also when the client leaves meanwhile.
        let compared = spawn_blocking(move || (account.admits(&presented), permit));
        let Ok((is_right, _permit)) = compared.await else {
            return Verdict::Wrong;
        };
        if is_right {
            *self.proven() = Some(print);
        }
        // Before the next one has its turn, who may be the same.
        app.keeper.note(is_right, caller)
    }

    fn proven(&self) -> MutexGuard<'_, Option<Fingerprint>> {
        self.proven.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_proven(&self, print: &Fingerprint) -> bool {
        self.proven().as_ref().is_some_and(|proven| proven.is(print))
    }
}

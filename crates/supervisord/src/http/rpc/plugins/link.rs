//! The daemon's end of the conversation with one child that serves a namespace: who waits for which answer.
//!
//! Answers come in any order. What a child can cost is bounded here: calls under way, bytes that wait for it to read,
//! and the time that a caller waits. Moving bytes is the [conversation](super::conversation)'s.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use provost_wire::fault::{Fault, FaultCode};
use provost_wire::jsonrpc::{self, Description};
use provost_wire::xmlrpc::Value;
use serde_json::Value as Json;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, timeout_at};

use crate::http::limits::{MAX_PLUGIN_CALLS, MAX_PLUGIN_LINES};

/// The question by which a plug-in tells what it offers. JSON-RPC keeps this prefix free, so no method has it.
pub(super) const DESCRIBE: &str = "rpc.describe";

/// See the module.
pub(super) struct Link {
    namespace: String,
    /// How long a caller waits.
    patience: Duration,
    /// Lines for the child's standard input.
    lines: mpsc::Sender<Vec<u8>>,
    waiting: Mutex<Waiting>,
    introduction: watch::Sender<Introduction>,
}

/// Who waits for what.
#[derive(Default)]
struct Waiting {
    next: u64,
    callers: BTreeMap<u64, oneshot::Sender<Result<Json, Fault>>>,
    is_over: bool,
}

/// What is known of the namespace.
#[derive(Clone, Debug)]
pub(super) enum Introduction {
    /// Nothing yet.
    Awaited,
    /// What it offers.
    Made(Arc<Description>),
    /// It cannot be used, and this is why.
    Failed(Arc<str>),
}

impl Link {
    /// A link, and the lines that are to be written to the child.
    pub(super) fn new(namespace: &str, patience: Duration) -> (Arc<Self>, mpsc::Receiver<Vec<u8>>) {
        let (lines, queue) = mpsc::channel(MAX_PLUGIN_LINES);
        let link = Self {
            namespace: namespace.to_owned(),
            patience,
            lines,
            waiting: Mutex::default(),
            introduction: watch::Sender::new(Introduction::Awaited),
        };
        (Arc::new(link), queue)
    }

    /// The namespace.
    pub(super) fn namespace(&self) -> &str {
        &self.namespace
    }

    /// How long a caller waits.
    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    /// Where lines for the child go.
    pub(super) fn lines(&self) -> &mpsc::Sender<Vec<u8>> {
        &self.lines
    }

    /// Has the child carry out a call of `method`, a name without the namespace.
    pub(super) async fn call(&self, method: &str, params: Vec<Value>) -> Result<Value, Fault> {
        let deadline = Instant::now() + self.patience;
        if self.description(deadline).await?.method(method).is_none() {
            return Err(Fault::unknown_method());
        }
        let params = jsonrpc::params(params)?;
        let asking = self.ask(method, &params);
        match timeout_at(deadline, asking).await {
            Ok(result) => result.map(jsonrpc::into_xml),
            Err(_) => {
                Err(self.fault(format_args!("did not answer within {} seconds", self.patience.as_secs())))
            }
        }
    }

    /// Asks, and waits for the answer as long as there can be one.
    pub(super) async fn ask(&self, method: &str, params: &Json) -> Result<Json, Fault> {
        let (ticket, answer) = self.enlist()?;
        self.lines.try_send(jsonrpc::question(ticket.id, method, params)).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => self.fault("does not read its standard input"),
            mpsc::error::TrySendError::Closed(_) => self.fault("has closed its standard input"),
        })?;
        answer.await.unwrap_or_else(|_| Err(self.fault("ended before it answered")))
    }

    fn enlist(&self) -> Result<(Ticket<'_>, oneshot::Receiver<Result<Json, Fault>>), Fault> {
        let (caller, answer) = oneshot::channel();
        let mut waiting = self.waiting();
        if waiting.is_over {
            return Err(self.fault("has ended"));
        }
        if waiting.callers.len() >= MAX_PLUGIN_CALLS {
            return Err(self.fault(format_args!("has {MAX_PLUGIN_CALLS} calls under way already")));
        }
        let id = waiting.next;
        waiting.next += 1;
        waiting.callers.insert(id, caller);
        Ok((Ticket { link: self, id }, answer))
    }

    /// What the namespace offers, once that is known.
    async fn description(&self, deadline: Instant) -> Result<Arc<Description>, Fault> {
        let mut changes = self.introduction.subscribe();
        let known = changes.wait_for(|introduction| !matches!(introduction, Introduction::Awaited));
        let found = timeout_at(deadline, known).await;
        match found.map(|seen| seen.expect("invariant: the link holds the sender").clone()) {
            Ok(Introduction::Made(description)) => Ok(description),
            Ok(Introduction::Failed(reason)) => Err(self.fault(reason)),
            Ok(Introduction::Awaited) | Err(_) => Err(self.fault("has not told its methods yet")),
        }
    }

    /// What the namespace offers, as far as that is known.
    pub(super) fn introduction(&self) -> Introduction {
        self.introduction.borrow().clone()
    }

    /// It told what it offers, or why not.
    pub(super) fn introduce(&self, introduction: Introduction) {
        self.introduction.send_replace(introduction);
    }

    /// The child answered. Whom nobody waits for any more came too late, or was never asked.
    pub(super) fn answered(&self, id: u64, result: Result<Json, Fault>) {
        if let Some(caller) = self.waiting().callers.remove(&id) {
            let _gone_meanwhile = caller.send(result);
        }
    }

    /// There will be no more answers.
    pub(super) fn end(&self) {
        let mut waiting = self.waiting();
        waiting.is_over = true;
        waiting.callers.clear();
        drop(waiting);
        self.introduction.send_if_modified(|introduction| {
            let is_awaited = matches!(introduction, Introduction::Awaited);
            if is_awaited {
                *introduction = Introduction::Failed("ended before it told its methods".into());
            }
            is_awaited
        });
    }

    /// Whether there may be answers.
    pub(super) fn is_open(&self) -> bool {
        !self.waiting().is_over
    }

    /// What callers are told when the child does not do its part.
    fn fault(&self, what: impl std::fmt::Display) -> Fault {
        Fault::with_detail(
            FaultCode::Failed,
            format_args!("the process of RPC interface '{}' {what}", self.namespace),
        )
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of one caller; given up when the caller is, however that ends.
struct Ticket<'a> {
    link: &'a Link,
    id: u64,
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.link.waiting().callers.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A link that has introduced itself with the method `m`, and a child that a test plays.
    fn link() -> (Arc<Link>, mpsc::Receiver<Vec<u8>>) {
        let (link, queue) = Link::new("x", Duration::from_secs(5));
        let description = Description::read(&json!({ "methods": [{ "name": "m" }] })).expect("valid");
        link.introduce(Introduction::Made(Arc::new(description)));
        (link, queue)
    }

    async fn detail(link: &Arc<Link>, method: &str) -> String {
        link.call(method, Vec::new()).await.expect_err("a fault").string
    }

    #[tokio::test]
    async fn answers_find_their_callers_in_any_order() {
        let (link, mut queue) = link();
        let child = async {
            for _ in 0..3 {
                assert!(queue.recv().await.expect("a question").ends_with(b"\n"));
            }
            for id in [2, 0, 1, 77] {
                link.answered(id, Ok(json!(id * 10)));
            }
        };
        let call = || link.call("m", Vec::new());
        let (one, two, three, ()) = tokio::join!(call(), call(), call(), child);
        assert_eq!([one, two, three], [Ok(0.into()), Ok(10.into()), Ok(20.into())]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_child_that_hangs_costs_its_callers_their_time_and_nothing_more() {
        let (link, mut queue) = link();
        let of_process = "FAILED: the process of RPC interface 'x'";
        assert_eq!(detail(&link, "m").await, format!("{of_process} did not answer within 5 seconds"));
        assert_eq!(detail(&link, "other").await, "UNKNOWN_METHOD");
        queue.try_recv().expect("the question was sent, and nobody read it");

        let crowd: Vec<_> = (0..MAX_PLUGIN_CALLS)
            .map(|_| {
                let link = Arc::clone(&link);
                tokio::spawn(async move { detail(&link, "m").await })
            })
            .collect();
        while link.waiting().callers.len() < MAX_PLUGIN_CALLS {
            tokio::task::yield_now().await;
        }
        assert_eq!(
            detail(&link, "m").await,
            format!("{of_process} has {MAX_PLUGIN_CALLS} calls under way already")
        );
        for caller in crowd {
            assert!(caller.await.expect("no panic").ends_with("did not answer within 5 seconds"));
        }
        // Nobody waits any more, but the child has read nothing.
        assert!(link.waiting().callers.is_empty());
        assert_eq!(detail(&link, "m").await, format!("{of_process} does not read its standard input"));
        drop(queue);
        assert_eq!(detail(&link, "m").await, format!("{of_process} has closed its standard input"));
    }

    #[tokio::test(start_paused = true)]
    async fn callers_of_a_child_that_ends_are_told() {
        let (link, _queue) = link();
        let (told, ()) = tokio::join!(detail(&link, "m"), async { link.end() });
        assert_eq!(told, "FAILED: the process of RPC interface 'x' ended before it answered");
        assert_eq!(detail(&link, "m").await, "FAILED: the process of RPC interface 'x' has ended");
        let (silent, _queue) = Link::new("x", Duration::from_secs(5));
        let told = detail(&silent, "m").await;
        assert_eq!(told, "FAILED: the process of RPC interface 'x' has not told its methods yet");
        silent.end();
        let told = detail(&silent, "m").await;
        assert_eq!(told, "FAILED: the process of RPC interface 'x' ended before it told its methods");
    }
}

//! Namespaces of methods that are served by processes: `[rpcinterface:x]` with a `command`.
//!
//! Such a process is a program like any other to the supervision plane, which starts, restarts and stops it; only its
//! standard input and output are handed over to this plane, as descriptors, so that no byte of the conversation
//! passes the other planes. A namespace exists as long as its group is active. While its process is not there,
//! a call of it is a fault, at once. There is one process for a namespace, whoever asks over whatever server.
//!
//! [`jsonrpc`](provost_wire::jsonrpc) is the language, [`link`] is who waits for what, [`conversation`] moves the bytes.

mod conversation;
mod link;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use provost_config::model::{GroupKind, Level};
use provost_core::status::{Mood, ProcessId, Snapshot, State};
use provost_wire::fault::{Fault, FaultCode};
use provost_wire::jsonrpc::Description;
use provost_wire::xmlrpc::{MethodCall, Value};
use tokio::sync::{Notify, oneshot};
use tokio::time::timeout;

use self::conversation::{Conversation, Pipes, introduce};
use self::link::{Introduction, Link};
use super::{PRODUCT_NAMESPACE, SYSTEM_NAMESPACE};
use crate::http::App;
use crate::ports::{Served, ToControl};

/// How long a call waits for a process that runs already and whose pipes are on their way, or that died a moment ago.
const ARRIVAL: Duration = Duration::from_secs(1);

/// The conversations there are.
#[derive(Default)]
pub(in crate::http) struct Plugins {
    by_namespace: Mutex<BTreeMap<String, Partner>>,
    arrived: Notify,
}

/// The present or last process of a namespace.
struct Partner {
    process: ProcessId,
    launch: u32,
    link: Arc<Link>,
    /// Tells the conversation that the child is dead.
    death: Option<oneshot::Sender<()>>,
    /// What the process before this one offered: lists of methods should not flicker with each restart.
    before: Option<Arc<Description>>,
}

impl Partner {
    fn description(&self) -> Option<Arc<Description>> {
        match self.link.introduction() {
            Introduction::Made(description) => Some(description),
            Introduction::Awaited | Introduction::Failed(_) => self.before.clone(),
        }
    }
}

/// What a namespace tells of one of its methods.
pub(super) struct Told {
    /// Its help, if there is one.
    pub(super) help: Option<String>,
    /// Its types, if they are known.
    pub(super) signature: Option<Vec<String>>,
}

/// Takes the pipes of new children, for as long as the plane runs.
pub(in crate::http) async fn attend(app: Arc<App>) {
    let inbox = Arc::clone(&app.ports.inbox);
    let mut inbox = inbox.lock().await;
    while let Some(message) = inbox.recv().await {
        match message {
            ToControl::Serving(served) => {
                if let Err(error) = app.plugins.welcome(&app, served) {
                    let text = format!("failed to talk to an RPC interface: {error}; restart its process");
                    app.ports.logs.line(Level::Critical, text);
                }
            }
            ToControl::Ended { process, launch } => app.plugins.bury(process, launch),
        }
    }
}

/// A call for a process, if its namespace is served by one.
///
/// # Errors
/// The call, if it is somebody else's.
pub(super) fn take(app: &App, call: MethodCall) -> Result<Errand, MethodCall> {
    let Some((space, method)) = call.method.split_once('.') else { return Err(call) };
    let snapshot = app.ports.snapshot.load_full();
    if !is_served(app, &snapshot, space) {
        return Err(call);
    }
    let (space, method) = (space.to_owned(), method.to_owned());
    Ok(Errand { snapshot, space, method, params: call.params })
}

/// Whether a process is to serve that namespace. Those of the daemon itself come first.
fn is_served(app: &App, snapshot: &Snapshot, space: &str) -> bool {
    let is_own = [SYSTEM_NAMESPACE, PRODUCT_NAMESPACE].contains(&space)
        || app.namespaces.iter().any(|namespace| namespace == space);
    !is_own && namespaces(snapshot).any(|namespace| namespace == space)
}

/// The namespaces that processes are to serve.
fn namespaces(snapshot: &Snapshot) -> impl Iterator<Item = &str> {
    let groups = snapshot.groups.iter().map(|group| &group.config);
    groups.filter(|group| matches!(group.kind, GroupKind::RpcPlugin(_))).map(|group| group.name.as_str())
}

/// A call on its way to a process.
pub(super) struct Errand {
    snapshot: Arc<Snapshot>,
    space: String,
    method: String,
    params: Vec<Value>,
}

impl Errand {
    /// Has the process carry it out.
    pub(super) async fn run(self, app: &App) -> Result<Value, Fault> {
        if self.snapshot.mood != Mood::Running {
            return Err(Fault::shutdown_state());
        }
        let Some(link) = app.plugins.link(app, &self.space).await else {
            let what = match state(&app.ports.snapshot.load(), &self.space) {
                Some(State::Starting | State::Running) => "has closed its output".to_owned(),
                Some(state) => format!("is {}", state.name()),
                None => "is not there".to_owned(),
            };
            let detail = format_args!("the process of RPC interface '{}' {what}", self.space);
            return Err(Fault::with_detail(FaultCode::Failed, detail));
        };
        link.call(&self.method, self.params).await
    }
}

/// The state of the process that serves a namespace.
fn state(snapshot: &Snapshot, space: &str) -> Option<State> {
    let mut rows = snapshot.processes.iter();
    rows.find(|row| *row.group == *space).map(|row| row.state)
}

impl Plugins {
    /// Begins the conversation with a new child.
    fn welcome(&self, app: &Arc<App>, served: Served) -> std::io::Result<()> {
        let Served { process, launch, group, stdin, stdout } = served;
        let GroupKind::RpcPlugin(plugin) = &group.kind else { return Ok(()) };
        let (link, queue) = Link::new(&group.name, Duration::from_secs(plugin.timeout));
        let pipes = Pipes::new(stdin, stdout)?;
        let (death, is_dead) = oneshot::channel();
        tokio::spawn(Conversation::new(Arc::clone(app), Arc::clone(&link)).hold(pipes, queue, is_dead));
        tokio::spawn(introduce(Arc::clone(app), Arc::clone(&link), plugin.clone()));
        let mut partners = self.partners();
        let before = partners.get(&group.name).and_then(Partner::description);
        let partner = Partner { process, launch, link, death: Some(death), before };
        partners.insert(group.name.clone(), partner);
        self.arrived.notify_waiters();
        Ok(())
    }

    /// A child is dead: its conversation ends when what it had said is heard.
    fn bury(&self, process: ProcessId, launch: u32) {
        let mut partners = self.partners();
        let dead =
            partners.values_mut().find(|partner| (partner.process, partner.launch) == (process, launch));
        if let Some(death) = dead.and_then(|partner| partner.death.take()) {
            let _over_already = death.send(());
        }
    }

    /// The open link of a namespace. Waits a moment for one that is to be expected.
    async fn link(&self, app: &App, space: &str) -> Option<Arc<Link>> {
        let arrival = self.arrived.notified();
        let open = || {
            self.partners().get(space).map(|partner| Arc::clone(&partner.link)).filter(|link| link.is_open())
        };
        if let Some(link) = open() {
            return Some(link);
        }
        let state = state(&app.ports.snapshot.load(), space);
        if matches!(state, Some(State::Starting | State::Running | State::Exited)) {
            let _waited_long_enough = timeout(ARRIVAL, arrival).await;
        }
        open()
    }

    /// The full names of all methods.
    pub(super) fn method_names(&self, app: &App, snapshot: &Snapshot) -> Vec<String> {
        let partners = self.partners();
        let mut names = Vec::new();
        for space in namespaces(snapshot).filter(|space| is_served(app, snapshot, space)) {
            let description = partners.get(space).and_then(Partner::description);
            let methods = description.iter().flat_map(|description| &description.methods);
            names.extend(methods.map(|method| format!("{space}.{}", method.name)));
        }
        names
    }

    /// What is known of a method, by its full name.
    pub(super) fn told(&self, app: &App, snapshot: &Snapshot, name: &str) -> Option<Told> {
        let (space, name) = name.split_once('.')?;
        let description = self.partners().get(space).and_then(Partner::description)?;
        let method = description.method(name).filter(|_| is_served(app, snapshot, space))?;
        Some(Told { help: method.help.clone(), signature: method.signature.clone() })
    }

    fn partners(&self) -> MutexGuard<'_, BTreeMap<String, Partner>> {
        self.by_namespace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

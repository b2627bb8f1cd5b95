//! The plane's thread: accepts connections until it is told to end.

use std::sync::Arc;

use provost_config::model::Level;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::connection;
use super::front::{Front, Site, Welcome};
use super::limits::{
    ACCEPT_PAUSE, BLOCKING_KEEP_ALIVE, BLOCKING_STACK_BYTES, BLOCKING_THREADS, EVICTION_PAUSE, FLUSH_TIMEOUT,
    HEAD_TIMEOUT, Limit,
};
use super::listener::{Acceptor, Listener, Peer, Stream};
use super::places::{Entry, Life, Places, Seat};
use super::router::router;
use super::rpc::plugins;
use super::{App, StopSignal};
use crate::defect::survived;
use crate::ports::ControlPorts;

/// Serves the listeners until `stop`; meant to be a thread's whole life.
///
/// A panic in here costs the connections there are, never the daemon: it is logged, and the plane starts again on
/// the same sockets.
pub(crate) fn run(listeners: &[Listener], ports: &ControlPorts, stop: &StopSignal) {
    let namespaces = ports.snapshot.load().configured.rpc_namespaces.clone();
    loop {
        let app = App::new(ports.clone(), namespaces.clone(), stop.clone());
        let trouble = match serve_once(listeners, &Arc::new(app)) {
            Ok(Served::ToTheEnd) => return,
            Ok(Served::UntilAPanic(reason)) => format!("the HTTP servers failed and start again: {reason}"),
            Err(error) => format!("the HTTP servers cannot run: {error}; trying again"),
        };
        ports.logs.line(Level::Critical, trouble);
        // Nothing that could fail for the same reason is used to wait with.
        std::thread::sleep(ACCEPT_PAUSE);
        if stop.is_requested() {
            return;
        }
    }
}

/// What became of a runtime that could be made.
enum Served {
    /// It was told to end.
    ToTheEnd,
    /// A defect, or a system that does not let the runtime wait.
    UntilAPanic(String),
}

fn runtime() -> std::io::Result<Runtime> {
    Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .thread_keep_alive(BLOCKING_KEEP_ALIVE)
        .thread_stack_size(BLOCKING_STACK_BYTES)
        .thread_name("http files")
        .build()
}

fn serve_once(listeners: &[Listener], app: &Arc<App>) -> std::io::Result<Served> {
    let runtime = runtime()?;
    let served = survived(|| runtime.block_on(serve(listeners, app)));
    // A thread that hangs on a file must hold up neither the end nor the next attempt.
    runtime.shutdown_background();
    match served {
        Ok(ended) => ended.map(|()| Served::ToTheEnd),
        Err(reason) => Ok(Served::UntilAPanic(reason)),
    }
}

/// One accepting task for each listener; this task only waits for the end of all.
async fn serve(listeners: &[Listener], app: &Arc<App>) -> std::io::Result<()> {
    let places = Arc::new(Places::default());
    let mut doors = JoinSet::new();
    for (number, listener) in listeners.iter().enumerate() {
        let door = Door {
            number,
            section: listener.section().to_owned(),
            acceptor: listener.acceptor()?,
            site: Arc::new(Site::new(listener, router(Arc::clone(app)))),
            places: Arc::clone(&places),
            app: Arc::clone(app),
        };
        doors.spawn(door.keep());
    }
    tokio::spawn(plugins::attend(Arc::clone(app)));
    app.stop.clone().requested().await;
    while doors.join_next().await.is_some() {}
    Ok(())
}

/// One listener while it is open.
struct Door {
    number: usize,
    section: String,
    acceptor: Acceptor,
    site: Arc<Site>,
    places: Arc<Places>,
    app: Arc<App>,
}

impl Door {
    /// Lets clients in until the plane ends, then waits for answers that are due.
    async fn keep(self) {
        let mut stop = self.app.stop.clone();
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                biased;
                () = stop.requested() => break,
                Some(ended) = connections.join_next() => self.note(ended),
                accepted = self.acceptor.accept() => match accepted {
                    Ok((stream, peer)) => self.let_in(stream, peer, &mut connections),
                    Err(error) => self.pause(&error).await,
                },
            }
        }
        // Each connection bounds its own end; this is for those that forget to.
        let _ = timeout(2 * FLUSH_TIMEOUT, async { while connections.join_next().await.is_some() {} }).await;
    }

    fn let_in(&self, stream: Stream, peer: Peer, connections: &mut JoinSet<()>) {
        let life = Life::new();
        let (seat, welcome) = match self.places.enter(self.number, &life) {
            Entry::Seated(seat) => (seat, Welcome::Seated),
            Entry::Evicting(seat) => {
                self.app.count(Limit::Evicted, Some(&self.section));
                (seat, Welcome::Seated)
            }
            Entry::Refused(seat) => {
                self.app.count(Limit::Connections, Some(&self.section));
                (seat, Welcome::NoPlace)
            }
            Entry::Full => return self.app.count(Limit::Connections, Some(&self.section)),
        };
        let front = Arc::new(Front { site: Arc::clone(&self.site), peer, welcome });
        connections.spawn(attend(stream, front, seat, (life, Arc::clone(&self.app))));
    }

    /// A failed accept is not the end: descriptors run out and come back. An idle connection may hold one.
    async fn pause(&self, error: &std::io::Error) {
        let detail = format!("{}: {error}", self.section);
        self.app.count(Limit::Accept, Some(&detail));
        let rest = if self.places.evict_one() { EVICTION_PAUSE } else { ACCEPT_PAUSE };
        sleep(rest).await;
    }

    fn note(&self, ended: Result<(), tokio::task::JoinError>) {
        if let Err(error) = ended
            && error.is_panic()
        {
            self.app
                .ports
                .logs
                .line(Level::Critical, "a request failed for a reason that is a bug of the daemon");
        }
    }
}

/// A connection's task: the seat is free again when it ends, however it ends.
async fn attend(stream: Stream, front: Arc<Front>, seat: Seat, context: (Arc<Life>, Arc<App>)) {
    let (life, app) = context;
    let welcome = front.welcome;
    let served = connection::serve(stream, front, life, app);
    match welcome {
        Welcome::Seated => served.await,
        // Who is only to be sent away may not take its time: nobody can make it leave.
        Welcome::NoPlace => drop(timeout(HEAD_TIMEOUT, served).await),
    }
    drop(seat);
}

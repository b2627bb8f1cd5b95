//! Who is signed in outlives a life of the daemon: a reload must not sign everybody out.
//!
//! What a listener's [desk](super::web::Desk) knows is handed from the listeners of one life to those of the next, as long
//! as the section asks for the same name and password as before. It never leaves the process.

use provost_config::model::{Credentials, Server};

use super::Listener;
use super::web::Sessions;

/// The sessions of every listener, from one life to the next.
#[derive(Default)]
pub(crate) struct Reception {
    kept: Vec<Kept>,
}

struct Kept {
    section: String,
    credentials: Option<Credentials>,
    sessions: Sessions,
}

impl Reception {
    /// Gives the listeners of a new life the sessions of their predecessors. Those of sections that have gone, or whose
    /// credentials are others now, end.
    pub(crate) fn hand_over(&mut self, listeners: &mut [Listener], servers: &[Server]) {
        let before = std::mem::take(&mut self.kept);
        for listener in listeners {
            let section = listener.section().to_owned();
            let server = servers.iter().find(|server| server.section == section);
            let credentials = server.and_then(|server| server.credentials.clone());
            let known = before.iter().find(|kept| kept.section == section && kept.credentials == credentials);
            if let Some(known) = known {
                listener.go_on_with(known.sessions.clone());
            }
            self.kept.push(Kept { section, credentials, sessions: listener.sessions().clone() });
        }
    }
}

//! The reception desk of a listener: who is signed in, and how.
//!
//! Programs bring HTTP Basic credentials with every request. People sign in once and get a session: a random number in a
//! cookie that scripts cannot read and other sites cannot send. Every page carries a token, which forms and the page's
//! script must bring back: the session's own, or, without a session, the desk's. Whether a name and a password are right is the
//! [gate](Gate)'s to say.
//!
//! Sessions are in memory only and bounded: they end after [`IDLE`], or when too many others begin, or with the process. A life
//! of the daemon hands them to the next ([`Reception`](crate::http::Reception)).
//!
//! What came of a form is left here, too, for the page that the browser is sent to: if it stood in the address, anybody
//! could make a link that lets a page of ours say what he likes.

use std::collections::{HashMap, VecDeque};
use std::fmt::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use rustix::rand::{GetRandomFlags, getrandom};
use tokio::time::Instant;

use crate::http::Listener;
use crate::http::gate::Gate;

/// How the name of a session's cookie begins.
const SESSION_COOKIE: &str = "provost_session";

/// Sessions that one listener keeps; the one that was not used for longest ends when there would be more.
const MAX_SESSIONS: usize = 256;
/// After how long without a request a session ends.
const IDLE: Duration = Duration::from_secs(12 * 3600);
/// After how long a session ends in any case.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);

/// Outcomes that wait for the page that shows them; they are fetched at once, or never.
const MAX_NOTES: usize = 64;

/// How somebody got in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::http) enum Access {
    /// Everybody may, or the request had credentials of its own. The token is the desk's.
    Direct(Arc<str>),
    /// Through a session, which has a token of its own.
    Session(Arc<str>),
    /// Not at all: the request is for something that everybody may see.
    Stranger,
}

impl Access {
    /// What forms must bring.
    pub(super) fn token(&self) -> &str {
        match self {
            Self::Direct(token) | Self::Session(token) => token,
            Self::Stranger => "",
        }
    }

    /// Whether a form or request brought what it must.
    pub(in crate::http) fn admits(&self, token: &str) -> bool {
        use subtle::ConstantTimeEq;
        !token.is_empty() && bool::from(self.token().as_bytes().ct_eq(token.as_bytes()))
    }

    /// Whether a cookie let the request in, which a browser sends by itself.
    pub(in crate::http) fn is_session(&self) -> bool {
        matches!(self, Self::Session(_))
    }
}

/// See the [module](self).
pub(in crate::http) struct Desk {
    gate: Gate,
    cookie_name: String,
    obeys_links: bool,
    sessions: Sessions,
}

/// What outlives a desk: who is signed in, and what forms without a session must bring.
#[derive(Clone)]
pub(in crate::http) struct Sessions {
    token: Arc<str>,
    book: Arc<Mutex<Book>>,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { token: random_digits().into(), book: Arc::default() }
    }
}

#[derive(Default)]
struct Book {
    sessions: HashMap<String, Session>,
    /// Each with its number, oldest first.
    notes: VecDeque<(String, String)>,
}

struct Session {
    token: Arc<str>,
    began: Instant,
    used: Instant,
}

impl Session {
    fn is_over(&self, now: Instant) -> bool {
        now - self.used > IDLE || now - self.began > LONGEST
    }
}

impl Desk {
    /// The desk of a listener that is open to who has the account, or to everybody. Browsers do not tell the ports of a
    /// host apart when it comes to cookies, so the name does: two daemons on one host have sessions side by side.
    pub(in crate::http) fn of(listener: &Listener) -> Self {
        let gate = Gate::new(listener.account().cloned(), random());
        let (cookie_name, sessions) = (cookie_name(listener.port()), listener.sessions().clone());
        Self { gate, cookie_name, obeys_links: listener.obeys_links(), sessions }
    }

    /// Who judges names and passwords.
    pub(in crate::http) fn gate(&self) -> &Gate {
        &self.gate
    }

    /// The name of the cookie of its sessions.
    pub(super) fn cookie_name(&self) -> &str {
        &self.cookie_name
    }

    /// Whether links of the old page act instead of asking first.
    pub(super) fn obeys_links(&self) -> bool {
        self.obeys_links
    }

    /// Somebody whose request needs no session.
    pub(in crate::http) fn direct(&self) -> Access {
        Access::Direct(Arc::clone(&self.sessions.token))
    }

    /// Somebody whose cookie says that he is signed in.
    pub(in crate::http) fn recognise(&self, headers: &HeaderMap) -> Option<Access> {
        let id = cookie(headers, &self.cookie_name)?;
        let now = Instant::now();
        let mut book = self.book();
        let session = book.sessions.get_mut(id).filter(|session| !session.is_over(now))?;
        session.used = now;
        Some(Access::Session(Arc::clone(&session.token)))
    }

    /// Begins a session for somebody whom the [gate](Self::gate) admitted. Returns the value of its cookie.
    pub(super) fn sign_in(&self) -> String {
        let now = Instant::now();
        let mut book = self.book();
        book.make_room(now);
        let id = random_digits();
        book.sessions.insert(id.clone(), Session { token: random_digits().into(), began: now, used: now });
        id
    }

    /// Ends the session of that cookie.
    pub(super) fn sign_out(&self, headers: &HeaderMap) {
        if let Some(id) = cookie(headers, &self.cookie_name) {
            self.book().sessions.remove(id);
        }
    }

    /// Keeps a message for the next page; the number under which that finds it.
    pub(super) fn leave_note(&self, message: &str) -> String {
        let number = random_digits();
        let mut book = self.book();
        if book.notes.len() == MAX_NOTES {
            book.notes.pop_front();
        }
        book.notes.push_back((number.clone(), message.to_owned()));
        number
    }

    /// The message with that number. It stays, because people reload pages.
    pub(super) fn note(&self, number: &str) -> Option<String> {
        let book = self.book();
        book.notes.iter().find(|(of, _)| of == number).map(|(_, message)| message.clone())
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.sessions.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn make_room(&mut self, now: Instant) {
        self.sessions.retain(|_, session| !session.is_over(now));
        if self.sessions.len() < MAX_SESSIONS {
            return;
        }
        let oldest = self.sessions.iter().min_by_key(|(_, session)| session.used).map(|(id, _)| id.clone());
        if let Some(id) = oldest {
            self.sessions.remove(&id);
        }
    }
}

fn cookie_name(port: Option<u16>) -> String {
    port.map_or_else(|| SESSION_COOKIE.into(), |port| format!("{SESSION_COOKIE}_{port}"))
}

/// The value of a cookie.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// 256 bits that nobody can guess.
fn random() -> [u8; 32] {
    let mut bytes = [0_u8; 32];
    // So few bytes are never cut short, and this call cannot fail since Linux 3.17.
    getrandom(&mut bytes, GetRandomFlags::empty()).expect("invariant: the system has random numbers");
    bytes
}

/// The same as hexadecimal digits.
fn random_digits() -> String {
    random().iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk() -> Desk {
        Desk {
            gate: Gate::new(None, random()),
            cookie_name: cookie_name(None),
            obeys_links: false,
            sessions: Sessions::default(),
        }
    }

    fn signed_in(desk: &Desk) -> HeaderMap {
        headers(&format!("a=b; {SESSION_COOKIE}={}; c=d", desk.sign_in()))
    }

    fn headers(cookies: &str) -> HeaderMap {
        HeaderMap::from_iter([(COOKIE, cookies.parse().expect("a case's cookies are valid"))])
    }

    #[tokio::test(start_paused = true)]
    async fn sessions_begin_and_end() {
        let desk = desk();
        assert_eq!(desk.recognise(&HeaderMap::new()), None);
        assert_eq!(desk.recognise(&headers("provost_session=")), None);
        assert_eq!(desk.recognise(&headers("provost_session=0123")), None);
        let (one, other) = (signed_in(&desk), signed_in(&desk));
        let (Some(first), Some(second)) = (desk.recognise(&one), desk.recognise(&other)) else {
            panic!("both are signed in")
        };
        assert!(first.is_session() && first.admits(first.token()));
        assert!(!first.admits(second.token()), "tokens are of one session");
        assert!(!first.admits("") && !Access::Stranger.admits(""));
        desk.sign_out(&one);
        assert_eq!(desk.recognise(&one), None);
        assert!(desk.recognise(&other).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn sessions_end_by_themselves() {
        let desk = desk();
        let headers = signed_in(&desk);
        tokio::time::advance(IDLE).await;
        assert!(desk.recognise(&headers).is_some());
        tokio::time::advance(IDLE + Duration::from_secs(1)).await;
        assert!(desk.recognise(&headers).is_none());
        let headers = signed_in(&desk);
        for _ in 0..14 {
            assert!(desk.recognise(&headers).is_some());
            tokio::time::advance(IDLE).await;
        }
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(desk.recognise(&headers).is_none(), "even one that is used");
    }

    #[tokio::test(start_paused = true)]
    async fn the_number_of_sessions_is_bounded() {
        let desk = desk();
        let first = signed_in(&desk);
        tokio::time::advance(Duration::from_secs(1)).await;
        let second = signed_in(&desk);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(desk.recognise(&first).is_some());
        for _ in 0..MAX_SESSIONS - 1 {
            signed_in(&desk);
        }
        assert!(desk.recognise(&first).is_some(), "it was used");
        assert!(desk.recognise(&second).is_none());
    }

    #[test]
    fn notes_are_found_by_their_number_and_bounded() {
        let desk = desk();
        let first = desk.leave_note("first");
        assert_eq!((desk.note(&first).as_deref(), desk.note("")), (Some("first"), None));
        let numbers: Vec<String> = (0..MAX_NOTES).map(|_| desk.leave_note("next")).collect();
        assert_eq!(desk.note(&first), None);
        assert!(numbers.iter().all(|number| desk.note(number).is_some()));
    }

    #[test]
    fn ports_of_a_host_have_cookies_of_their_own() {
        assert_eq!(
            (cookie_name(None), cookie_name(Some(9001))),
            ("provost_session".into(), "provost_session_9001".into())
        );
        let headers = headers("provost_session_9002=2; provost_session_9001=1");
        assert_eq!(cookie(&headers, &cookie_name(Some(9001))), Some("1"));
        assert_eq!(cookie(&headers, &cookie_name(None)), None);
    }

    #[test]
    fn cookies_are_found_by_their_whole_name() {
        let headers = headers("xprovost_session=1; provost_sessionx=2;provost_session=3");
        assert_eq!(cookie(&headers, SESSION_COOKIE), Some("3"));
    }
}

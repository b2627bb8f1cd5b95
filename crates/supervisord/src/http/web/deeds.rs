//! What people do with the buttons of the pages.
//!
//! A button's value names a deed, `VERB` or `VERB NAME`; `/do` carries it out and sends the browser back with what came of
//! it. Without the page's token nothing is done. Deeds are carried out to their end even when the browser leaves.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode};
use axum::response::Response;
use provost_config::signal;
use provost_core::call::{BulkItem, Call, Fault, Reply, Target};
use provost_wire::fault::FaultCode;
use provost_wire::namespec::{self, ShortName};
use tokio::sync::oneshot;

use super::desk::Desk;
use super::farewell;
use super::fields::Fields;
use super::frame::Visitor;
use super::texts::{Texts, fill};
use super::update;
use crate::http::rpc::errand;
use crate::http::rpc::reload::read;
use crate::http::{App, error};
use crate::ports::ToLogs;

/// Characters of what is told of a deed.
const LONGEST_MESSAGE: usize = 600;

/// Whom a deed is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Whom {
    /// A process, or all of a group (`GROUP:*`).
    Named(String),
    /// Every process.
    All,
}

impl Whom {
    fn target(&self) -> Target {
        match self {
            Self::All => Target::All,
            Self::Named(name) => match namespec::split(name) {
                (group, Some(process)) => Target::Process {
                    group: group.to_owned(),
                    process: process.to_owned(),
                    given: name.clone(),
                },
                (group, None) => Target::Group { group: group.to_owned(), given: name.clone() },
            },
        }
    }

    /// As people call it.
    pub(super) fn shown(&self, t: &Texts) -> String {
        match self {
            Self::Named(name) => name.clone(),
            Self::All => t.everything.to_owned(),
        }
    }
}

/// Something that can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Start(Whom),
    Stop(Whom),
    Restart(Whom),
    Clear(String),
    Signal { name: String, signal: String },
    Stdin { name: String, data: String },
    ClearMain,
    Update,
    Reload,
    Shutdown,
    Refresh,
}

impl Deed {
    /// The deed that a form asks for.
    pub(super) fn parse(form: &Fields) -> Option<Self> {
        let (verb, name) = form.find("do")?.split_once(' ').unwrap_or((form.find("do")?, ""));
        let named = || (!name.is_empty()).then(|| name.to_owned());
        Some(match verb {
            "start" => Self::Start(Whom::Named(named()?)),
            "stop" => Self::Stop(Whom::Named(named()?)),
            "restart" => Self::Restart(Whom::Named(named()?)),
            "start-all" => Self::Start(Whom::All),
            "stop-all" => Self::Stop(Whom::All),
            "restart-all" => Self::Restart(Whom::All),
            "clear" => Self::Clear(named()?),
            "signal" => Self::Signal { name: named()?, signal: form.text("signal").to_owned() },
            "stdin" => {
                let end = if form.find("newline").is_some() { "\n" } else { "" };
                // Browsers send text areas with the line ends of the network.
                let data = form.text("data").replace("\r\n", "\n") + end;
                Self::Stdin { name: named()?, data }
            }
            "clear-main" => Self::ClearMain,
            "update" => Self::Update,
            "reload" => Self::Reload,
            "shutdown" => Self::Shutdown,
            _ => return None,
        })
    }

    /// The deed that an old address asks for, `?action=…&processname=…`.
    pub(super) fn of_old(query: &Fields) -> Option<Self> {
        let named = || query.find("processname").map(str::to_owned);
        Some(match query.find("action")? {
            "start" => Self::Start(Whom::Named(named()?)),
            "stop" => Self::Stop(Whom::Named(named()?)),
            "restart" => Self::Restart(Whom::Named(named()?)),
            "clearlog" => Self::Clear(named()?),
            "stopall" => Self::Stop(Whom::All),
            "restartall" => Self::Restart(Whom::All),
            "refresh" => Self::Refresh,
            _ => return None,
        })
    }

    /// The form of it that a button has as its value.
    pub(super) fn value(&self) -> String {
        let about = |verb: &str, whom: &Whom| match whom {
            Whom::Named(name) => format!("{verb} {name}"),
            Whom::All => format!("{verb}-all"),
        };
        match self {
            Self::Start(whom) => about("start", whom),
            Self::Stop(whom) => about("stop", whom),
            Self::Restart(whom) => about("restart", whom),
            Self::Clear(name) => format!("clear {name}"),
            Self::Signal { name, .. } => format!("signal {name}"),
            Self::Stdin { name, .. } => format!("stdin {name}"),
            Self::ClearMain => "clear-main".into(),
            Self::Update => "update".into(),
            Self::Reload => "reload".into(),
            Self::Shutdown => "shutdown".into(),
            Self::Refresh => String::new(),
        }
    }

    /// The question before it is done, and the word on the button that does it.
    pub(super) fn question(&self, t: &Texts) -> (String, &'static str) {
        let about = |text: &str, whom: &Whom| fill(text, &whom.shown(t));
        match self {
            Self::Start(whom) => (about(t.ask_start, whom), t.start),
            Self::Stop(whom) => (about(t.ask_stop, whom), t.stop),
            Self::Restart(whom) => (about(t.ask_restart, whom), t.restart),
            Self::Clear(name) => (fill(t.ask_clear, name), t.clear),
            Self::Signal { name, .. } => (fill(t.ask_other, name), t.send_signal),
            Self::Stdin { name, .. } => (fill(t.ask_other, name), t.send),
            Self::ClearMain => (fill(t.ask_clear, t.daemon), t.clear),
            Self::Update => (t.ask_update.to_owned(), t.apply),
            Self::Reload => (t.ask_reload.to_owned(), t.restart),
            Self::Shutdown => (t.ask_shutdown.to_owned(), t.shutdown),
            Self::Refresh => (String::new(), t.refresh),
        }
    }
}

/// What came of a deed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) is_done: bool,
    pub(super) message: String,
}

impl Outcome {
    pub(super) fn done(message: impl Into<String>) -> Self {
        Self { is_done: true, message: shortened(message.into()) }
    }

    pub(super) fn failed(message: impl Into<String>) -> Self {
        Self { is_done: false, message: shortened(message.into()) }
    }
}

/// What a thousand programs have to say would not be read.
fn shortened(mut message: String) -> String {
    if let Some((end, _)) = message.char_indices().nth(LONGEST_MESSAGE) {
        message.truncate(end);
        message.push('…');
    }
    message
}

/// `/do`.
pub(super) async fn endpoint(
    State(app): State<Arc<App>>,
    Extension(desk): Extension<Arc<Desk>>,
    visitor: Visitor,
    request: Request<Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    let form = match Fields::receive(body).await {
        Ok(form) => form,
        Err(status) => return error::closing(error::page(status)),
    };
    let t = visitor.texts();
    let token = parts.headers.get(super::TOKEN_HEADER).and_then(|value| value.to_str().ok());
    let deed = Deed::parse(&form);
    let ends_daemon = deed == Some(Deed::Shutdown);
    let outcome = if !visitor.access.admits(token.unwrap_or_else(|| form.text("token"))) {
        Outcome::failed(t.bad_token)
    } else if let Some(deed) = deed {
        to_its_end(&app, deed, t).await
    } else {
        Outcome::failed(t.bad_deed)
    };
    if wants_json(&parts.headers) {
        return json(&outcome);
    }
    if ends_daemon && outcome.is_done {
        return farewell::page(&app, &visitor);
    }
    lead_back(&outcome, &desk, form.text("back"))
}

/// Does what a link asks for, and leads to the overview.
pub(super) async fn obey(app: &Arc<App>, desk: &Desk, (deed, t): (Deed, &'static Texts)) -> Response {
    lead_back(&to_its_end(app, deed, t).await, desk, "./")
}

/// Does what has to be done even when nobody waits for it any more, under the rules of all calls: a limited number at
/// once, and none while the daemon stops.
async fn to_its_end(app: &Arc<App>, deed: Deed, t: &'static Texts) -> Outcome {
    let of_errand = Arc::clone(app);
    let work = errand(app, async move { Ok(perform(&of_errand, deed, t).await) });
    work.await.unwrap_or_else(|fault| match FaultCode::from_number(fault.code) {
        Some(FaultCode::ShutdownState) => Outcome::failed(t.fault_shutdown),
        _ => Outcome::failed(update::reason(&fault)),
    })
}

/// Whether it is the script that asks.
fn wants_json(headers: &HeaderMap) -> bool {
    let kinds = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    kinds.is_some_and(|kinds| kinds.starts_with("application/json"))
}

fn json(outcome: &Outcome) -> Response {
    let text = serde_json::json!({"done": outcome.is_done, "message": outcome.message}).to_string();
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The way back, to a page that tells what came of it.
fn lead_back(outcome: &Outcome, desk: &Desk, back: &str) -> Response {
    see_other(&with_note(own_page(back), &desk.leave_note(&outcome.message)))
}

/// The page to go back to, if it is one of ours; otherwise the overview. Where a form says to go must not lead away.
fn own_page(back: &str) -> &str {
    let page = back.split('?').next().unwrap_or_default();
    let is_plain = back.bytes().all(|byte| byte.is_ascii_graphic());
    if is_plain && matches!(page, "program.html" | "daemon.html") { back } else { "./" }
}

fn with_note(page: &str, number: &str) -> String {
    let separator = if page.contains('?') { '&' } else { '?' };
    format!("{page}{separator}note={number}")
}

/// The answer that sends a browser to another page of ours.
pub(super) fn see_other(page: &str) -> Response {
    let mut response = error::page(StatusCode::SEE_OTHER);
    let location = HeaderValue::try_from(page).unwrap_or(HeaderValue::from_static("./"));
    response.headers_mut().insert(LOCATION, location);
    response
}

async fn perform(app: &App, deed: Deed, t: &'static Texts) -> Outcome {
    match deed {
        Deed::Start(whom) => {
            let result = app.ports.supervisor.call(Call::Start { target: whom.target(), wait: true }).await;
            told(app, result, (&whom.shown(t), t.done_start), t)
        }
        Deed::Stop(whom) => {
            let result = app.ports.supervisor.call(Call::Stop { target: whom.target(), wait: true }).await;
            told(app, result, (&whom.shown(t), t.done_stop), t)
        }
        Deed::Restart(whom) => {
            let stopped = app.ports.supervisor.call(Call::Stop { target: whom.target(), wait: true }).await;
            if let Err(fault) = stopped
                && !matches!(fault, Fault::NotRunning(_))
            {
                return Outcome::failed(refused(app, &fault, t));
            }
            let result = app.ports.supervisor.call(Call::Start { target: whom.target(), wait: true }).await;
            told(app, result, (&whom.shown(t), t.done_restart), t)
        }
        Deed::Clear(name) => clear(app, &name, t).await,
        Deed::Signal { name, signal } => {
            let number = number_of(&signal);
            let call =
                Call::Signal { target: Whom::Named(name.clone()).target(), signal: number, given: signal };
            told(app, app.ports.supervisor.call(call).await, (&name, t.done_signal), t)
        }
        Deed::Stdin { name, data } => {
            let call =
                Call::SendStdin { target: Whom::Named(name.clone()).target(), data: data.into_bytes() };
            told(app, app.ports.supervisor.call(call).await, (&name, t.done_stdin), t)
        }
        Deed::ClearMain => {
            let (reply, answer) = oneshot::channel();
            app.ports.logs.send(ToLogs::ClearMain { reply });
            match answer.await {
                Ok(Ok(())) => Outcome::done(t.done_clear_main),
                Ok(Err(reason)) => Outcome::failed(reason),
                Err(_) => Outcome::failed(t.fault_shutdown),
            }
        }
        Deed::Update => update::apply(app, t).await,
        Deed::Reload => match read(&app.ports).await {
            Ok(config) => {
                told(app, app.ports.supervisor.call(Call::Restart(config)).await, ("", t.done_reload), t)
            }
            Err(unusable) => Outcome::failed(fill(t.plan_failed, &unusable.mistakes.join("\n"))),
        },
        Deed::Shutdown => {
            told(app, app.ports.supervisor.call(Call::Shutdown).await, ("", t.done_shutdown), t)
        }
        Deed::Refresh => Outcome::done(t.done_refresh),
    }
}

async fn clear(app: &App, name: &str, t: &Texts) -> Outcome {
    let (group, process) = namespec::split(name);
    let snapshot = app.ports.snapshot.load_full();
    let Some(row) = process.and_then(|process| snapshot.process(group, process)) else {
        return Outcome::failed(fill(t.fault_bad_name, name));
    };
    let (reply, answer) = oneshot::channel();
    app.ports.logs.send(ToLogs::Clear { process: row.id, reply });
    match answer.await {
        Ok(Ok(())) => Outcome::done(fill(t.done_clear, name)),
        Ok(Err(reason)) => Outcome::failed(format!("{}: {reason}", fill(t.fault_failed, name))),
        Err(_) => Outcome::failed(t.fault_shutdown),
    }
}

/// The signal that people mean by a name or a number.
fn number_of(given: &str) -> Option<i32> {
    match given.trim().parse::<i32>() {
        Ok(number) => signal::exists(number).then_some(number),
        Err(_) => signal::by_name(given),
    }
}

/// What came of a call, in words: of many processes only what went wrong.
fn told(app: &App, result: Result<Reply, Fault>, (name, done): (&str, &str), t: &Texts) -> Outcome {
    match result {
        Err(fault) => Outcome::failed(refused(app, &fault, t)),
        Ok(Reply::Bulk(items)) => {
            let wrong: Vec<String> = items.iter().filter_map(|item| trouble(app, item, t)).collect();
            if wrong.is_empty() { Outcome::done(fill(done, name)) } else { Outcome::failed(wrong.join("; ")) }
        }
        Ok(_) => Outcome::done(fill(done, name)),
    }
}

fn trouble(app: &App, item: &BulkItem, t: &Texts) -> Option<String> {
    let fault = item.outcome.as_ref().err()?;
    let name = ShortName::new(&item.group, &item.name).to_string();
    // The fault itself may know only the process's own name.
    let with_name = |make: fn(String) -> Fault| make(name.clone());
    let named = match fault {
        Fault::SpawnError(_) => with_name(Fault::SpawnError),
        Fault::AbnormalTermination(_) => with_name(Fault::AbnormalTermination),
        Fault::NoFile(_) => with_name(Fault::NoFile),
        Fault::NotExecutable(_) => with_name(Fault::NotExecutable),
        Fault::Failed(_) => with_name(Fault::Failed),
        other => other.clone(),
    };
    Some(refused(app, &named, t))
}

/// Why something was not done, in words, with the reason that is known of the process.
pub(super) fn refused(app: &App, fault: &Fault, t: &Texts) -> String {
    match fault {
        Fault::ShutdownState => t.fault_shutdown.to_owned(),
        Fault::BadName(name) => fill(t.fault_bad_name, name),
        Fault::BadSignal(name) => fill(t.fault_bad_signal, name),
        Fault::NoFile(name) => fill(t.fault_no_file, name),
        Fault::NotExecutable(name) => fill(t.fault_not_executable, name),
        Fault::Failed(name) => fill(t.fault_failed, name),
        Fault::AbnormalTermination(name) => with_reason(app, t.fault_ended_early, name),
        Fault::SpawnError(name) => with_reason(app, t.fault_start_failed, name),
        Fault::AlreadyStarted(name) | Fault::AlreadyAdded(name) => fill(t.fault_already_started, name),
        Fault::NotRunning(name) => fill(t.fault_not_running, name),
        Fault::StillRunning(name) => fill(t.fault_still_running, name),
    }
}

fn with_reason(app: &App, text: &str, name: &str) -> String {
    let (group, process) = namespec::split(name);
    let snapshot = app.ports.snapshot.load();
    let row = process.and_then(|process| snapshot.process(group, process));
    match row.and_then(|row| row.last_failure.as_ref()) {
        Some(failure) => format!("{} ({})", fill(text, name), failure.cause),
        None => fill(text, name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::web::frame::quoted;

    #[track_caller]
    fn check(form: &str, expect: impl Into<Option<Deed>>) {
        let found = Deed::parse(&Fields::parse(form));
        assert_eq!(found, expect.into(), "{form}");
    }

    #[test]
    fn buttons_name_deeds() {
        let named = |name: &str| Whom::Named(name.to_owned());
        check("do=start+web", Some(Deed::Start(named("web"))));
        check("do=stop+g:*", Some(Deed::Stop(named("g:*"))));
        check("do=restart+a+b", Some(Deed::Restart(named("a b"))));
        check("do=stop-all", Some(Deed::Stop(Whom::All)));
        check("do=clear+web", Some(Deed::Clear("web".into())));
        check("do=signal+web&signal=HUP", Some(Deed::Signal { name: "web".into(), signal: "HUP".into() }));
        check(
            "do=stdin+web&data=a%0D%0Ab&newline=1",
            Some(Deed::Stdin { name: "web".into(), data: "a\nb\n".into() }),
        );
        for nothing in ["", "do=", "do=start", "do=start+", "do=explode+web", "action=stop&processname=a"] {
            check(nothing, None);
        }
    }

    #[test]
    fn values_come_back_as_the_same_deed() {
        for deed in [
            Deed::Start(Whom::All),
            Deed::Stop(Whom::Named("g:*".into())),
            Deed::Clear("<script>".into()),
            Deed::Update,
            Deed::Reload,
            Deed::Shutdown,
            Deed::ClearMain,
        ] {
            check(&format!("do={}", quoted(&deed.value())), Some(deed));
        }
    }

    #[test]
    fn old_addresses_name_deeds() {
        for (query, expect) in [
            ("action=stopall", Some(Deed::Stop(Whom::All))),
            ("processname=g%3Aa&action=start", Some(Deed::Start(Whom::Named("g:a".into())))),
            ("action=clearlog&processname=a", Some(Deed::Clear("a".into()))),
            ("action=refresh", Some(Deed::Refresh)),
            ("action=stop", None),
            ("action=nope", None),
            ("message=x", None),
        ] {
            assert_eq!(Deed::of_old(&Fields::parse(query)), expect, "{query}");
        }
    }

    #[test]
    fn the_way_back_does_not_lead_away() {
        for (back, expect) in [
            ("program.html?name=a", "program.html?name=a"),
            ("daemon.html", "daemon.html"),
            ("", "./"),
            ("//evil.example/", "./"),
            ("https://evil.example/program.html", "./"),
            ("program.html\r\nX: y", "./"),
            ("/program.html", "./"),
        ] {
            assert_eq!(own_page(back), expect, "{back}");
        }
        assert_eq!(with_note("./", "1f"), "./?note=1f");
        assert_eq!(with_note("program.html?name=a", "1f"), "program.html?name=a&note=1f");
    }

    #[test]
    fn messages_are_short() {
        let told = |text: &str| Outcome::failed(text).message;
        assert_eq!(told("short"), "short");
        let long = told(&"编".repeat(100_000));
        assert_eq!((long.chars().count(), long.ends_with('…')), (LONGEST_MESSAGE + 1, true));
    }

    #[test]
    fn signals_are_names_or_numbers() {
        for (given, expect) in
            [("HUP", Some(1)), ("sigusr1", Some(10)), ("9", Some(9)), ("0", None), ("x", None)]
        {
            assert_eq!(number_of(given), expect, "{given}");
        }
    }
}

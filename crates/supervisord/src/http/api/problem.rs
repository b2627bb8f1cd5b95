//! How the JSON interface says no: a status for machines, a code for programs, a sentence for people.
//!
//! Faults of the XML-RPC interface keep their name and number here; what only HTTP knows has a code of its own and no
//! number.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use provost_wire::fault::{Fault, FaultCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::json;

/// Why a request was not carried out.
#[derive(Debug)]
pub(in crate::http) struct Problem {
    status: StatusCode,
    code: &'static str,
    fault: Option<i32>,
    message: String,
}

/// Beside an error page: what it says, as text.
#[derive(Clone, Debug)]
pub(in crate::http) struct Reason(pub(in crate::http) String);

/// What an answer that is an error holds.
#[derive(Serialize, ToSchema)]
pub(super) struct ErrorBody {
    error: ErrorDetail,
}

/// An error.
#[derive(Serialize, ToSchema)]
struct ErrorDetail {
    /// The name of the fault, or of what only HTTP knows: `BAD_REQUEST`, `NOT_FOUND` and so on.
    code: &'static str,
    /// The fault's number in XML-RPC, if it has one.
    fault: Option<i32>,
    /// What is wrong, for people.
    message: String,
}

impl Problem {
    /// What only HTTP knows.
    pub(in crate::http) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, code: code_of(status), fault: None, message: message.into() }
    }

    /// The request contradicts itself or what the interface says.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// There is no such process or group.
    pub(super) fn bad_name(name: &str) -> Self {
        Fault::bad_name(name).into()
    }

    /// There is no such log.
    pub(super) fn no_log(message: impl Into<String>) -> Self {
        let code = FaultCode::NoFile;
        Self {
            status: StatusCode::NOT_FOUND,
            code: code.name(),
            fault: Some(code.number()),
            message: message.into(),
        }
    }

    /// What it says to people.
    pub(super) fn into_message(self) -> String {
        self.message
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let code = FaultCode::from_number(fault.code).unwrap_or(FaultCode::Failed);
        let prefix = format!("{}: ", code.name());
        let message = fault.string.strip_prefix(&prefix).map_or_else(|| words(code), str::to_owned);
        Self { status: status_of(code), code: code.name(), fault: Some(fault.code), message }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { status, code, fault, message } = self;
        let mut response = json(&ErrorBody { error: ErrorDetail { code, fault, message } });
        *response.status_mut() = status;
        response
    }
}

/// Gives a refusal from before the interface (credentials, pages of other sites) the interface's form.
pub(in crate::http) fn dress(refused: Response) -> Response {
    let (mut parts, _) = refused.into_parts();
    let message = parts
        .extensions
        .remove::<Reason>()
        .map(|Reason(text)| text)
        .or_else(|| parts.status.canonical_reason().map(str::to_owned))
        .unwrap_or_default();
    let body = Problem::new(parts.status, message).into_response();
    parts.headers.extend(body.headers().clone());
    Response::from_parts(parts, body.into_body())
}

/// What a fault without a detail comes to.
fn words(code: FaultCode) -> String {
    match code {
        FaultCode::ShutdownState => "the daemon is stopping or restarting".into(),
        FaultCode::NoFile => "there is no such file".into(),
        other => other.name().to_ascii_lowercase().replace('_', " "),
    }
}

/// Nothing here is an error of the server: what is refused is refused because of the request, or of how things are.
fn status_of(code: FaultCode) -> StatusCode {
    match code {
        FaultCode::UnknownMethod | FaultCode::BadName => StatusCode::NOT_FOUND,
        FaultCode::IncorrectParameters
        | FaultCode::BadArguments
        | FaultCode::SignatureUnsupported
        | FaultCode::BadSignal => StatusCode::BAD_REQUEST,
        FaultCode::ShutdownState => StatusCode::SERVICE_UNAVAILABLE,
        FaultCode::NoFile
        | FaultCode::NotExecutable
        | FaultCode::Failed
        | FaultCode::AbnormalTermination
        | FaultCode::SpawnError
        | FaultCode::AlreadyStarted
        | FaultCode::NotRunning
        | FaultCode::Success
        | FaultCode::AlreadyAdded
        | FaultCode::StillRunning
        | FaultCode::CantReread => StatusCode::CONFLICT,
    }
}

fn code_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "UNAUTHORIZED",
        StatusCode::FORBIDDEN => "FORBIDDEN",
        StatusCode::NOT_FOUND => "NOT_FOUND",
        StatusCode::METHOD_NOT_ALLOWED => "METHOD_NOT_ALLOWED",
        StatusCode::REQUEST_TIMEOUT => "REQUEST_TIMEOUT",
        StatusCode::PAYLOAD_TOO_LARGE => "PAYLOAD_TOO_LARGE",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "UNSUPPORTED_MEDIA_TYPE",
        StatusCode::RANGE_NOT_SATISFIABLE => "RANGE_NOT_SATISFIABLE",
        StatusCode::TOO_MANY_REQUESTS => "TOO_MANY_REQUESTS",
        StatusCode::SERVICE_UNAVAILABLE => "SERVICE_UNAVAILABLE",
        _ => "BAD_REQUEST",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_keep_their_name_number_and_detail() {
        for (fault, status, expect) in [
            (Fault::bad_name("x<y"), 404, r#"{"error":{"code":"BAD_NAME","fault":10,"message":"x<y"}}"#),
            (
                Fault::bare(FaultCode::ShutdownState),
                503,
                r#"{"error":{"code":"SHUTDOWN_STATE","fault":6,"message":"the daemon is stopping or restarting"}}"#,
            ),
            (
                Fault::with_detail(FaultCode::NotRunning, "a: b"),
                409,
                r#"{"error":{"code":"NOT_RUNNING","fault":70,"message":"a: b"}}"#,
            ),
        ] {
            let Problem { status: found, code, fault, message } = fault.into();
            let body = serde_json::to_string(&ErrorBody { error: ErrorDetail { code, fault, message } });
            assert_eq!((found.as_u16(), body.expect("it is JSON").as_str()), (status, expect));
        }
    }
}

//! What comes over sockets and pipes.

use provost_wire::auth::{Account, Credentials, Secret};
use provost_wire::jsonrpc::{self, Description, Message};
use provost_wire::namespec::Namespec;
use provost_wire::xmlrpc::{
    DecodeError, Value, decode_call, decode_response, encode_call, encode_fault, encode_response,
};

/// The value of an `Authorization` header, and a stored password: read or refused, and what was read can be
/// presented again.
pub(crate) fn auth(header: &[u8]) {
    let Ok(credentials) = Credentials::from_header(header) else { return };
    let presented = credentials.to_header();
    assert_eq!(Credentials::from_header(presented.as_bytes()).as_ref(), Ok(&credentials));
    let Ok(secret) = Secret::parse(&credentials.password) else { return };
    if secret.is_slow() {
        return;
    }
    let hashed = !format!("{secret:?}").contains("plain");
    let account = Account::new(credentials.user.as_str(), secret);
    assert_eq!(account.admits(&credentials), Ok(!hashed), "plain text admits itself, a digest does not");
}

/// The name of a process: every text is one, and printing it names the same process.
pub(crate) fn namespec(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let namespec = Namespec::parse(text);
    assert_eq!(Namespec::parse(&namespec.to_string()), namespec);
}

/// A line of a plug-in: a message or none. What it asks for or answers can be passed on.
pub(crate) fn jsonrpc(line: &[u8]) {
    match jsonrpc::read(line) {
        Some(Message::Answer { result: Ok(result), .. }) => {
            if let Ok(description) = Description::read(&result) {
                for method in &description.methods {
                    assert_eq!(description.method(&method.name), Some(method));
                }
            }
            let value = jsonrpc::into_xml(result);
            let read = decode_response(&encode_response(&value));
            assert!(is_fit(read.as_ref().err()), "{read:?}");
        }
        Some(Message::Question { id, call }) => {
            let read = decode_call(&encode_call(&call.method, &call.params));
            assert!(is_fit(read.as_ref().err()), "{read:?}");
            let answer = jsonrpc::answer(&id, Ok(Value::Array(call.params)));
            assert_eq!(answer.iter().filter(|byte| **byte == b'\n').count(), 1, "an answer is one line");
        }
        Some(Message::Answer { .. } | Message::Note { .. }) | None => {}
    }
}

/// The body of a request to `/RPC2`: read or refused, and what was read can be written and read again with the same
/// shape.
pub(crate) fn xmlrpc_call(document: &[u8]) {
    let Ok(call) = decode_call(document) else { return };
    let again = match decode_call(&encode_call(&call.method, &call.params)) {
        Ok(again) => again,
        Err(refusal) => return assert!(is_fit(Some(&refusal)), "our own document is refused: {refusal}"),
    };
    assert_eq!(again.method, call.method);
    assert_eq!(again.params.len(), call.params.len());
    for (read, written) in call.params.iter().zip(&again.params) {
        assert_eq!(read.type_name(), written.type_name());
    }
}

/// The answer of a server that `supervisorctl` was pointed at: read or refused, and a result can be written and read
/// again with the same type.
pub(crate) fn xmlrpc_response(document: &[u8]) {
    match decode_response(document) {
        Ok(Ok(value)) => match decode_response(&encode_response(&value)) {
            Ok(again) => assert_eq!(again.expect("a result").type_name(), value.type_name()),
            Err(refusal) => assert!(is_fit(Some(&refusal)), "our own document is refused: {refusal}"),
        },
        Ok(Err(fault)) => {
            let again = decode_response(&encode_fault(&fault)).expect("our own document is a response");
            assert_eq!(again.expect_err("a fault").code, fault.code);
        }
        Err(refusal) => assert!(!refusal.to_string().is_empty()),
    }
}

/// Whether a document of ours was read, or refused for its size alone: the proper spelling of a value can take more
/// elements than the loose one that was read.
fn is_fit(refusal: Option<&DecodeError>) -> bool {
    use DecodeError::{TooDeep, TooLarge, TooManyElements};
    refusal.is_none_or(|refusal| matches!(refusal, TooDeep { .. } | TooManyElements { .. } | TooLarge { .. }))
}

//! Laws that hold for every value and every sequence of bytes.

use proptest::collection::vec;
use proptest::prelude::*;
use provost_wire::auth::Credentials;
use provost_wire::envelope::Header;
use provost_wire::fault::Fault;
use provost_wire::namespec::Namespec;
use provost_wire::xmlrpc::{
    MethodCall, Value, decode_call, decode_response, encode_call, encode_fault, encode_response,
};

/// Text that XML can carry, with the characters that need care more often than chance would have it.
fn text() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        4 => prop::char::range(' ', '~'),
        1 => prop::sample::select(vec!['<', '>', '&', ']', '\r', '\n', '\t', '"', '\u{FFFD}']),
        1 => any::<char>().prop_filter("XML cannot carry it", |&c| c >= ' ' && !matches!(c, '\u{FFFE}' | '\u{FFFF}')),
    ];
    vec(character, 0..12).prop_map(String::from_iter)
}

/// Values that survive a round trip: integers fit the wire, doubles are numbers, keys differ.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<i32>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        text().prop_map(Value::from),
        prop::num::f64::ANY
            .prop_filter("NaN differs from itself", |number| !number.is_nan())
            .prop_map(Value::from),
        Just(Value::DateTime("20260228T23:59:59".to_owned())),
        Just(Value::Nil),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::hash_map(text(), inner, 0..6).prop_map(Value::from_iter),
        ]
    })
}

/// A document with a few bytes changed, removed or repeated.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let document = prop_oneof![
        vec(value(), 0..3).prop_map(|params| encode_call("supervisor.m", &params)),
        value().prop_map(|value| encode_response(&value)),
        text().prop_map(|detail| encode_fault(&Fault::bad_name(&detail))),
    ];
    let edit = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>(), 0..3_u8);
    (document, vec(edit, 1..6)).prop_map(|(mut document, edits)| {
        for (at, other, byte, kind) in edits {
            let (at, other) = (at.index(document.len()), other.index(document.len()));
            match kind {
                0 => document[at] = byte,
                1 => drop(document.drain(at.min(other)..at.max(other).max(1).min(document.len() - 1))),
                _ => document.extend_from_within(at.min(other)..at.max(other)),
            }
        }
        document
    })
}

proptest! {
    #[test]
    fn calls_survive_the_wire(method in "[a-z.<&]{1,12}", params in vec(value(), 0..4)) {
        let document = encode_call(&method, &params);
        prop_assert_eq!(decode_call(&document), Ok(MethodCall { method, params }));
    }

    #[test]
    fn results_survive_the_wire(value in value()) {
        prop_assert_eq!(decode_response(&encode_response(&value)), Ok(Ok(value)));
    }

    #[test]
    fn faults_survive_the_wire(code in any::<i32>(), string in text()) {
        let fault = Fault { code, string };
        prop_assert_eq!(decode_response(&encode_fault(&fault)), Ok(Err(fault)));
    }

    #[test]
    fn any_text_makes_a_readable_document(text in any::<String>()) {
        let read = decode_response(&encode_response(text.as_str())).expect("well-formed").expect("a result");
        prop_assert_eq!(read.as_str().map(|read| read.chars().count()), Some(text.chars().count()));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..200)) {
        let _ = decode_call(&bytes);
        let _ = decode_response(&bytes);
        let _ = Credentials::from_header(&bytes);
        let _ = Header::parse(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn damaged_documents_are_read_or_refused(document in mutated()) {
        // What a call may be is stricter, so whatever passes as one is XML to the lenient reader too.
        if decode_call(&document).is_ok() {
            let lenient = decode_response(&document);
            let ill_formed = matches!(lenient, Err(provost_wire::xmlrpc::DecodeError::NotWellFormed { .. }));
            prop_assert!(!ill_formed, "{:?}", lenient);
        }
    }

    #[test]
    fn credentials_survive_the_header(user in "[^:]*", password in any::<String>()) {
        let credentials = Credentials { user, password };
        prop_assert_eq!(Credentials::from_header(credentials.to_header().as_bytes()), Ok(credentials));
    }

    #[test]
    fn printed_names_name_the_same(text in "[a-c:*]{0,6}") {
        let namespec = Namespec::parse(&text);
        prop_assert_eq!(Namespec::parse(&namespec.to_string()), namespec);
    }
}

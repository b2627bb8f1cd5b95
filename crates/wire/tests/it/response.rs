//! Reading responses.

use provost_wire::fault::Fault;
use provost_wire::xmlrpc::{DecodeError, Value, decode_response};

#[track_caller]
fn check(inside: &str, expect: &Result<Result<Value, Fault>, DecodeError>) {
    let document = format!("<?xml version='1.0'?>\n<methodResponse>\n{inside}</methodResponse>\n");
    assert_eq!(&decode_response(document.as_bytes()), expect, "{inside}");
}

fn fault(code: &str, string: &str) -> String {
    format!(
        "<fault><value><struct><member><name>faultCode</name><value>{code}</value></member>\
         <member><name>faultString</name><value>{string}</value></member></struct></value></fault>"
    )
}

#[test]
fn results() {
    check("<params><param><value><int>1</int></value></param></params>", &Ok(Ok(1.into())));
    check("<params><param><value/></param></params>", &Ok(Ok("".into())));
    check("<params><param><value><nil/></value></param></params>", &Ok(Ok(Value::Nil)));
    check("<params><param><value><base64>\naGk=\n</base64></value></param></params>", &Ok(Ok("hi".into())));
}

#[test]
fn faults() {
    let known = Fault { code: 10, string: "BAD_NAME: x".to_owned() };
    check(&fault("<int>10</int>", "<string>BAD_NAME: x</string>"), &Ok(Err(known)));
    let strange = Fault { code: -32601, string: String::new() };
    check(&fault("<i4>-32601</i4>", ""), &Ok(Err(strange)));
    let huge = Fault { code: i32::MAX, string: "x".to_owned() };
    check(&fault("<int>99999999999</int>", "x"), &Ok(Err(huge)));
    let tiny = Fault { code: i32::MIN, string: "x".to_owned() };
    check(&fault("<int>-99999999999</int>", "x"), &Ok(Err(tiny)));
}

#[test]
fn what_is_neither() {
    check("", &Err(DecodeError::NoResult));
    check("<params/>", &Err(DecodeError::NoResult));
    check("<params><param><value/></param><param><value/></param></params>", &Err(DecodeError::NoResult));
    check(&fault("ten", "x"), &Err(DecodeError::BadFault));
    check(&fault("<int>1</int>", "<int>1</int>"), &Err(DecodeError::BadFault));
    check("<fault><value/></fault>", &Err(DecodeError::BadFault));
    let html = decode_response(b"<html><body>401</body></html>");
    assert_eq!(html, Err(DecodeError::NoResult));
}

#[test]
fn raw_control_characters_of_the_reference_are_read() {
    check(
        "<params><param><value><string>\u{1b}[1mred\0</string></value></param></params>",
        &Ok(Ok("\u{1b}[1mred\0".into())),
    );
}

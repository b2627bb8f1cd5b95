//! Documents that try to cost more than they are worth.

use provost_wire::xmlrpc::{CALL_LIMITS, DecodeError, Value, decode_call};

fn call(inside: &str) -> Vec<u8> {
    format!("<c><methodName>m</methodName>{inside}</c>").into_bytes()
}

/// Arrays in arrays inside `<c><params><param>`, each of which takes three levels.
fn nested(arrays: usize) -> Vec<u8> {
    let open = "<value><array><data>".repeat(arrays);
    let close = "</data></array></value>".repeat(arrays);
    call(&format!("<params><param>{open}{close}</param></params>"))
}

#[test]
fn depth() {
    let outer = 3;
    let deepest = (CALL_LIMITS.depth - outer) / 3;
    let mut value = &decode_call(&nested(deepest)).expect("this deep is allowed").params[0];
    for _ in 1..deepest {
        value = &value.as_array().expect("arrays all the way")[0];
    }
    assert_eq!(value, &Value::Array(vec![]));
    let too_deep = Err(DecodeError::TooDeep { limit: CALL_LIMITS.depth });
    assert_eq!(decode_call(&nested(deepest + 1)), too_deep);
    assert_eq!(decode_call(&nested(100_000)), too_deep);
    assert_eq!(decode_call("<a>".repeat(1_000_000).as_bytes()), too_deep);
}

#[test]
fn bytes() {
    let mut document = call("");
    let room = CALL_LIMITS.bytes - document.len();
    document.extend(vec![b' '; room]);
    assert!(decode_call(&document).is_ok());
    document.push(b' ');
    let too_large = DecodeError::TooLarge { size: CALL_LIMITS.bytes + 1, limit: CALL_LIMITS.bytes };
    assert_eq!(decode_call(&document), Err(too_large));
}

#[test]
fn elements() {
    let outer = 2;
    let document = |elements: usize| call(&"<a/>".repeat(elements - outer));
    assert!(decode_call(&document(CALL_LIMITS.elements)).is_ok());
    let too_many = DecodeError::TooManyElements { limit: CALL_LIMITS.elements };
    assert_eq!(decode_call(&document(CALL_LIMITS.elements + 1)), Err(too_many));
}

#[test]
fn attributes() {
    let attributes = |count: usize| (0..count).map(|n| format!(" a{n}=''")).collect::<String>();
    let namespaces = |count: usize| (0..count).map(|n| format!(" xmlns:a{n}='u'")).collect::<String>();
    assert!(decode_call(&call(&format!("<a{}/>", attributes(8)))).is_ok());
    assert!(decode_call(&call(&format!("<a{}/>", namespaces(8)))).is_ok());
    let too_many = Err(DecodeError::TooManyAttributes { limit: 8 });
    assert_eq!(decode_call(&call(&format!("<a{}/>", attributes(9)))), too_many);
    // Finishes at once only if nothing here compares every attribute with every other.
    assert_eq!(decode_call(&call(&format!("<a{}/>", attributes(500_000)))), too_many);
    assert_eq!(decode_call(&call(&format!("<a{}/>", namespaces(300_000)))), too_many);
}

#[test]
fn many_members_are_not_compared_pairwise() {
    let members: String = (0..60_000).map(|n| format!("<m><name>k{n}</name><value/></m>")).collect();
    let document = call(&format!("<params><struct>{members}</struct></params>"));
    let call = decode_call(&document).expect("within all limits");
    assert_eq!(call.params[0].as_struct().map(<[_]>::len), Some(60_000));
}

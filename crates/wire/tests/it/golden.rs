//! Documents of the reference and of Python's client, to the byte.
//!
//! The files under `golden/` are what a running reference 4.3.0 answered and what `xmlrpc.client` of Python
//! 3.11 sends. They are never edited by hand.

use provost_wire::envelope::{Counting, Envelope};
use provost_wire::fault::{BULK_OK, Fault, FaultCode};
use provost_wire::xmlrpc::{
    StructWriter, ToXml, Value, ValueWriter, decode_call, decode_response, encode_call, encode_fault,
    write_fault, write_response,
};

macro_rules! golden {
    ($name:literal) => {
        include_str!(concat!("golden/", $name, ".xml"))
    };
}

/// What `write` writes is the golden document, and so is what comes of reading and writing it again.
#[track_caller]
fn check(golden: &str, write: impl FnOnce(ValueWriter<'_>)) {
    let mut written = Vec::new();
    write_response(&mut written, write);
    assert_eq!(String::from_utf8(written).expect("documents are UTF-8"), golden);
    check_round_trip(golden);
}

#[track_caller]
fn check_round_trip(golden: &str) {
    let value = decode_response(golden.as_bytes()).expect("a response").expect("a result");
    let mut again = Vec::new();
    write_response(&mut again, |to| value.to_xml(to));
    assert_eq!(String::from_utf8(again).expect("documents are UTF-8"), golden);
}

#[test]
fn the_state_of_the_daemon() {
    check(golden!("state"), |to| {
        to.structure(|state| {
            state.member("statecode").int(1);
            state.member("statename").string("RUNNING");
        });
    });
}

#[test]
fn the_state_of_a_process() {
    let golden = golden!("process_info");
    let value = decode_response(golden.as_bytes()).expect("a response").expect("a result");
    let text = |key: &str| value.get(key).and_then(Value::as_str).expect("a text");
    let number = |key: &str| value.get(key).and_then(Value::as_int).expect("a number");
    assert_eq!((text("statename"), text("description"), number("pid")), ("STOPPED", "Not started", 0));
    let texts = |inside: &mut StructWriter<'_>, keys: &[&str]| {
        keys.iter().for_each(|key| inside.member(key).string(text(key)));
    };
    let numbers = |inside: &mut StructWriter<'_>, keys: &[&str]| {
        keys.iter().for_each(|key| inside.member(key).int(number(key)));
    };
    check(golden, |to| {
        to.structure(|info| {
            texts(info, &["name", "group"]);
            numbers(info, &["start", "stop", "now", "state"]);
            texts(info, &["statename", "spawnerr"]);
            numbers(info, &["exitstatus"]);
            texts(info, &["logfile", "stdout_logfile", "stderr_logfile"]);
            numbers(info, &["pid"]);
            texts(info, &["description"]);
        });
    });
}

#[test]
fn a_reread_without_changes() {
    let three = || Value::Array(vec![Value::Array(vec![]); 3]);
    check(golden!("reread"), |to| to.array(|outer| three().to_xml(outer.item())));
}

#[test]
fn a_bulk_result() {
    let entry = |to: ValueWriter<'_>, name: &str, status: FaultCode, description: &str| {
        to.structure(|entry| {
            entry.member("name").string(name);
            entry.member("group").string("g");
            entry.member("status").int(status.number().into());
            entry.member("description").string(description);
        });
    };
    let missing = Fault::with_detail(FaultCode::NoFile, "can't find command '/no/such'");
    check(golden!("bulk"), |to| {
        to.array(|entries| {
            entry(entries.item(), "c", FaultCode::NoFile, &missing.string);
            entry(entries.item(), "b", FaultCode::Success, BULK_OK);
        });
    });
}

#[test]
fn the_tail_of_an_empty_log() {
    check(golden!("tail"), |to| {
        to.array(|tail| {
            tail.item().string("");
            tail.item().int(0);
            tail.item().boolean(false);
        });
    });
}

#[test]
fn the_result_of_a_multicall() {
    check(golden!("multicall"), |to| {
        to.array(|results| {
            results.item().string("3.0");
            Fault::unknown_method().to_xml(results.item());
        });
    });
}

#[test]
fn the_configuration() {
    check_round_trip(golden!("config"));
}

#[test]
fn a_fault() {
    let golden = golden!("bad_name");
    let fault = Fault::bad_name("nope<&>");
    assert_eq!(decode_response(golden.as_bytes()), Ok(Err(fault.clone())));
    assert_eq!(String::from_utf8(encode_fault(&fault)).expect("documents are UTF-8"), golden);
    let mut appended = b"headers\r\n\r\n".to_vec();
    write_fault(&mut appended, &fault);
    assert!(appended.ends_with(golden.as_bytes()));
}

#[test]
fn calls_of_python() {
    let members = |members: Vec<(&str, Value)>| members.into_iter().collect::<Value>();
    let params = [
        "a".into(),
        1.into(),
        i32::MIN.into(),
        true.into(),
        1.5.into(),
        Value::Array(vec![1.into(), Value::Array(vec![])]),
        members(vec![("k", "v".into()), ("e", members(vec![]))]),
        Value::Nil,
        Value::DateTime("20260101T00:00:00".to_owned()),
        "a<&>\"'\nä".into(),
    ];
    let golden = golden!("python_call");
    assert_eq!(String::from_utf8(encode_call("m.n", &params)).expect("documents are UTF-8"), golden);
    let call = decode_call(golden.as_bytes()).expect("a call");
    assert_eq!((call.method.as_str(), call.params.as_slice()), ("m.n", &params[..]));

    let golden = golden!("python_call_empty");
    assert_eq!(encode_call::<Value>("supervisor.getState", &[]), golden.as_bytes());
    assert_eq!(decode_call(golden.as_bytes()).map(|call| call.params), Ok(vec![]));
}

#[test]
fn an_envelope() {
    // What a listener with `events=REMOTE_COMMUNICATION` read from the reference.
    let golden = "ver:3.0 server:supervisor serial:0 pool:ears poolserial:0 eventname:REMOTE_COMMUNICATION len:15\n\
                  type:t\ngrüße €\n";
    let envelope = Envelope {
        server: "supervisor",
        serial: 0,
        pool: "ears",
        pool_serial: 0,
        event: "REMOTE_COMMUNICATION",
        payload: "type:t\ngrüße €\n",
    };
    let mut written = Vec::new();
    envelope.write(Counting::Characters, &mut written);
    // Ours has one token more.
    let ours = golden.replacen("len:15", "len:15 bytes:19", 1);
    assert_eq!(String::from_utf8(written).expect("UTF-8"), ours);
}

//! The table of faults.

use provost_wire::fault::{Fault, FaultCode};
use provost_wire::xmlrpc::{ToXml, Value, decode_response, encode_response};

#[test]
fn numbers_and_names() {
    let table = [
        (1, "UNKNOWN_METHOD"),
        (2, "INCORRECT_PARAMETERS"),
        (3, "BAD_ARGUMENTS"),
        (4, "SIGNATURE_UNSUPPORTED"),
        (6, "SHUTDOWN_STATE"),
        (10, "BAD_NAME"),
        (11, "BAD_SIGNAL"),
        (20, "NO_FILE"),
        (21, "NOT_EXECUTABLE"),
        (30, "FAILED"),
        (40, "ABNORMAL_TERMINATION"),
        (50, "SPAWN_ERROR"),
        (60, "ALREADY_STARTED"),
        (70, "NOT_RUNNING"),
        (80, "SUCCESS"),
        (90, "ALREADY_ADDED"),
        (91, "STILL_RUNNING"),
        (92, "CANT_REREAD"),
    ];
    let ours: Vec<_> = FaultCode::ALL.iter().map(|code| (code.number(), code.name())).collect();
    assert_eq!(ours, table);
    for (number, name) in table {
        assert_eq!(FaultCode::from_number(number).map(FaultCode::name), Some(name));
    }
    for number in [-1, 0, 5, 7, 81, 1000] {
        assert_eq!(FaultCode::from_number(number), None);
    }
}

#[track_caller]
fn check(fault: &Fault, code: i32, string: &str) {
    assert_eq!(fault, &Fault { code, string: string.to_owned() });
    assert_eq!(fault.to_string(), string);
}

#[test]
fn strings_are_the_name_or_the_name_and_a_detail() {
    check(&Fault::unknown_method(), 1, "UNKNOWN_METHOD");
    check(&Fault::incorrect_parameters(), 2, "INCORRECT_PARAMETERS");
    check(&Fault::shutdown_state(), 6, "SHUTDOWN_STATE");
    check(&Fault::bad_name("g:*"), 10, "BAD_NAME: g:*");
    check(&Fault::bad_signal("NOPE"), 11, "BAD_SIGNAL: NOPE");
    check(&Fault::already_started("x:x"), 60, "ALREADY_STARTED: x:x");
    check(&Fault::not_running(""), 70, "NOT_RUNNING: ");
    check(&Fault::bare(FaultCode::NoFile), 20, "NO_FILE");
    check(&Fault::with_detail(FaultCode::NoFile, "/x"), 20, "NO_FILE: /x");
    check(&Fault::with_detail(FaultCode::IncorrectParameters, 5), 2, "INCORRECT_PARAMETERS: 5");
}

#[test]
fn extensions_may_use_any_number() {
    check(&Fault::numbered(5, None), 5, "UNKNOWN");
    check(&Fault::numbered(-7, Some("x")), -7, "UNKNOWN: x");
    check(&Fault::numbered(30, Some("x")), 30, "FAILED: x");
}

#[test]
fn known_codes_and_details_are_found_again() {
    let fault = Fault::with_detail(FaultCode::NoFile, "can't find command: x");
    assert_eq!(fault.known(), Some(FaultCode::NoFile));
    assert_eq!(fault.detail(), Some("can't find command: x"));
    assert_eq!(Fault::shutdown_state().detail(), None);
    assert_eq!(Fault::numbered(5, None).known(), None);
}

#[test]
fn the_struct_form_inside_a_multicall_is_a_value() {
    struct Results;
    impl ToXml for Results {
        fn to_xml(&self, to: provost_wire::xmlrpc::ValueWriter<'_>) {
            to.array(|results| {
                results.item().int(7);
                Fault::bad_name("x").to_xml(results.item());
            });
        }
    }
    let value = decode_response(&encode_response(&Results)).expect("a response").expect("a result");
    let results = value.as_array().expect("an array");
    assert_eq!(results[0], Value::Int(7));
    assert_eq!(Fault::from_value(&results[0]), None);
    assert_eq!(Fault::from_value(&results[1]), Some(Fault::bad_name("x")));
}

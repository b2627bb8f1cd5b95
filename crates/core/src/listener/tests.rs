//! The protocol, byte by byte.

use proptest::prelude::*;
use provost_config::model::EventKind;

use super::*;
use crate::event::Payload;

/// The event that BUSY listeners work on.
fn envelope() -> Envelope {
    let payload = Payload::Text("when:5".into());
    Envelope { serial: 7, pool: "pool".into(), pool_serial: 3, kind: EventKind::Tick5, payload }
}

/// A listener in one of its states, for which the name of the state is the name of the case.
fn listener(state: &str) -> Listener {
    listener_of(Judge::Word, state, envelope())
}

fn listener_of(judge: Judge, state: &str, event: Envelope) -> Listener {
    let mut listener = Listener::new(judge);
    let said: &[u8] = match state {
        "ACKNOWLEDGED" => b"",
        "READY" | "BUSY" => b"READY\n",
        "UNKNOWN" => b"nonsense",
        _ => panic!("{state} is no state"),
    };
    listener.hear(&mut &said[..]);
    if state == "BUSY" {
        listener.work_on(event);
    }
    assert_eq!(listener.state().name(), state);
    listener
}

/// What a listener means by bytes that arrive in these parts: one word for each meaning, and its state at last.
fn hear<'a>(mut listener: Listener, parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut meanings = String::new();
    for mut part in parts {
        while let Some(said) = listener.hear(&mut part) {
            meanings += &match said {
                Said::Ready => "ready".to_owned(),
                Said::Accepted => "accepted".to_owned(),
                Said::Printed(output) => {
                    format!("printed[{}]", String::from_utf8_lossy(&output).escape_debug())
                }
                Said::Rejected(event) => format!("rejected[{}]", event.serial),
                Said::Nonsense(was) => format!("nonsense[{}]", was.name()),
                Said::BadResult(event, line) => format!("bad[{}, {}]", event.serial, line.escape_ascii()),
            };
            meanings.push(' ');
        }
        assert!(part.is_empty(), "bytes that mean nothing are left over");
    }
    meanings + listener.state().name()
}

/// The bytes mean the same whether they come at once, one by one, or in two parts cut anywhere.
#[track_caller]
fn check(state: &str, bytes: impl AsRef<[u8]>, expect: &str) {
    let bytes = bytes.as_ref();
    assert_eq!(hear(listener(state), [bytes]), expect, "at once");
    assert_eq!(hear(listener(state), bytes.chunks(1)), expect, "one by one");
    // Cuts in the middle of long runs of the same byte are all alike.
    for at in (0..bytes.len()).filter(|at| *at < 40 || bytes.len() - at < 40) {
        let (first, second) = bytes.split_at(at);
        assert_eq!(hear(listener(state), [first, second]), expect, "cut at {at}");
    }
}

#[test]
fn acknowledged() {
    let check = |bytes: &str, expect: &str| check("ACKNOWLEDGED", bytes, expect);
    check("", "ACKNOWLEDGED");
    check("R", "ACKNOWLEDGED");
    check("READY", "ACKNOWLEDGED");
    check("wrong", "ACKNOWLEDGED");
    check("READY\n", "ready READY");
    check("ready\n", "nonsense[ACKNOWLEDGED] UNKNOWN");
    check("READY\r\n", "nonsense[ACKNOWLEDGED] UNKNOWN");
    check("hello world\n", "nonsense[ACKNOWLEDGED] UNKNOWN");
    check("RESULT 2\nOK", "nonsense[ACKNOWLEDGED] UNKNOWN");
    check("\nREADY\n", "nonsense[ACKNOWLEDGED] UNKNOWN");
    check("wrong\nREADY\n", "nonsense[ACKNOWLEDGED] UNKNOWN");
}

#[test]
fn ready() {
    let check = |bytes: &str, expect: &str| check("READY", bytes, expect);
    check("x", "nonsense[READY] UNKNOWN");
    check("\n", "nonsense[READY] UNKNOWN");
    check("RESULT 2\nOK", "nonsense[READY] UNKNOWN");
    check("READX", "nonsense[READY] UNKNOWN");
    check("READY\n", "READY");
    check("READY\nREADY\nREADY\n", "READY");
    check("READY\nx", "nonsense[READY] UNKNOWN");
    check("REA", "READY");
}

#[test]
fn busy() {
    let check = |bytes: &[u8], expect: &str| check("BUSY", bytes, expect);
    check(b"RESULT 2", "BUSY");
    check(b"RESULT 2\n", "BUSY");
    check(b"RESULT 2\nO", "BUSY");
    check(b"RESULT 2\nOK", "accepted ACKNOWLEDGED");
    check(b"RESULT 2\nOKREADY\n", "accepted ready READY");
    check(b"RESULT 2\nOKREADY\nREADY\n", "accepted ready READY");
    check(b"RESULT 2\nOKREADY\nRESULT", "accepted ready nonsense[READY] UNKNOWN");
    check(b"RESULT 2\nOK\nREADY\n", "accepted nonsense[ACKNOWLEDGED] UNKNOWN");
    check(b"RESULT 4\nFAIL", "rejected[7] ACKNOWLEDGED");
    check(b"RESULT 4\nFAILREADY\n", "rejected[7] ready READY");
    check(b"RESULT 3\nFOO", "rejected[7] ACKNOWLEDGED");
    check(b"RESULT 2\nok", "rejected[7] ACKNOWLEDGED");
    check(b"RESULT 2\nOX", "rejected[7] ACKNOWLEDGED");
    check(b"RESULT 3\nOK\n", "rejected[7] ACKNOWLEDGED");
    check(b"RESULT 1\nO", "rejected[7] ACKNOWLEDGED");
    check(b"RESULT 5\n\n\xff\0\n\n", "rejected[7] ACKNOWLEDGED");
}

#[test]
fn an_empty_result_is_complete_without_further_bytes() {
    check("BUSY", "RESULT 0\n", "rejected[7] ACKNOWLEDGED");
    check("BUSY", "RESULT 0\nREADY\n", "rejected[7] ready READY");
}

#[test]
fn lengths_may_stand_among_blanks() {
    check("BUSY", "RESULT 2\r\nOK", "accepted ACKNOWLEDGED");
    check("BUSY", "RESULT  +2 \nOK", "accepted ACKNOWLEDGED");
    check("BUSY", "RESULT 002\nOK", "accepted ACKNOWLEDGED");
}

#[test]
fn bad_result_lines() {
    let check = |bytes: &[u8], expect: &str| check("BUSY", bytes, expect);
    check(b"\n", "bad[7, ] UNKNOWN");
    check(b"READY\n", "bad[7, READY] UNKNOWN");
    check(b"RESULT x\n", "bad[7, RESULT x] UNKNOWN");
    check(b"RESULT \n", "bad[7, RESULT ] UNKNOWN");
    check(b"RESULT\n", "bad[7, RESULT] UNKNOWN");
    check(b"RESULT 2 3\nOK", "bad[7, RESULT 2 3] UNKNOWN");
    check(b"RESULT 2.0\nOK", "bad[7, RESULT 2.0] UNKNOWN");
    check(b"RESULT x\nRESULT 2\nOKREADY\n", "bad[7, RESULT x] UNKNOWN");
    check(b"RESULT \xff\n", "bad[7, RESULT \\xff] UNKNOWN");
    // The reference looks neither at the first seven bytes nor at the sign.
    check(b"XXXXXXX2\nOK", "bad[7, XXXXXXX2] UNKNOWN");
    check(b"RESULT -1\n", "bad[7, RESULT -1] UNKNOWN");
    check(b"RESULT -0\n", "bad[7, RESULT -0] UNKNOWN");
    check(b"RESULT 99999999999999999999\n", "bad[7, RESULT 99999999999999999999] UNKNOWN");
}

#[test]
fn a_line_without_end_is_no_result() {
    let longest = "x".repeat(MAX_RESULT_LINE_BYTES);
    check("BUSY", &longest[1..], "BUSY");
    check("BUSY", longest[1..].to_owned() + "\n", &format!("bad[7, {}] UNKNOWN", &longest[1..]));
    check("BUSY", &longest, &format!("bad[7, {longest}] UNKNOWN"));
    check("BUSY", longest.clone() + "xxxx\nREADY\n", &format!("bad[7, {longest}] UNKNOWN"));
}

#[test]
fn results_are_large_but_not_endless() {
    let body = "processname:talk groupname:talk\n".repeat(10_000);
    let mut bytes = format!("RESULT {}\n{body}", body.len()).into_bytes();
    assert_eq!(hear(listener("BUSY"), bytes.chunks(65_536)), "rejected[7] ACKNOWLEDGED");
    bytes.pop();
    assert_eq!(hear(listener("BUSY"), bytes.chunks(65_536)), "BUSY");

    check("BUSY", format!("RESULT {MAX_RESULT_BYTES}\n"), "BUSY");
    let longer = MAX_RESULT_BYTES + 1;
    check("BUSY", format!("RESULT {longer}\n"), &format!("bad[7, RESULT {longer}] UNKNOWN"));
}

#[test]
fn unknown_hears_nothing_any_more() {
    check("UNKNOWN", "READY\n", "UNKNOWN");
    check("UNKNOWN", "RESULT 2\nOKREADY\n", "UNKNOWN");
}

/// As [`check`], of a BUSY listener whose answer to an event with that payload is printed.
#[track_caller]
fn check_printer(payload: &str, bytes: &str, expect: &str) {
    let payload = Payload::Text(payload.into());
    let busy = || listener_of(Judge::Printer, "BUSY", Envelope { payload: payload.clone(), ..envelope() });
    assert_eq!(hear(busy(), [bytes.as_bytes()]), expect, "at once");
    assert_eq!(hear(busy(), bytes.as_bytes().chunks(1)), expect, "one by one");
}

#[test]
fn a_printer_accepts_every_answer() {
    let payload = "processname:p groupname:g pid:1 channel:stdout\none\n";
    let answer = format!("RESULT {}\n{payload}", payload.len());
    check_printer(payload, &answer, "printed[p stdout | one\\n] ACKNOWLEDGED");
    check_printer(payload, &format!("{answer}READY\n"), "printed[p stdout | one\\n] ready READY");
    check_printer(payload, "RESULT 2\nOK", "accepted ACKNOWLEDGED");
    check_printer(payload, "RESULT 4\nFAIL", "accepted ACKNOWLEDGED");
    check_printer(payload, "RESULT 0\n", "accepted ACKNOWLEDGED");
    check_printer(payload, "RESULT x\n", "bad[7, RESULT x] UNKNOWN");
}

#[test]
fn a_payload_that_is_sent_back_may_be_counted_in_characters() {
    let payload = "processname:p channel:stdout\ngrüße €\n";
    let printed = "printed[p stdout | grüße €\\n] ready READY";
    check_printer(payload, &format!("RESULT {}\n{payload}READY\n", payload.len()), printed);
    check_printer(payload, &format!("RESULT {}\n{payload}READY\n", payload.chars().count()), printed);
    // Another answer of that length is as long as it says.
    let count = payload.chars().count();
    let other = "x".repeat(count);
    check_printer(payload, &format!("RESULT {count}\n{other}READY\n"), "accepted ready READY");
}

#[test]
fn no_event_is_sent_into_a_repeated_ready() {
    let mut listener = listener("READY");
    assert!(listener.is_waiting());
    listener.hear(&mut &b"READ"[..]);
    assert_eq!((listener.state(), listener.is_waiting()), (ListenerState::Ready, false));
    listener.hear(&mut &b"Y\n"[..]);
    assert!(listener.is_waiting());
}

#[test]
fn an_event_that_did_not_arrive_is_taken_back() {
    #[track_caller]
    fn check(state: &str, expect: Option<u64>, then: &str) {
        let mut listener = listener(state);
        assert_eq!(listener.take_back().map(|event| event.serial), expect);
        assert_eq!(listener.state().name(), then);
    }
    check("ACKNOWLEDGED", None, "ACKNOWLEDGED");
    check("READY", None, "READY");
    check("BUSY", Some(7), "ACKNOWLEDGED");
    check("UNKNOWN", None, "UNKNOWN");
}

#[test]
fn a_dead_listener_leaves_its_event_behind() {
    #[track_caller]
    fn check(state: &str, expect: Option<u64>) {
        assert_eq!(listener(state).end().map(|event| event.serial), expect);
    }
    check("ACKNOWLEDGED", None);
    check("READY", None);
    check("BUSY", Some(7));
    check("UNKNOWN", None);
}

/// Tokens of the protocol, whole and spoilt, in any order.
fn speech() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        8 => Just(&b"READY\n"[..]),
        8 => Just(&b"RESULT 2\nOK"[..]),
        4 => Just(&b"RESULT 4\nFAIL"[..]),
        4 => Just(&b"RESULT 0\n"[..]),
        1 => Just(&b"RESULT 2\r\n"[..]),
        1 => Just(&b"READ"[..]),
        1 => Just(&b"RESULT x\n"[..]),
        1 => Just(&b"\n"[..]),
        1 => Just(&b"\xff"[..]),
    ];
    prop::collection::vec(word, 0..6).prop_map(|words| words.concat())
}

proptest! {
    /// Whatever is said, and however many reads it takes.
    #[test]
    fn borders_of_reads_make_no_difference(
        state in prop::sample::select(vec!["ACKNOWLEDGED", "READY", "BUSY", "UNKNOWN"]),
        bytes in speech(),
        cuts in prop::collection::vec(1_usize..9, 0..60),
    ) {
        let mut rest = &bytes[..];
        let mut parts = Vec::new();
        for cut in cuts {
            parts.push(take(&mut rest, cut));
        }
        parts.push(rest);
        prop_assert_eq!(hear(listener(state), parts), hear(listener(state), [&bytes[..]]));
    }
}

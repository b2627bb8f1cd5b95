//! Envelopes of events.

use provost_wire::envelope::{Counting, Envelope, Header, HeaderError};

fn envelope(payload: &str) -> Envelope<'_> {
    Envelope { server: "supervisor", serial: 21, pool: "listener", pool_serial: 10, event: "TICK_5", payload }
}

#[track_caller]
fn check(payload: &str, counting: Counting, expect: &str) {
    let mut out = Vec::new();
    envelope(payload).write(counting, &mut out);
    let start = "ver:3.0 server:supervisor serial:21 pool:listener poolserial:10 eventname:TICK_5 ";
    assert_eq!(String::from_utf8(out).expect("UTF-8"), format!("{start}{expect}"));
}

#[test]
fn lengths_are_counted_as_the_pool_wants() {
    let ascii = "when:1201063880";
    check(ascii, Counting::Characters, "len:15 bytes:15\nwhen:1201063880");
    check(ascii, Counting::Bytes, "len:15 bytes:15\nwhen:1201063880");
    check("ä€𝄞\n", Counting::Characters, "len:4 bytes:10\nä€𝄞\n");
    check("ä€𝄞\n", Counting::Bytes, "len:10 bytes:10\nä€𝄞\n");
    check("", Counting::default(), "len:0 bytes:0\n");
}

#[test]
fn envelopes_are_appended() {
    let mut out = b"before".to_vec();
    envelope("x").write(Counting::Characters, &mut out);
    assert!(out.starts_with(b"beforever:3.0 "));
}

#[test]
fn written_headers_are_read() {
    let expect = Header {
        version: "3.0",
        server: "supervisor",
        serial: 21,
        pool: "listener",
        pool_serial: 10,
        event: "TICK_5",
        len: 1,
        bytes: Some(2),
    };
    for (counting, len) in [(Counting::Characters, 1), (Counting::Bytes, 2)] {
        let mut out = Vec::new();
        envelope("ä").write(counting, &mut out);
        let text = String::from_utf8(out).expect("UTF-8");
        let (line, _payload) = text.split_once('\n').expect("a header line");
        assert_eq!(Header::parse(line), Ok(Header { len, ..expect }));
        let theirs = line.replace(" bytes:2", "");
        assert_eq!(Header::parse(&theirs), Ok(Header { len, bytes: None, ..expect }));
    }
}

#[test]
fn headers_may_have_any_order_and_unknown_tokens() {
    let line = "len:5 new:x eventname:E poolserial:2 pool:p serial:1 server:a:b ver:3.0\n";
    let header = Header::parse(line).expect("a header");
    assert_eq!((header.len, header.serial, header.pool_serial), (5, 1, 2));
    assert_eq!((header.server, header.pool, header.event), ("a:b", "p", "E"));
}

#[track_caller]
fn check_refused(line: &str, expect: &HeaderError) {
    assert_eq!(Header::parse(line).as_ref(), Err(expect), "{line}");
}

#[test]
fn what_is_no_header() {
    check_refused("", &HeaderError::Missing { key: "ver" });
    check_refused("ver:3.0", &HeaderError::Missing { key: "server" });
    check_refused("hello world", &HeaderError::NoColon { token: "hello".to_owned() });
    let line = |serial: &str, len: &str| {
        format!("ver:3.0 server:s serial:{serial} pool:p poolserial:0 eventname:E len:{len}")
    };
    assert!(Header::parse(&line("0", "0")).is_ok());
    check_refused(&line("x", "0"), &HeaderError::NotANumber { key: "serial" });
    check_refused(&line("0", "-1"), &HeaderError::NotANumber { key: "len" });
    check_refused(&line("0", ""), &HeaderError::NotANumber { key: "len" });
    check_refused(&line("0", "0 bytes:x"), &HeaderError::NotANumber { key: "bytes" });
}

//! Writing: what each value looks like. The texts were compared with `xmlrpc.client.dumps` of Python 3.11
//! where that has the type and does not fail.

use provost_wire::xmlrpc::{
    ToXml, Value, ValueWriter, decode_call, encode_call, encode_response, write_response,
};

#[track_caller]
fn check_written(write: impl FnOnce(ValueWriter<'_>), expect: &str) {
    let mut out = Vec::new();
    write_response(&mut out, write);
    let document = format!(
        "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n{expect}</param>\n</params>\n</methodResponse>\n"
    );
    assert_eq!(String::from_utf8(out).expect("documents are UTF-8"), document);
}

#[track_caller]
fn check(value: impl Into<Value>, expect: &str) {
    let value = value.into();
    check_written(|to| value.to_xml(to), expect);
}

#[test]
fn scalars() {
    check(5, "<value><int>5</int></value>\n");
    check(-1, "<value><int>-1</int></value>\n");
    check(true, "<value><boolean>1</boolean></value>\n");
    check(false, "<value><boolean>0</boolean></value>\n");
    check("", "<value><string></string></value>\n");
    check("text", "<value><string>text</string></value>\n");
    check(Value::Nil, "<value><nil/></value>");
    check(
        Value::DateTime("20260101T00:00:00".to_owned()),
        "<value><dateTime.iso8601>20260101T00:00:00</dateTime.iso8601></value>\n",
    );
}

#[test]
fn integers_are_clamped_to_32_bits() {
    for (number, text) in [
        (i64::from(i32::MAX), "2147483647"),
        (i64::from(i32::MAX) + 1, "2147483647"),
        (i64::MAX, "2147483647"),
        (i64::from(i32::MIN), "-2147483648"),
        (i64::from(i32::MIN) - 1, "-2147483648"),
        (i64::MIN, "-2147483648"),
    ] {
        check(number, &format!("<value><int>{text}</int></value>\n"));
    }
}

#[test]
fn doubles_are_spelt_as_in_python() {
    for (number, text) in [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (1.5, "1.5"),
        (0.1, "0.1"),
        (12345.678, "12345.678"),
        (1e15, "1000000000000000.0"),
        (9_007_199_254_740_993.0, "9007199254740992.0"),
        (1e16, "1e+16"),
        (123_456_789_012_345_678.0, "1.2345678901234568e+17"),
        (-1e22, "-1e+22"),
        (1e-4, "0.0001"),
        (1e-5, "1e-05"),
        (1.5e300, "1.5e+300"),
        (5e-324, "5e-324"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
        (f64::NAN, "nan"),
    ] {
        check(number, &format!("<value><double>{text}</double></value>\n"));
    }
}

#[test]
fn text_is_escaped_and_what_xml_forbids_replaced() {
    for (given, written) in [
        ("a<&>\"'", "a&lt;&amp;&gt;\"'"),
        ("tab\tline\n", "tab\tline\n"),
        ("a\r\n", "a&#13;\n"),
        ("\0", "\u{FFFD}"),
        ("\u{1b}[31mred\u{1b}[0m", "\u{FFFD}[31mred\u{FFFD}[0m"),
        ("\u{8}\u{b}\u{c}\u{1f}", "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
        ("\u{7f}\u{80}", "\u{7f}\u{80}"),
        ("\u{FFFE}\u{FFFF}", "\u{FFFD}\u{FFFD}"),
        ("\u{FEFF}\u{FFFD}\u{F000}", "\u{FEFF}\u{FFFD}\u{F000}"),
        ("ä€𝄞", "ä€𝄞"),
        ("]]>", "]]&gt;"),
    ] {
        check(given, &format!("<value><string>{written}</string></value>\n"));
    }
}

/// Read back by the strict half: a call with one character that XML does not allow is refused.
#[test]
fn every_character_arrives_or_is_replaced() {
    let is_allowed = |character: char| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    let all: Vec<char> = ('\0'..=char::MAX).collect();
    for some in all.chunks(1 << 14) {
        let sent: String = some.iter().collect();
        let expect: String = some
            .iter()
            .map(|&character| if is_allowed(character) { character } else { '\u{fffd}' })
            .collect();
        let call = decode_call(&encode_call("m", &[sent])).expect("what is written is XML");
        assert_eq!(call.params, [Value::from(expect)], "from {:?}", some[0]);
    }
}

#[test]
fn bytes_are_read_as_text_with_losses() {
    for (given, written) in [
        (&b"plain"[..], "plain"),
        (b"\xff<", "\u{FFFD}&lt;"),
        (b"\xac cut \xe2\x82", "\u{FFFD} cut \u{FFFD}"),
        (b"a\xc3\xa4\0", "aä\u{FFFD}"),
    ] {
        check_written(|to| to.lossy_string(given), &format!("<value><string>{written}</string></value>\n"));
    }
}

#[test]
fn what_displays_is_written_without_a_string() {
    check_written(
        |to| to.display(format_args!("pid {}, <{}>", 7, "x")),
        "<value><string>pid 7, &lt;x&gt;</string></value>\n",
    );
}

#[test]
fn base64_is_broken_into_lines() {
    let line = "eHh4".repeat(19);
    check_written(|to| to.base64(b""), "<value><base64>\n</base64></value>\n");
    check_written(|to| to.base64(b"bin"), "<value><base64>\nYmlu\n</base64></value>\n");
    check_written(
        |to| to.base64(&[b'x'; 80]),
        &format!("<value><base64>\n{line}\neHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg=\n</base64></value>\n"),
    );
}

#[test]
fn containers() {
    check(Value::Array(vec![]), "<value><array><data>\n</data></array></value>\n");
    check(Value::Struct(vec![]), "<value><struct>\n</struct></value>\n");
    check(
        Value::Array(vec![Value::Nil, 1.into()]),
        "<value><array><data>\n<value><nil/></value><value><int>1</int></value>\n</data></array></value>\n",
    );
    check(
        [("a<", Value::Nil)].into_iter().collect::<Value>(),
        "<value><struct>\n<member>\n<name>a&lt;</name>\n<value><nil/></value></member>\n</struct></value>\n",
    );
    check(
        vec!["x", "y"],
        "<value><array><data>\n<value><string>x</string></value>\n<value><string>y</string></value>\n</data></array></value>\n",
    );
}

#[test]
fn calls_escape_the_method_and_take_any_parameters() {
    let document = |method: &str, params: &str| {
        format!(
            "<?xml version='1.0'?>\n<methodCall>\n<methodName>{method}</methodName>\n<params>\n{params}</params>\n</methodCall>\n"
        )
    };
    assert_eq!(encode_call::<Value>("m.n", &[]), document("m.n", "").into_bytes());
    assert_eq!(encode_call::<Value>("a&b", &[]), document("a&amp;b", "").into_bytes());
    let params = "<param>\n<value><string>g:p</string></value>\n</param>\n";
    assert_eq!(encode_call("m", &["g:p"]), document("m", params).into_bytes());
}

#[test]
fn anything_with_a_form_can_be_the_result() {
    assert_eq!(encode_response("x"), encode_response(&Value::from("x")));
    assert_eq!(encode_response(&vec![true]), encode_response(&Value::from(vec![true])));
    assert_eq!(encode_response(&5_i64), encode_response(&Value::from(5)));
    assert_eq!(encode_response(&"x".to_owned()), encode_response(&Value::from("x".to_owned())));
}

#[test]
fn truth_is_judged_as_in_python() {
    let yes = [
        1.into(),
        Value::from(-1),
        true.into(),
        "no".into(),
        "0".into(),
        f64::NAN.into(),
        Value::from(vec![0]),
    ];
    let no = [
        0.into(),
        false.into(),
        "".into(),
        0.0.into(),
        Value::Nil,
        Value::Array(vec![]),
        Value::Struct(vec![]),
    ];
    assert!(yes.iter().all(Value::is_truthy));
    assert!(!no.iter().any(Value::is_truthy));
    assert!(Value::DateTime("20260101T00:00:00".to_owned()).is_truthy());
}

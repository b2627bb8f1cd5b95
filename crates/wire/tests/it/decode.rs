//! Reading calls: each case was put to the reference's parser too.

use provost_wire::xmlrpc::{DecodeError, MethodCall, Value, decode_call};

/// The one argument of a call, given as the inside of its `<param>`.
fn param(inside: &str) -> Result<Value, DecodeError> {
    let document = format!(
        "<methodCall><methodName>m</methodName><params><param>{inside}</param></params></methodCall>"
    );
    let mut params = decode_call(document.as_bytes())?.params;
    assert_eq!(params.len(), 1, "one <param> is one argument");
    Ok(params.remove(0))
}

#[track_caller]
fn check(inside: &str, expect: impl Into<Value>) {
    assert_eq!(param(inside), Ok(expect.into()), "{inside}");
}

#[track_caller]
fn check_refused(inside: &str, expect: &DecodeError) {
    assert_eq!(param(inside).as_ref(), Err(expect), "{inside}");
}

#[track_caller]
fn check_ill_formed(inside: &str) {
    let result = param(inside);
    assert!(matches!(result, Err(DecodeError::NotWellFormed { .. })), "{inside} became {result:?}");
}

fn members<const N: usize>(members: [(&str, Value); N]) -> Value {
    members.into_iter().collect()
}

fn list<const N: usize>(items: [Value; N]) -> Value {
    Value::Array(items.into())
}

#[test]
fn untyped_values_are_strings() {
    check("<value>text</value>", "text");
    check("<value> t </value>", " t ");
    check("<value/>", "");
    check("<value></value>", "");
    check("<value a=\"1\">x</value>", "x");
    check("<value a='\"' b = \"'>\"\nc='&lt;'>x</value>", "x");
    check("<value>a<!-- c -->b</value>", "ab");
    check("<value><!-- c --></value>", "");
    check("<value><?pi x?>a</value>", "a");
    check("<value>]]</value>", "]]");
}

#[test]
fn strings_keep_everything() {
    check("<value><string/></value>", "");
    check("<value><string> a\tb </string></value>", " a\tb ");
    check("<value><string>a&amp;b</string></value>", "a&b");
    check("<value>&lt;&quot;&apos;&gt;&#x41;&#65;</value>", "<\"'>AA");
    check("<value><string><![CDATA[<x> & ]]></string></value>", "<x> & ");
    check("<value><string>a<![CDATA[b]]>c</string></value>", "abc");
    check("<value><string>a<!-- c -->b</string></value>", "ab");
    check("<value><string><?pi x?>a</string></value>", "a");
    check("<value><string>ä€𝄞</string></value>", "ä€𝄞");
}

#[test]
fn line_ends_are_line_feeds_unless_written_as_references() {
    check("<value><string>a\r\nb\rc&#13;</string></value>", "a\nb\nc\r");
    check("<value><![CDATA[a\r\nb]]></value>", "a\nb");
}

#[test]
fn text_counts_up_to_the_first_child() {
    check("<value><string>a<b>c</b>d</string></value>", "a");
    check("<value><int>1<b>2</b>3</int></value>", 1);
    check("<value><foo>a<bar>b</bar>c</foo></value>", "a");
    check("<value>x<int>5</int>y</value>", 5);
    check("<value>  <int>5</int>\n</value>", 5);
    check("<value><!--c--><int>5</int></value>", 5);
}

#[test]
fn the_first_child_is_the_value() {
    check("<value><int>5</int><int>6</int></value>", 5);
    check("<value><value>x</value></value>", "x");
    check("<value><value><int>5</int></value></value>", 5);
    check("<value>1</value><value>2</value>", "1");
    check("<int>5</int>", 5);
    check("<foo>a</foo>", "a");
    check("<value><param><value>q</value></param></value>", "q");
    check("<value><name>z</name></value>", "z");
    check("<value><fault>z</fault></value>", "z");
}

#[test]
fn integers() {
    const BAD: DecodeError = DecodeError::BadScalar { tag: "int" };
    check("<value><int>5</int></value>", 5);
    check("<value><i4>7</i4></value>", 7);
    check("<value><int> 5 </int></value>", 5);
    check("<value><int>\t5\n</int></value>", 5);
    check("<value><int>\u{a0}5</int></value>", 5);
    check("<value><int>+5</int></value>", 5);
    check("<value><int>-0</int></value>", 0);
    check("<value><int>007</int></value>", 7);
    check("<value><int>1_000</int></value>", 1000);
    check("<value><int>&#49;2</int></value>", 12);
    check("<value><int>-9223372036854775808</int></value>", i64::MIN);
    check("<value><int>99999999999999999999999</int></value>", i64::MAX);
    check("<value><int>-99999999999999999999999</int></value>", i64::MIN);
    for text in ["", " ", "x", "1__0", "_1", "1_", "-_1", "0x5", "1.0", "+-5", "- 5", "-", "1 2"] {
        check_refused(&format!("<value><int>{text}</int></value>"), &BAD);
    }
    check_refused("<value><i4>x</i4></value>", &DecodeError::BadScalar { tag: "i4" });
}

#[test]
fn booleans_are_true_for_exactly_one_text() {
    check("<value><boolean>1</boolean></value>", true);
    for text in ["0", "true", " 1 ", "", "01", "2"] {
        check(&format!("<value><boolean>{text}</boolean></value>"), false);
    }
}

#[test]
fn doubles() {
    const BAD: DecodeError = DecodeError::BadScalar { tag: "double" };
    check("<value><double>1.5</double></value>", 1.5);
    check("<value><double> -1.5e3 </double></value>", -1500.0);
    check("<value><double>1.</double></value>", 1.0);
    check("<value><double>.5</double></value>", 0.5);
    check("<value><double>7</double></value>", 7.0);
    check("<value><double>1_0.5</double></value>", 10.5);
    check("<value><double>1e1_0</double></value>", 1e10);
    check("<value><double>1e400</double></value>", f64::INFINITY);
    check("<value><double>-inf</double></value>", f64::NEG_INFINITY);
    check("<value><double>Infinity</double></value>", f64::INFINITY);
    for text in [" nan ", "+NaN"] {
        let value = param(&format!("<value><double>{text}</double></value>"));
        assert!(matches!(value, Ok(Value::Double(number)) if number.is_nan()), "{text}");
    }
    for text in ["", "x", ".", "1e", "0x1p3", "1__0", "1_.0", "1._0", "1 2"] {
        check_refused(&format!("<value><double>{text}</double></value>"), &BAD);
    }
}

#[test]
fn dates_have_one_form_and_exist() {
    const BAD: DecodeError = DecodeError::BadScalar { tag: "dateTime.iso8601" };
    let date = |text: &str| format!("<value><dateTime.iso8601>{text}</dateTime.iso8601></value>");
    for text in ["20260101T01:02:03", "00010101T23:59:59", "20240229T00:00:00", "20000229T00:00:00"] {
        check(&date(text), Value::DateTime(text.to_owned()));
    }
    let wrong = [
        "",
        " 20260101T01:02:03 ",
        "20260101T01:02:03Z",
        "2026-01-01T01:02:03",
        "20261301T01:02:03",
        "20260001T01:02:03",
        "20260230T01:02:03",
        "20260100T01:02:03",
        "20230229T01:02:03",
        "19000229T01:02:03",
        "20260101T24:00:00",
        "20260101T23:60:00",
        "20260101T23:59:60",
        "00000101T00:00:00",
        "2026 1 1T01:02:03",
    ];
    for text in wrong {
        check_refused(&date(text), &BAD);
    }
}

#[test]
fn base64_becomes_text() {
    const BAD: DecodeError = DecodeError::BadScalar { tag: "base64" };
    let base64 = |text: &str| format!("<value><base64>{text}</base64></value>");
    check("<value><base64/></value>", "");
    check(&base64("aGk="), "hi");
    check(&base64("\naGk=\n"), "hi");
    check(&base64("a G\nk=!*"), "hi");
    check(&base64("aGl="), "hi");
    check(&base64("aGk=="), "hi");
    check(&base64("=aGk="), "hi");
    check(&base64("a=Gk="), "hi");
    check(&base64("a===Gk="), "hi");
    check(&base64("aG=!="), "h");
    check(&base64("aGkx="), "hi1");
    check(&base64("aGkx=aGkx"), "hi1hi1");
    check(&base64("aGk=aGkx"), "hi");
    check(&base64("===="), "");
    check(&base64("ä"), "");
    check(&base64("4oKs"), "€");
    for text in ["aGk", "a", "aG=k", "aG=kxaG=", "aGkxaG", "/w==", "4oI="] {
        check_refused(&base64(text), &BAD);
    }
}

#[test]
fn arrays() {
    const CHILDLESS: DecodeError = DecodeError::Childless { tag: "array" };
    check("<value><array><data/></array></value>", list([]));
    check(
        "<value><array><data><value>1</value><value><int>1</int></value></data></array></value>",
        list(["1".into(), 1.into()]),
    );
    check("<value><array><data><int>1</int></data></array></value>", list([1.into()]));
    check("<value><array><data><foo>a</foo></data></array></value>", list(["a".into()]));
    check("<value><array>t<data>t<value>a</value>t</data>t</array></value>", list(["a".into()]));
    check(
        "<value><array><data><value>1</value></data><data><value>2</value></data></array></value>",
        list(["1".into()]),
    );
    check("<value><array><value><int>1</int></value></array></value>", 1);
    check("<value><array><x><value><int>1</int></value></x></array></value>", Value::Nil);
    check("<value><data><value>q</value></data></value>", list(["q".into()]));
    check_refused("<value><array/></value>", &CHILDLESS);
    check_refused("<value><array>text</array></value>", &CHILDLESS);
}

#[test]
fn structs() {
    let one = |member: &str| format!("<value><struct><member>{member}</member></struct></value>");
    let a = |value: Value| members([("a", value)]);
    check("<value><struct/></value>", members([]));
    check("<value><struct>text</struct></value>", members([]));
    check(&one("<name>a</name><value>b</value>"), a("b".into()));
    check(&one("\n<name>a</name>\n<value><int>1</int></value>\n"), a(1.into()));
    check(&one("<name>a</name><int>1</int>"), a(1.into()));
    check(&one("<name>a</name><value/>"), a("".into()));
    check(&one("<value>a</value><name>b</name>"), a("b".into()));
    check("<value><struct><x><name>a</name><value>b</value></x></struct></value>", a("b".into()));
    check("<value><struct><params><name>a</name><value>b</value></params></struct></value>", a("b".into()));
    check("<value><struct><fault><name>a</name><value>b</value></fault></struct></value>", a("b".into()));
    check(&one("<name> a </name><value>b</value>"), members([(" a ", "b".into())]));
    check(&one("<name/><value>b</value>"), members([("", "b".into())]));
    check(&one("<array><data/></array><value>b</value>"), members([("", "b".into())]));
    check(&one("<int>1</int><value>b</value>"), members([("1", "b".into())]));
}

#[test]
fn members_are_pairs() {
    let inside = [
        "<member/>",
        "<member>a</member>",
        "<member><name>a</name></member>",
        "<member><name>a</name><value>b</value><value>c</value></member>",
        "<member><array><data><value>1</value></data></array><value>b</value></member>",
        "<value><name>a</name><value>b</value></value>",
        "<int>1</int>",
    ];
    for member in inside {
        check_refused(&format!("<value><struct>{member}</struct></value>"), &DecodeError::BadMember);
    }
}

#[test]
fn of_equal_keys_the_last_value_and_the_first_position_stay() {
    let member =
        |(name, value): &(&str, &str)| format!("<member><name>{name}</name><value>{value}</value></member>");
    let check_members = |given: &[(&str, &str)], expect: &[(&str, &str)]| {
        let inside: String = given.iter().map(member).collect();
        let expect: Value = expect.iter().copied().collect();
        check(&format!("<value><struct>{inside}</struct></value>"), expect);
    };
    check_members(&[("a", "1"), ("a", "2")], &[("a", "2")]);
    check_members(
        &[("b", "1"), ("a", "2"), ("b", "3"), ("c", "4"), ("b", "5")],
        &[("b", "5"), ("a", "2"), ("c", "4")],
    );
    check_members(&[("z", "1"), ("y", "2"), ("x", "3")], &[("z", "1"), ("y", "2"), ("x", "3")]);
}

#[test]
fn unknown_elements_are_their_text_or_nothing() {
    check("<value><nil/></value>", Value::Nil);
    check("<value><foo/></value>", Value::Nil);
    check("<value><nil>x</nil></value>", "x");
    check("<value><i8>5</i8></value>", "5");
    check("<value><foo>abc</foo></value>", "abc");
    check("<value><INT>5</INT></value>", "5");
    check("<value><member><name>a</name><value>b</value></member></value>", Value::Nil);
    check("<value><params><param><value>q</value></param></params></value>", Value::Nil);
}

#[test]
fn an_element_with_a_namespace_is_unknown() {
    check("<value xmlns=\"u\">x</value>", "x");
    check("<value><int xmlns=\"u\">5</int></value>", "5");
    check("<value><ex:nil xmlns:ex=\"u\"/></value>", Value::Nil);
    check("<value><ex:i8 xmlns:ex=\"u\">5</ex:i8></value>", "5");
    check("<value xmlns:ex=\"u\"><int>5</int></value>", 5);
    check_ill_formed("<value><ex:nil/></value>");
    check_ill_formed("<value ex:a=\"1\"/>");
    check_call_refused(
        "<methodCall xmlns=\"u\"><methodName>m</methodName></methodCall>",
        &DecodeError::NoMethodName,
    );
}

#[test]
fn an_empty_param_is_refused() {
    check_refused("", &DecodeError::Childless { tag: "param" });
    check_refused("text", &DecodeError::Childless { tag: "param" });
}

#[test]
fn what_is_not_xml_is_refused() {
    let inside = [
        "<value>&nope;</value>",
        "<value>&#0;</value>",
        "<value>&#1;</value>",
        "<value>&#xFFFE;</value>",
        "<value>&#xD800;</value>",
        "<value>&#x110000;</value>",
        "<value>&#;</value>",
        "<value>a & b</value>",
        "<value>a&amp</value>",
        "<value>\u{1}</value>",
        "<value>\u{1b}[0m</value>",
        "<value>\u{fffe}</value>",
        "<value>a]]>b</value>",
        "<value><!-- a -- b --></value>",
        "<value a=1/>",
        "<value a/>",
        "<value a=\"1\" a=\"2\"/>",
        "<value a=\"<\"/>",
        "<value a=\"&nope;\"/>",
        "<value 1=\"2\"/>",
        "<value a=\"1\"b=\"2\"/>",
        "<value xmlns:n=\"\"/>",
        "<? pi?>",
        "<?XML a?>",
        "<1a/>",
        "<value><int>1</value></int>",
        "< value/>",
        "<value",
        "</value>",
        "<![CDATA[",
        "<?pi",
        "<?xml version='1.0'?>",
    ];
    inside.into_iter().for_each(check_ill_formed);
}

#[track_caller]
fn check_call(document: &str, method: &str, params: &[Value]) {
    let expect = MethodCall { method: method.to_owned(), params: params.to_vec() };
    assert_eq!(decode_call(document.as_bytes()), Ok(expect), "{document}");
}

#[track_caller]
fn check_call_refused(document: &str, expect: &DecodeError) {
    assert_eq!(decode_call(document.as_bytes()).as_ref(), Err(expect), "{document}");
}

#[test]
fn calls() {
    let m = "<methodName>m</methodName>";
    let one = [Value::from("1")];
    let params = "<params><param><value>1</value></param></params>";
    check_call(&format!("<methodCall>{m}</methodCall>"), "m", &[]);
    check_call(&format!("<methodCall>{m}<params/></methodCall>"), "m", &[]);
    check_call(&format!("<methodCall>{m}{params}</methodCall>"), "m", &one);
    check_call(&format!("<methodCall>{params}{m}</methodCall>"), "m", &one);
    check_call(&format!("<anything>{m}</anything>"), "m", &[]);
    check_call(m, "m", &[]);
    check_call(&format!("<methodCall><x>{m}</x></methodCall>"), "m", &[]);
    check_call(&format!("<methodCall>{m}<x><y>{params}</y></x></methodCall>"), "m", &one);
    check_call(&format!("<methodCall>{m}<params><value>1</value></params></methodCall>"), "m", &one);
    check_call(&format!("<methodCall>{m}<param><value>1</value></param></methodCall>"), "m", &[]);
    let two = ["1".into(), "2".into()];
    check_call(
        &format!("<c>{m}<params><param>t<value>1</value></param><foo>2</foo></params></c>"),
        "m",
        &two,
    );
}

#[test]
fn the_last_of_repeated_parts_counts() {
    let call = "<c><methodName>m</methodName><params><value>1</value></params><params/><methodName>n</methodName></c>";
    check_call(call, "n", &[]);
    check_call_refused("<c><methodName>m</methodName><methodName/></c>", &DecodeError::NoMethodName);
}

#[test]
fn method_names_are_text_and_not_trimmed() {
    check_call("<c><methodName> m </methodName></c>", " m ", &[]);
    check_call("<c><methodName><![CDATA[m]]></methodName></c>", "m", &[]);
    check_call("<c><methodName>&#109;</methodName></c>", "m", &[]);
    check_call("<c><methodName>m<b/>n</methodName></c>", "m", &[]);
    check_call_refused("<a/>", &DecodeError::NoMethodName);
    check_call_refused("<c><methodName></methodName></c>", &DecodeError::NoMethodName);
    check_call_refused("<c><params/></c>", &DecodeError::NoMethodName);
}

#[test]
fn what_may_stand_around_the_root() {
    let call = "<c><methodName>m</methodName></c>";
    check_call(&format!("<?xml version='1.0'?>{call}"), "m", &[]);
    check_call(&format!("<?xml version='1.1'?>\n\n{call}\n"), "m", &[]);
    check_call(&format!("\u{feff}<?xml version='1.0'?>{call}"), "m", &[]);
    check_call(&format!("<?xml version='1.0' encoding='latin-1'?>{call}"), "m", &[]);
    check_call(&format!("\r\n\t {call}<!-- c --><?pi?> "), "m", &[]);
    let ill_formed = [
        String::new(),
        " ".to_owned(),
        "text".to_owned(),
        format!("text{call}"),
        format!("{call}text"),
        format!("{call}&amp;"),
        format!("{call}<![CDATA[]]>"),
        format!("{call}<x/>"),
        format!("{call}</c>"),
        format!(" <?xml version='1.0'?>{call}"),
        format!("<!-- c --><?xml version='1.0'?>{call}"),
        format!("<?xml?>{call}"),
        format!("<?xml encoding='utf-8'?>{call}"),
        "<c><methodName>m</methodName>".to_owned(),
        "<c><methodName>m</methodName></C>".to_owned(),
    ];
    for document in ill_formed {
        let result = decode_call(document.as_bytes());
        assert!(matches!(result, Err(DecodeError::NotWellFormed { .. })), "{document} became {result:?}");
    }
}

#[test]
fn encoding_declarations_are_ignored() {
    let document = "<?xml version='1.0' encoding='iso-8859-1'?><c><methodName>ä</methodName></c>";
    check_call(document, "ä", &[]);
    let latin = b"<?xml version='1.0' encoding='iso-8859-1'?><c><methodName>\xe4</methodName></c>";
    assert_eq!(decode_call(latin), Err(DecodeError::NotUtf8 { offset: 58 }));
}

#[test]
fn a_doctype_is_refused() {
    let call = "<c><methodName>m</methodName></c>";
    for doctype in
        ["<!DOCTYPE x>", "<!DOCTYPE x [<!ENTITY e \"v\">]>", "<!DOCTYPE x SYSTEM 'file:///etc/passwd'>"]
    {
        check_call_refused(&format!("{doctype}{call}"), &DecodeError::DocType);
    }
}

#[test]
fn messages_name_place_cause_and_fix_but_never_quote() {
    let secret = "<c><methodName>m</methodName><hunter2></hunter3></c>";
    let error = decode_call(secret.as_bytes()).expect_err("the tags do not match");
    assert!(!error.to_string().contains("hunter"), "{error}");
    let text = |error: DecodeError| error.to_string();
    assert_eq!(
        text(DecodeError::DocType),
        "the document has a DOCTYPE, which is refused; XML-RPC needs none: remove it"
    );
    assert_eq!(
        text(DecodeError::Childless { tag: "array" }),
        "an element <array> has no child; put a <data> into it"
    );
    assert_eq!(
        text(DecodeError::Childless { tag: "param" }),
        "an element <param> has no child; put a <value> into it"
    );
}

use super::*;

fn expanded(format: &str) -> String {
    let start = BTreeMap::from(
        [("HOME", "/h"), ("A", "start")].map(|(key, value)| (key.to_owned(), value.to_owned())),
    );
    let own = BTreeMap::from([("A".to_owned(), "own %(x)s".to_owned())]);
    let scope = Scope::new(&start)
        .with("x", Value::Text("text"))
        .with("n", Value::Number(5))
        .with("neg", Value::Number(-3))
        .with("é", Value::Text("one letter: é"))
        .with("a(b)", Value::Text("nested"))
        .with_environment(&own);
    match expand(format, &scope, "s.o") {
        Ok(text) => text.into_owned(),
        Err(ExpandError::BadFormat { reason, .. }) => format!("bad: {reason}"),
        Err(error) => error.to_string(),
    }
}

/// Checks what becomes of a format; a refusal is shown as `bad: ` and its reason.
fn check(cases: &[(&str, &str)]) {
    for (format, expect) in cases {
        assert_eq!(expanded(format), *expect, "{format:?}");
    }
}

#[test]
fn names_are_replaced() {
    check(&[
        ("", ""),
        ("plain", "plain"),
        ("%%", "%"),
        ("100%%", "100%"),
        ("<%(x)s>", "<text>"),
        ("%(ENV_HOME)s/%(x)s", "/h/text"),
        ("%(ENV_A)s", "own %(x)s"),
        ("%(a(b))s", "nested"),
        ("%%(x)s", "%(x)s"),
        ("日%(x)s本", "日text本"),
        ("%(é)s", "one letter: é"),
    ]);
}

#[test]
fn text_is_cut_and_padded() {
    check(&[
        ("%(x)6s|", "  text|"),
        ("%(x)-6s|", "text  |"),
        ("%(x)06s|", "  text|"),
        ("%(x).2s|", "te|"),
        ("%(é).12s|", "one letter: |"),
        ("%(x).s|", "|"),
        ("%(x)r", "'text'"),
        ("%(x)-8r|", "'text'  |"),
        ("%(é)a", "'one letter: \\xe9'"),
        ("%(x)ls", "text"),
        ("%(x)hs", "text"),
    ]);
}

#[test]
fn numbers_are_written_in_every_base() {
    check(&[
        ("%(n)d", "5"),
        ("%(n)i", "5"),
        ("%(n)u", "5"),
        ("%(n)s", "5"),
        ("%(n)r", "5"),
        ("%(n)02d", "05"),
        ("%(neg)05d", "-0003"),
        ("%(neg).4d", "-0003"),
        ("%(n)+d", "+5"),
        ("%(n) d", " 5"),
        ("%(n)+ d", "+5"),
        ("%(n)-5d|", "5    |"),
        ("%(n)-05d|", "5    |"),
        ("%(n)08.3d", "00000005"),
        ("%(n)2.4d|", "0005|"),
        ("%(n).0d", "5"),
        ("%(n)ld", "5"),
        ("%(n)x", "5"),
        ("%(n)#x", "0x5"),
        ("%(n)#X", "0X5"),
        ("%(n)#o", "0o5"),
        ("%(neg)x", "-3"),
        ("%(n)# x", " 0x5"),
        ("%(n)#05x|", "0x005|"),
        ("%(n)#5x|", "  0x5|"),
        ("%(n)05s|", "    5|"),
        ("%(n)c", "\x05"),
        ("%(n)05c", "    \x05"),
    ]);
}

#[test]
fn numbers_are_written_as_floats() {
    check(&[
        ("%(n)f", "5.000000"),
        ("%(n)e", "5.000000e+00"),
        ("%(n)g", "5"),
        ("%(n)G", "5"),
        ("%(neg).2f", "-3.00"),
        ("%(n)010.2f|", "0000005.00|"),
        ("%(n)-010.2f|", "5.00      |"),
        ("%(n)#.3e", "5.000e+00"),
        ("%(n)#g", "5.00000"),
        ("%(n)+.0f", "+5"),
        ("%(n)#.0f", "5."),
        ("%(n)E", "5.000000E+00"),
    ]);
    let nothing = BTreeMap::new();
    for (number, format, expect) in [
        (12_345_678, "%(n)g", "1.23457e+07"),
        (12_345_678, "%(n)G", "1.23457E+07"),
        (12_345_678, "%(n).10g", "12345678"),
        (100_000, "%(n)g", "100000"),
        (12, "%(n)#.3g", "12.0"),
        (0, "%(n)e", "0.000000e+00"),
        (0, "%(n)g", "0"),
        (-255, "%(n)#08x|", "-0x000ff|"),
    ] {
        let scope = Scope::new(&nothing).with("n", Value::Number(number));
        assert_eq!(expand(format, &scope, "o").expect("valid"), expect, "{format}");
    }
}

#[test]
fn bad_formats_are_refused_in_pythons_words() {
    check(&[
        ("%", "bad: incomplete format"),
        ("50%", "bad: incomplete format"),
        ("%(x)", "bad: incomplete format"),
        ("%(x)5", "bad: incomplete format"),
        ("%(x).", "bad: incomplete format"),
        ("%(x)h", "bad: incomplete format"),
        ("%(", "bad: incomplete format key"),
        ("%(x", "bad: incomplete format key"),
        ("%(x(y)", "bad: incomplete format key"),
        ("%(x)y", "bad: unsupported format character 'y' (0x79) at index 4"),
        ("日%(x)y", "bad: unsupported format character 'y' (0x79) at index 5"),
        ("HOME=%HOME%", "bad: unsupported format character 'H' (0x48) at index 6"),
        ("% (x)s", "bad: unsupported format character '(' (0x28) at index 2"),
        ("%é", "bad: unsupported format character '?' (0xe9) at index 1"),
        ("%\x01", "bad: unsupported format character '?' (0x1) at index 1"),
        ("%5%", "bad: unsupported format character '%' (0x25) at index 2"),
        ("%(n)%", "bad: unsupported format character '%' (0x25) at index 4"),
        ("%(x)b", "bad: unsupported format character 'b' (0x62) at index 4"),
        ("%(x)hls", "bad: unsupported format character 'l' (0x6c) at index 5"),
        ("%(x)d", "bad: %d format: a real number is required, not str"),
        ("%(x)i", "bad: %i format: a real number is required, not str"),
        ("%(x)o", "bad: %o format: an integer is required, not str"),
        ("%(x)X", "bad: %X format: an integer is required, not str"),
        ("%(x)g", "bad: must be real number, not str"),
        ("%(x)c", "bad: %c requires int or char"),
        ("%(neg)c", "bad: %c arg not in range(0x110000)"),
        ("%(n)*d", "bad: not enough arguments for format string"),
        ("%(n).*d", "bad: not enough arguments for format string"),
        // A conversion without a name after one with a name finds its value used up.
        ("%(n)s%s", "bad: not enough arguments for format string"),
        ("%(n)s%y", "bad: not enough arguments for format string"),
        ("%(n)s%5%", "bad: not enough arguments for format string"),
        ("%(n)s%", "bad: incomplete format"),
        ("%(x)*d", "bad: * wants int"),
        ("%*d", "bad: * wants int"),
        ("%d", "bad: %d format: a real number is required, not dict"),
        ("%x", "bad: %x format: an integer is required, not dict"),
        ("%f", "bad: must be real number, not dict"),
        ("%c", "bad: %c requires int or char"),
        ("%(x)65536s", "bad: width too big"),
        ("%(n)-66664.2f", "bad: width too big"),
        ("%(x).65536s", "bad: precision too big"),
        ("%(x)99999999999999999999s", "bad: width too big"),
        ("%(x).99999999999999999999s", "bad: precision too big"),
    ]);
}

#[test]
fn a_conversion_without_a_name_is_refused() {
    let reason = "bad: format requires a mapping key, as in %(name)s; write %% for a percent sign";
    check(&[("%s", reason), ("date +%s", reason), ("%5r", reason), ("%a", reason)]);
}

#[test]
fn messages_name_the_option_and_what_there_is() {
    assert_eq!(
        expanded("it's %(X)s"),
        "Format string \"it's %(X)s\" for 's.o' contains names ('X') which cannot be expanded. Available names: ENV_A, \
         ENV_HOME, a(b), n, neg, x, é"
    );
    assert_eq!(
        expanded("%(ENV_NOPE)s"),
        "Format string '%(ENV_NOPE)s' for 's.o' contains names ('ENV_NOPE') which cannot be expanded. Available names: \
         ENV_A, ENV_HOME, a(b), n, neg, x, é"
    );
    let nothing = BTreeMap::new();
    let error = expand("%", &Scope::new(&nothing), "program:x.command").expect_err("a refusal");
    assert_eq!(
        error.to_string(),
        "Format string '%' for 'program:x.command' is badly formatted: incomplete format"
    );
}

#[test]
fn text_without_percent_signs_is_not_copied() {
    let nothing = BTreeMap::new();
    assert!(matches!(expand("plain", &Scope::new(&nothing), "o"), Ok(Cow::Borrowed("plain"))));
}

use super::*;
use crate::system::FakeSystem;

/// Checks a conversion: `Ok` in its debug form, or the message of the error.
fn check<'a, T: std::fmt::Debug>(convert: impl Fn(&'a str) -> Result<T>, cases: &[(&'a str, &str)]) {
    for (text, expect) in cases {
        let shown = match convert(text) {
            Ok(value) => format!("{value:?}"),
            Err(error) => error.to_string(),
        };
        assert_eq!(shown, *expect, "{text:?}");
    }
}

#[test]
fn integers_are_pythons() {
    check(
        integer,
        &[
            ("5", "5"),
            (" 5\n", "5"),
            ("\u{a0}5\u{1f}", "5"),
            ("5\u{1f}", "invalid literal for int() with base 10: '5\\x1f'"),
            ("+5", "5"),
            ("-05", "-5"),
            ("1_000", "1000"),
            ("99999999999999999999", "9223372036854775807"),
            ("-99999999999999999999", "-9223372036854775808"),
            ("", "invalid literal for int() with base 10: ''"),
            ("1__0", "invalid literal for int() with base 10: '1__0'"),
            ("_1", "invalid literal for int() with base 10: '_1'"),
            ("1_", "invalid literal for int() with base 10: '1_'"),
            ("0x10", "invalid literal for int() with base 10: '0x10'"),
            ("1.5", "invalid literal for int() with base 10: '1.5'"),
            ("--5", "invalid literal for int() with base 10: '--5'"),
            ("+", "invalid literal for int() with base 10: '+'"),
            (" x\n", "invalid literal for int() with base 10: ' x\\n'"),
        ],
    );
}

#[test]
fn booleans_are_eight_words() {
    check(
        boolean,
        &[
            ("yes", "true"),
            ("TRUE", "true"),
            ("On", "true"),
            ("1", "true"),
            ("no", "false"),
            ("False", "false"),
            ("off", "false"),
            ("0", "false"),
            ("", "not a valid boolean value: ''"),
            (" yes", "not a valid boolean value: ' yes'"),
            ("Maybe", "not a valid boolean value: 'Maybe'"),
        ],
    );
}

#[test]
fn sizes_take_three_suffixes() {
    check(
        bytes,
        &[
            ("0", "0"),
            ("10", "10"),
            ("1KB", "1024"),
            ("5 mb", "5242880"),
            ("2Gb", "2147483648"),
            ("-1kb", "-1024"),
            ("99999999999GB", "9223372036854775807"),
            ("5K", "invalid literal for int() with base 10: '5k'"),
            ("5XB", "invalid literal for int() with base 10: '5xb'"),
            ("1.5MB", "invalid literal for int() with base 10: '1.5'"),
            ("mb", "invalid literal for int() with base 10: ''"),
            ("5tb", "invalid literal for int() with base 10: '5tb'"),
            ("5b", "invalid literal for int() with base 10: '5b'"),
        ],
    );
}

#[test]
fn octal_numbers_may_have_a_prefix() {
    check(
        |text| octal(text).map(|value| format!("{value:o}")),
        &[
            ("022", "\"22\""),
            ("0o22", "\"22\""),
            ("0O_2_2", "\"22\""),
            (" 777 ", "\"777\""),
            ("+7", "\"7\""),
            ("-1", "\"7777\""),
            ("12345", "\"2345\""),
            ("8", "8 can not be converted to an octal type"),
            ("", " can not be converted to an octal type"),
            ("0o", "0o can not be converted to an octal type"),
            ("0o-7", "0o-7 can not be converted to an octal type"),
            ("rwx", "rwx can not be converted to an octal type"),
        ],
    );
}

#[test]
fn log_levels_have_seven_names() {
    check(
        log_level,
        &[
            ("critical", "Critical"),
            ("ERROR", "Error"),
            ("Warn", "Warn"),
            ("info", "Info"),
            ("debug", "Debug"),
            ("trace", "Trace"),
            ("blather", "Blather"),
            ("warning", "bad logging level name 'warning'"),
            ("Crit", "bad logging level name 'Crit'"),
            ("", "bad logging level name ''"),
        ],
    );
}

#[test]
fn signals_are_names_or_numbers() {
    check(
        signal_number,
        &[
            ("TERM", "15"),
            ("sigterm", "15"),
            (" Quit ", "3"),
            ("9", "9"),
            ("64", "64"),
            ("RTMIN", "34"),
            ("CLD", "17"),
            ("IO", "29"),
            ("IOT", "6"),
            ("FOO", "value 'FOO' is not a valid signal name"),
            ("", "value '' is not a valid signal name"),
            ("_DFL", "value '_DFL' is not a valid signal name"),
            ("SIG_IGN", "value 'SIG_IGN' is not a valid signal name"),
            ("0", "value '0' is not a valid signal number"),
            ("32", "value '32' is not a valid signal number"),
            ("35", "value '35' is not a valid signal number"),
            ("-9", "value '-9' is not a valid signal number"),
            ("4294967305", "value '4294967305' is not a valid signal number"),
        ],
    );
}

#[test]
fn exit_codes_are_a_list() {
    check(
        exit_codes,
        &[
            ("", "[]"),
            ("0", "[0]"),
            ("0,2, 255", "[0, 2, 255]"),
            ("256", "not a valid list of exit codes: '256'"),
            ("-1", "not a valid list of exit codes: '-1'"),
            ("0,", "not a valid list of exit codes: '0,'"),
            ("0 2", "not a valid list of exit codes: '0 2'"),
        ],
    );
}

#[test]
fn autorestart_has_a_third_word() {
    check(
        autorestart,
        &[
            ("True", "Always"),
            ("0", "Never"),
            ("UNEXPECTED", "Unexpected"),
            ("Often", "invalid 'autorestart' value 'often'"),
            ("7", "invalid 'autorestart' value '7'"),
        ],
    );
}

#[test]
fn names_must_not_break_namespecs() {
    check(
        name,
        &[
            ("cat", "\"cat\""),
            (" cat ", "\"cat\""),
            ("", "\"\""),
            ("öäü", "\"öäü\""),
            ("a b", "Invalid name: 'a b' because of character: ' '"),
            ("a:b/c", "Invalid name: 'a:b/c' because of character: ':'"),
            ("a/b", "Invalid name: 'a/b' because of character: '/'"),
            ("a/b :", "Invalid name: 'a/b :' because of character: ' '"),
            (" a b ", "Invalid name: ' a b ' because of character: ' '"),
        ],
    );
}

#[test]
fn lists_keep_empty_items() {
    assert_eq!(list(""), [""; 0]);
    assert_eq!(list("a, b ,,c"), ["a", "b", "", "c"]);
    assert_eq!(list(","), ["", ""]);
}

#[test]
fn addresses_are_cut_at_the_last_colon() {
    check(
        host_port,
        &[
            ("9001", "(\"\", 9001)"),
            (":9001", "(\"\", 9001)"),
            ("*:9001", "(\"\", 9001)"),
            ("LocalHost:9001", "(\"localhost\", 9001)"),
            ("[::1]:9001", "(\"[::1]\", 9001)"),
            ("abc", "not a valid port number: 'abc' "),
            ("99999", "not a valid port number: '99999' "),
            ("host:", "no port number specified in ''"),
            ("host:abc", "invalid literal for int() with base 10: 'abc'"),
            ("h:99999", "99999 is above upper bound (65535)"),
            ("h:0", "0 is below lower bound (1)"),
            ("h:-1", "-1 is below lower bound (1)"),
        ],
    );
}

#[test]
fn urls_have_a_scheme_and_something_behind_it() {
    for good in [
        "http://h",
        "unix:///tmp/x",
        "unix:/tmp/x",
        "localhost:9001",
        "http:/",
        "http:///x",
        "a+b:c",
        " \thttp://h",
        "ht\ntp://h",
    ] {
        assert_eq!(url(good), Ok(good));
    }
    for bad in ["foo", "", "http://", "unix://", "a:", "1a:b", "http://?x", "http:#x", ":x"] {
        check(url, &[(bad, &format!("value '{bad}' is not a URL"))]);
    }
}

#[test]
fn environments_are_pairs() {
    check(
        |text| pairs(text).map(|pairs| pairs.map),
        &[
            ("", "{}"),
            (" \n", "{}"),
            ("A=1", "{\"A\": \"1\"}"),
            ("A=1,", "{\"A\": \"1\"}"),
            ("A=\"b c\",B='d,e'", "{\"A\": \"b c\", \"B\": \"d,e\"}"),
            ("A=1,A=2", "{\"A\": \"2\"}"),
            ("A=1,\nB=2", "{\"A\": \"1\", \"B\": \"2\"}"),
            ("A=\"\"", "{\"A\": \"\"}"),
            ("A=b;C=d", "{\"A\": \"b\", \"C\": \"d\"}"),
            ("A=b junk", "{\"A\": \"b\"}"),
            ("'A B'=c", "{\"A B\": \"c\"}"),
            ("A=", "Unexpected end of key/value pairs in value 'A='"),
            ("A", "Unexpected end of key/value pairs in value 'A'"),
            ("A=1\nB=2", "Unexpected end of key/value pairs in value 'A=1\nB=2'"),
            ("A=a@b.c", "Unexpected end of key/value pairs in value 'A=a@b.c'"),
            ("A=b=c", "Unexpected end of key/value pairs in value 'A=b=c'"),
            ("A,B", "Unexpected end of key/value pairs in value 'A,B'"),
            ("A=\"x", "No closing quotation"),
            ("A=x\\", "No escaped character"),
        ],
    );
}

#[test]
fn a_separator_that_is_no_comma_is_noticed() {
    for (text, expect) in
        [("A=b,C=d", None), ("A=b;C=d", Some(";")), ("A=b junk", Some("junk")), ("A=b,", None)]
    {
        assert_eq!(pairs(text).expect("valid").odd_separator.as_deref(), expect, "{text:?}");
    }
}

/// The conversions that ask the system, in a memory-only one.
fn asked(test: impl FnOnce(&Asked<'_>)) {
    let system = FakeSystem::with_files(&[("/home/root/x/y", "")]);
    test(&Asked { system: &system, environment: &BTreeMap::new() });
}

#[test]
fn directories_must_exist() {
    asked(|asked| {
        check(
            |text| asked.directory(text),
            &[
                ("/tmp", "\"/tmp\""),
                ("~", "\"/home/root\""),
                ("~root/x", "\"/home/root/x\""),
                (".", "\".\""),
                ("", " is not an existing directory"),
                ("/nope", "/nope is not an existing directory"),
                ("~/nope", "~/nope is not an existing directory"),
                ("/home/root/x/y", "/home/root/x/y is not an existing directory"),
            ],
        );
    });
}

#[test]
fn files_need_an_existing_directory() {
    asked(|asked| {
        check(
            |text| asked.file_path(text),
            &[
                ("a.log", "\"a.log\""),
                ("", "\"\""),
                ("/tmp/a.log", "\"/tmp/a.log\""),
                ("~/a.log", "\"/home/root/a.log\""),
                ("/nope/a", "The directory named as part of the path /nope/a does not exist"),
                ("logs/a", "The directory named as part of the path logs/a does not exist"),
                ("~/no/a", "The directory named as part of the path ~/no/a does not exist"),
            ],
        );
    });
}

#[test]
fn users_and_groups_are_looked_up() {
    asked(|asked| {
        check(
            |text| asked.user(text).map(|user| (user.uid, user.gid)),
            &[
                ("web", "(33, 34)"),
                ("33", "(33, 34)"),
                ("nobody", "Invalid user name nobody"),
                ("", "Invalid user name "),
                ("77", "Invalid user id 77"),
                ("-1", "Invalid user id -1"),
                ("4294967329", "Invalid user id 4294967329"),
            ],
        );
        check(
            |text| asked.user_group(text),
            &[
                ("web", "(33, None)"),
                ("web:op", "(33, Some(1000))"),
                ("33:0", "(33, Some(0))"),
                ("web:nope", "Invalid user:group definition web:nope"),
                ("nope:web", "Invalid user:group definition nope:web"),
                ("web:77", "Invalid user:group definition web:77"),
            ],
        );
    });
}

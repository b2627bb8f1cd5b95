use super::*;

/// Reads a text as file `f` and shows every section as `[name] key=value|…`, in Python's quotes.
fn shown(text: &str) -> Result<Vec<String>, Failure> {
    let mut document = Document::default();
    document.read("f", text.as_bytes())?;
    Ok(document.sections().iter().map(show).collect())
}

fn show(section: &Section) -> String {
    let options: Vec<String> =
        section.entries().iter().map(|entry| format!("{}={}", entry.key, Repr(&entry.value))).collect();
    format!("[{}] {}", section.name, options.join(" "))
}

fn check(text: &str, expect: &[&str]) {
    assert_eq!(shown(text).expect("a valid file"), expect, "{text:?}");
}

fn refused(text: &str, expect: &str) {
    assert_eq!(shown(text).expect_err("a refusal").message(), expect, "{text:?}");
}

#[test]
fn headers_are_permissive() {
    check("[a]\n", &["[a] "]);
    check("[a]junk\n", &["[a] "]);
    check("[a][b]\n", &["[a][b] "]);
    check("[ a ]\nx=1\n", &["[ a ] x='1'"]);
    check("[A]\n[a]\n", &["[A] ", "[a] "]);
    check("  [a]  \n", &["[a] "]);
    check("[a]\n[]=1\n", &["[a] []='1'"]);
    check("[a] ;x\n", &["[a] "]);
    check("[a]", &["[a] "]);
    refused("[a]\n[]\n", "Source contains parsing errors: 'f'\n\t[line  2]: '[]\\n'");
    refused("[a]\n[b\n", "Source contains parsing errors: 'f'\n\t[line  2]: '[b\\n'");
    refused("[a]\n[b ;c]\n", "Source contains parsing errors: 'f'\n\t[line  2]: '[b ;c]\\n'");
}

#[test]
fn the_first_delimiter_splits_an_option() {
    check("[a]\nx = 1\n", &["[a] x='1'"]);
    check("[a]\nx:1\ny : =2\n", &["[a] x='1' y='=2'"]);
    check("[a]\nLong Name.x = Value \n", &["[a] long name.x='Value'"]);
    check("[a]\nx=\"q\"\n", &["[a] x='\"q\"'"]);
    check("[a]\nx=\n", &["[a] x=''"]);
    check("[a]\nx=a=b:c\n", &["[a] x='a=b:c'"]);
    check("[a]\nrem x = 1\n", &["[a] rem x='1'"]);
}

#[test]
fn comments_need_whitespace_before_them() {
    check("; c\n# c\n  ;c\n[a]\n\t#c\nx=1\n", &["[a] x='1'"]);
    check("[a]\nx=1 ; c\ny=1;c\nz=1 #c\nw=1#c\n", &["[a] x='1' y='1;c' z='1' w='1#c'"]);
    check("[a]\nv=;c\nu= #c\nt=\t;c\n", &["[a] v=';c' u='' t=''"]);
    check("[a]\nx=1\x0c;c\ny=1\u{a0}#c\n", &["[a] x='1' y='1'"]);
    check("[a]\ncommand=bash -c \"a ; b\"\n", &["[a] command='bash -c \"a'"]);
    check("[a]\nx=a;b ;c\n", &["[a] x='a;b'"]);
    // The prefixes are looked for in rounds, and the first round that finds one decides.
    check("[a]\nx=a;b ;c #d\n", &["[a] x='a;b ;c'"]);
    check("[a]\nx=a;b ;c d#e\n", &["[a] x='a;b'"]);
    check("[a]\nx=a #b ;c\n", &["[a] x='a'"]);
}

#[test]
fn deeper_lines_continue_a_value() {
    check("[a]\nx=1\n 2\n\t3\n", &["[a] x='1\\n2\\n3'"]);
    check("[a]\nx=1\n k=v\n [b]\n", &["[a] x='1\\nk=v\\n[b]'"]);
    check("[a]\nx=1\n\n 2\n\n\ny=3\n", &["[a] x='1\\n\\n2' y='3'"]);
    check("[a]\nx=1\n;c\n 2 ;c\n # c\n 3\n", &["[a] x='1\\n2\\n3'"]);
    check("[a]\nx=\n 2\n", &["[a] x='\\n2'"]);
    check("[a]\nx=1 ;c\n  2\n", &["[a] x='1\\n2'"]);
    check("[a]\n  x=1\n  y=2\n   z=3\n", &["[a] x='1' y='2\\nz=3'"]);
    check("[a]\n    x=1\ny=2\n", &["[a] x='1' y='2'"]);
    check("  [a]\n      x=1\n", &["[a] x='1'"]);
    // A line that is no option does not end the one before it.
    refused("[a]\nx=1\nbad\n more\n", "Source contains parsing errors: 'f'\n\t[line  3]: 'bad\\n'");
}

#[test]
fn the_last_of_two_wins_and_the_first_place_stays() {
    check("[a]\nx=1\ny=2\nX=3\n", &["[a] x='3' y='2'"]);
    check("[a]\nx=1\n[b]\n[a]\ny=2\nx=3\n", &["[a] x='3' y='2'", "[b] "]);
}

#[test]
fn line_ends_are_universal() {
    check("[a]\r\nx=1\r\n 2\ry=3\r\n", &["[a] x='1\\n2' y='3'"]);
}

#[test]
fn defaults_are_seen_from_every_section() {
    let mut document = Document::default();
    document.read("f", b"[DEFAULT]\nx=1\ny=2\n[a]\nx=3\n").expect("valid");
    assert_eq!(document.sections().len(), 1);
    let section = document.section("a").expect("the section");
    let value = |key| document.option(section, key).map(|entry| entry.value.as_str());
    assert_eq!((value("x"), value("y"), value("z")), (Some("3"), Some("2"), None));
    assert_eq!(document.defaults().entries().len(), 2);
    assert!(document.section("DEFAULT").is_none());
}

#[test]
fn options_before_a_section_are_refused_at_once() {
    refused("x=1\n", "File contains no section headers.\nfile: 'f', line: 1\n'x=1\\n'");
    refused("\n; c\nit's", "File contains no section headers.\nfile: 'f', line: 3\n\"it's\"");
    refused("\u{feff}[a]\n", "File contains no section headers.\nfile: 'f', line: 1\n'\\ufeff[a]\\n'");
}

#[test]
fn all_lines_that_are_nothing_are_collected() {
    refused(
        "[a]\nbad\nx=1\n= 2\n cont\n\tö;x\n",
        "Source contains parsing errors: 'f'\n\t[line  2]: 'bad\\n'\n\t[line  4]: '= 2\\n'\n\t[line  5]: ' cont\\n'\n\t[line  6]: '\\tö;x\\n'",
    );
    let failure = shown("[a]\nbad\nworse\n").expect_err("a refusal");
    let lines: Vec<u32> =
        failure.diagnostics.iter().filter_map(|found| Some(found.place.as_ref()?.line)).collect();
    assert_eq!(lines, [2, 3]);
}

#[test]
fn bytes_that_are_no_text_are_refused_in_pythons_words() {
    let refused = |bytes: &[u8], expect: &str| {
        let failure = Document::default().read("f", bytes).expect_err("a refusal");
        assert_eq!(failure.message(), format!("'utf-8' codec can't decode {expect}"), "{bytes:?}");
    };
    refused(b"[a]\nx=\xff", "byte 0xff in position 6: invalid start byte");
    refused(b"\x80", "byte 0x80 in position 0: invalid start byte");
    refused(b"\xc0\x80", "byte 0xc0 in position 0: invalid start byte");
    refused(b"\xe9a", "byte 0xe9 in position 0: invalid continuation byte");
    refused(b"\xe2\x82a", "bytes in position 0-1: invalid continuation byte");
    refused(b"a\xe2\x82", "bytes in position 1-2: unexpected end of data");
    refused(b"a\xe2", "byte 0xe2 in position 1: unexpected end of data");
    let failure = Document::default().read("f", b"[a]\nx=\xff\ny=1\n").expect_err("a refusal");
    let place = failure.diagnostics[0].place.clone().expect("a place");
    assert_eq!((place.line, place.column, place.text.as_str()), (2, 3, "x=\u{fffd}"));
}

#[test]
fn headers_without_a_bracket_are_named_as_such() {
    let help =
        |text: &str| shown(text).expect_err("a refusal").diagnostics[0].help.clone().unwrap_or_default();
    let expect = "this looks like a section header without its ]: write [b]";
    assert_eq!(help("[a]\n[b\n"), expect);
    assert_eq!(help("[a]\n [b ; c\n"), expect);
    assert_eq!(help("[b\nx=1\n"), expect);
    assert!(help("[a]\nb\n").starts_with("a line is "));
    let failure = shown("[a]\nbad\n[b\n").expect_err("a refusal");
    assert_eq!(failure.diagnostics[1].help.as_deref(), Some(expect));
}

#[test]
fn everything_knows_its_place() {
    let mut document = Document::default();
    document.read("f", "[a]\n  Öx = vä lue ; c\ny=\n\n   2\n".as_bytes()).expect("valid");
    document.read("g", b"[b]\nz=1\n[a]\ny=3\n").expect("valid");
    let at = |span| {
        let place = document.place(span);
        (format!("{}:{}:{}+{}", place.file, place.line, place.column, place.length), place.text)
    };
    let a = document.section("a").expect("a");
    let x = a.own("öx").expect("x");
    let line = "  Öx = vä lue ; c".to_owned();
    assert_eq!(at(a.span), ("f:1:1+3".to_owned(), "[a]".to_owned()));
    assert_eq!(at(x.key_span), ("f:2:3+2".to_owned(), line.clone()));
    assert_eq!(at(x.value_span), ("f:2:8+6".to_owned(), line.clone()));
    assert_eq!(at(x.comment.expect("a comment")), ("f:2:15+3".to_owned(), line));
    assert_eq!(at(a.own("y").expect("y").value_span).0, "g:4:3+1");
    assert_eq!(document.file_of(a.span), "f");
    assert_eq!(document.file_of(document.section("b").expect("b").span), "g");

    let mut document = Document::default();
    document.read("f", b"[a]\ny=\n\n   2\n").expect("valid");
    let place = document.place(document.section("a").and_then(|a| a.own("y")).expect("y").value_span);
    assert_eq!((place.line, place.column), (4, 4));
}

#[test]
fn here_is_the_directory_of_the_file_it_stands_in() {
    let mut document = Document::default();
    document.read("m", b"[DEFAULT]\nd=%(here)s/d\n[a]\nx=%(here)s %%(here)s\ny=1\n").expect("valid");
    document.replace_here("/m");
    document.read("i", b"[a]\ny=%(here)s\n[b]\nz=%(here)s\n").expect("valid");
    document.replace_here("/i");
    let value = |section: &str, key: &str| {
        let section = document.section(section).expect("a section");
        document.option(section, key).expect("an option").value.clone()
    };
    assert_eq!(value("a", "x"), "/m %/m");
    assert_eq!(value("a", "y"), "/i");
    assert_eq!(value("b", "z"), "/i");
    assert_eq!(value("a", "d"), "/m/d");
    assert_eq!(value("b", "d"), "/i/d");
}

use std::collections::BTreeMap;

use super::*;
use crate::expand::Value;
use crate::system::FakeSystem;

/// Checks which of the names match.
fn check_match(pattern: &str, names: &[&str], expect: &[&str]) {
    let files: Vec<(String, &str)> = names.iter().map(|name| (format!("/d/{name}"), "")).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let mut found = glob(&format!("/d/{pattern}"), &FakeSystem::with_files(&files));
    found.sort_unstable();
    let expect: Vec<String> = expect.iter().map(|name| format!("/d/{name}")).collect();
    assert_eq!(found, expect, "{pattern}");
}

#[test]
fn globs_match_as_in_python() {
    let names = [
        "a.ini",
        "b.ini",
        "B.ini",
        "ab.conf",
        ".hidden.ini",
        "a[1].ini",
        "sub/x.ini",
        "sub/.y.ini",
        "s2/x.ini",
    ];
    check_match("*.ini", &names, &["B.ini", "a.ini", "a[1].ini", "b.ini"]);
    check_match("?.ini", &names, &["B.ini", "a.ini", "b.ini"]);
    check_match("[ab].ini", &names, &["a.ini", "b.ini"]);
    check_match("[!a].ini", &names, &["B.ini", "b.ini"]);
    check_match("[a-c].ini", &names, &["a.ini", "b.ini"]);
    check_match("[c-a].ini", &names, &[]);
    check_match("a[[]1[]].ini", &names, &["a[1].ini"]);
    check_match("[]a].ini", &names, &["a.ini"]);
    check_match("a[1.ini", &["a[1.ini"], &["a[1.ini"]);
    check_match(".*.ini", &names, &[".hidden.ini"]);
    check_match("a.ini", &names, &["a.ini"]);
    check_match("nope.ini", &names, &[]);
    check_match("*/x.ini", &names, &["s2/x.ini", "sub/x.ini"]);
    check_match("**/x.ini", &names, &["s2/x.ini", "sub/x.ini"]);
    check_match("**.ini", &names, &["B.ini", "a.ini", "a[1].ini", "b.ini"]);
    check_match("s*/*.ini", &names, &["s2/x.ini", "sub/x.ini"]);
    check_match("s*/.y*", &names, &["sub/.y.ini"]);
    check_match("*b*.c*f", &names, &["ab.conf"]);
    check_match("*a*a*a*a*b", &["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"], &[]);
    check_match("s*/", &names, &["s2/", "sub/"]);
    check_match("sub", &names, &["sub"]);
}

/// Reads `/d/m.conf` and what it includes; shows the log lines and then every option.
fn check(files: &[(&str, &str)], expect: &[&str]) {
    let shown = match run(&FakeSystem::with_files(files)) {
        Ok((document, included)) => {
            let messages =
                included.messages.into_iter().map(|(level, text)| format!("{} {text}", level.code()));
            let warnings =
                included.warnings.into_iter().map(|warning| format!("warning {}", warning.message));
            let options = document.sections().iter().flat_map(|section| {
                section
                    .entries()
                    .iter()
                    .map(|entry| format!("{}.{}={}", section.name, entry.key, entry.value))
            });
            messages.chain(warnings).chain(options).collect()
        }
        Err(failure) => vec![failure.message().to_owned()],
    };
    assert_eq!(shown, expect, "{files:?}");
}

fn run(system: &FakeSystem) -> Result<(Document, Included), Failure> {
    let environment = BTreeMap::from([("D".to_owned(), "conf.d".to_owned())]);
    let scope =
        Scope::new(&environment).with("here", Value::Text("/d")).with("host_node_name", Value::Text("node1"));
    let mut document = Document::default();
    document.read("/d/m.conf", &system.read_file("/d/m.conf").expect("the main file"))?;
    let included = include(&mut document, Base { here: "/d", cwd: "/w" }, &scope, system)?;
    Ok((document, included))
}

#[test]
fn files_are_read_over_the_main_file() {
    check(&[("/d/m.conf", "[a]\nx=%(here)s\n")], &["a.x=%(here)s"]);
    check(
        &[
            ("/d/m.conf", "[a]\nx=%(here)s\ny=1\n[include]\nfiles=%(ENV_D)s/*.ini\n\tother.conf /e/x.ini\n"),
            ("/d/conf.d/b.ini", "[b]\nx=%(here)s\n"),
            ("/d/conf.d/a.ini", "[a]\ny=%(here)s/%%(here)s\n"),
            ("/e/x.ini", "[include]\nmore=1\n[b]\nz=2\n"),
        ],
        &[
            "INFO Included extra file \"/d/conf.d/a.ini\" during parsing",
            "INFO Included extra file \"/d/conf.d/b.ini\" during parsing",
            "WARN No file matches via include \"/d/other.conf\"",
            "INFO Included extra file \"/e/x.ini\" during parsing",
            "a.x=/d",
            "a.y=/d/conf.d/%/d/conf.d",
            "include.files=%(ENV_D)s/*.ini\nother.conf /e/x.ini",
            "include.more=1",
            "b.x=/d/conf.d",
            "b.z=2",
        ],
    );
    check(
        &[
            ("/d/m.conf", "[include]\nfiles=%(here)s/%(host_node_name)s.ini\n"),
            ("/d/node1.ini", "[c]\nk=v\n"),
        ],
        &[
            "INFO Included extra file \"/d/node1.ini\" during parsing",
            "include.files=/d/%(host_node_name)s.ini",
            "c.k=v",
        ],
    );
}

#[test]
fn a_file_that_matches_twice_is_read_twice() {
    check(
        &[("/d/m.conf", "[include]\nfiles = a.ini ?.ini\n"), ("/d/a.ini", "[a]\nx=1\n")],
        &[
            "INFO Included extra file \"/d/a.ini\" during parsing",
            "INFO Included extra file \"/d/a.ini\" during parsing",
            "include.files=a.ini ?.ini",
            "a.x=1",
        ],
    );
}

#[test]
fn mistakes_around_includes_are_refused() {
    check(
        &[("/d/m.conf", "[include]\nfile=x\n")],
        &[".ini file has [include] section, but no files setting"],
    );
    check(
        &[("/d/m.conf", "[include]\nfiles=%(x)s\n")],
        &[
            "Format string '%(x)s' for 'include.files' contains names ('x') which cannot be expanded. Available names: \
             ENV_D, here, host_node_name",
        ],
    );
    check(
        &[("/d/m.conf", "[include]\nfiles=i.ini\n"), ("/d/i.ini", "x\n")],
        &["File contains no section headers.\nfile: '/d/i.ini', line: 1\n'x\\n'"],
    );
}

#[test]
fn a_file_that_cannot_be_read_is_reported_and_skipped() {
    let mut system =
        FakeSystem::with_files(&[("/d/m.conf", "[include]\nfiles=*.ini\n"), ("/d/i.ini", "[a]\nx=1\n")]);
    system.locked.insert("/d/i.ini".into());
    let (document, included) = run(&system).expect("valid");
    assert!(document.section("a").is_none());
    assert_eq!(
        included.messages,
        [(Level::Info, "Included extra file \"/d/i.ini\" during parsing".to_owned())]
    );
    assert!(
        included.warnings[0]
            .message
            .starts_with("included file /d/i.ini was ignored because it cannot be read")
    );
}

//! Configuration files that people run, compared with what the reference makes of them.
//!
//! The files are not part of the project. The test looks for them beside it and passes without a word where they are
//! not: it can fail only for who has them. The reference read them with absolute paths moved below a scratch
//! directory (`@ROOT@`), `user` and `autostart` taken out, a `[supervisord]` section added where there was none, and
//! every variable that a file asks for set to 7.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use provost_config::cli::Overrides;
use provost_config::model::{Channel, Group, LogFile, Process, ServerUrl, User};
use provost_config::resolve::{ConfigFile, Loaded, Request, load};
use provost_config::system::System;
use serde_json::{Value, json};

const FILE: &str = "/@ROOT@/supervisord.conf";

/// A system in which every absolute directory and every user exists, and no file but one.
struct AnySystem {
    text: Vec<u8>,
    environment: BTreeMap<String, String>,
}

impl System for AnySystem {
    fn user_by_name(&self, name: &str) -> Option<User> {
        Some(User::new(name, 1000, 1000))
    }

    fn user_by_id(&self, uid: u32) -> Option<User> {
        Some(User::new(&uid.to_string(), uid, uid))
    }

    fn group_by_name(&self, _: &str) -> Option<u32> {
        Some(1000)
    }

    fn group_exists(&self, _: u32) -> bool {
        true
    }

    fn home_of(&self, _: Option<&str>) -> Option<String> {
        Some("/root".to_owned())
    }

    fn hostname(&self) -> String {
        "host".to_owned()
    }

    fn own_uid(&self) -> u32 {
        0
    }

    fn is_writable_dir(&self, path: &str) -> bool {
        self.is_dir(path)
    }

    fn read_file(&self, _: &str) -> io::Result<Vec<u8>> {
        Ok(self.text.clone())
    }

    fn exists(&self, path: &str) -> bool {
        path == FILE
    }

    fn is_dir(&self, path: &str) -> bool {
        path.starts_with('/')
    }

    fn list_dir(&self, _: &str) -> io::Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn environment(&self) -> BTreeMap<String, String> {
        self.environment.clone()
    }

    fn current_dir(&self) -> String {
        "/@ROOT@".to_owned()
    }
}

fn corpus() -> Option<(PathBuf, Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/real-configs");
    let expected = std::fs::read(folder.join("expected.json")).ok()?;
    Some((folder, serde_json::from_slice(&expected).expect("the expectations are JSON")))
}

/// The variables that a text asks for, with the values that the reference was given.
fn variables(text: &[u8]) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(text);
    let names = text.split("%(ENV_").skip(1).filter_map(|rest| rest.split_once(')'));
    let value = |name: &str| match name {
        "PATH" => "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        name if name.contains("_ENABLE_") => "true",
        _ => "7",
    };
    names.map(|(name, _)| (name.to_owned(), value(name).to_owned())).collect()
}

/// The order of the expectations.
fn sorted(mut all: Vec<Value>) -> Value {
    all.sort_by_key(|info| (info["group"].to_string(), info["name"].to_string()));
    Value::Array(all)
}

/// What is compared of a file: what the reference's `getAllConfigInfo` says, or its message.
fn outcome(text: Vec<u8>) -> (Value, Option<Loaded>) {
    let request = Request { file: ConfigFile::Given(FILE.to_owned()), overrides: Overrides::default() };
    let environment = variables(&text);
    match load(&request, &AnySystem { text, environment }) {
        Ok(loaded) => {
            let groups = loaded.config.groups.iter();
            let all =
                groups.flat_map(|group| group.processes.iter().map(|process| info(group, process))).collect();
            (sorted(all), Some(loaded))
        }
        Err(failure) => {
            let first = failure.message().lines().next().unwrap_or("").replace("/@ROOT@", "");
            (json!(format!("Error: {first}")), None)
        }
    }
}

fn unrooted(text: &str) -> String {
    text.replace("/@ROOT@", "").replace("@ROOT@", "")
}

fn logfile(logfile: &LogFile) -> String {
    match logfile {
        LogFile::Auto => "auto".to_owned(),
        LogFile::None => "none".to_owned(),
        LogFile::Path(path) => unrooted(path),
    }
}

fn info(group: &Group, process: &Process) -> Value {
    let mut info = json!({
        "command": unrooted(&process.command),
        "directory": process.directory.as_deref().map_or("none".to_owned(), unrooted),
        "exitcodes": &*process.exitcodes,
        "group": group.name,
        "group_prio": group.priority,
        "killasgroup": process.killasgroup,
        "name": &*process.name,
        "process_prio": process.priority,
        "redirect_stderr": process.redirect_stderr,
        "serverurl": match &process.serverurl {
            ServerUrl::Auto => "none",
            ServerUrl::Given(url) => url,
        },
        "startretries": process.startretries,
        "startsecs": process.startsecs,
        "stopsignal": process.stopsignal,
        "stopwaitsecs": process.stopwaitsecs,
    });
    let fields = info.as_object_mut().expect("an object");
    for (name, channel) in [("stdout", &process.stdout), ("stderr", &process.stderr)] {
        let Channel { logfile: file, maxbytes, backups, capture_maxbytes, events_enabled, syslog, .. } =
            channel;
        fields.insert(format!("{name}_logfile"), json!(logfile(file)));
        fields.insert(format!("{name}_logfile_maxbytes"), json!(maxbytes));
        fields.insert(format!("{name}_logfile_backups"), json!(backups));
        fields.insert(format!("{name}_capture_maxbytes"), json!(capture_maxbytes));
        fields.insert(format!("{name}_events_enabled"), json!(events_enabled));
        fields.insert(format!("{name}_syslog"), json!(syslog));
    }
    info
}

/// What the reference said, in the same form.
fn expectation(expected: &Value) -> Value {
    if expected["accepted"] != json!(true) {
        return json!(unrooted(expected["error"].as_str().expect("a message")));
    }
    let mut all = expected["config"].as_array().expect("a list").clone();
    for info in &mut all {
        let info = info.as_object_mut().expect("an object");
        info.remove("uid");
        for value in info.values_mut() {
            if let Some(text) = value.as_str() {
                let automatic = text.contains("@RND@");
                *value = if automatic { json!("auto") } else { json!(unrooted(text)) };
            }
        }
    }
    sorted(all)
}

/// A file of the corpus as the reference got it, as far as it shows in what is compared.
fn neutralised(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let dropped = |line: &&str| {
        let option = line.split(['=', ':']).next().unwrap_or("").trim();
        let of_the_daemon = ["logfile", "loglevel", "pidfile", "childlogdir"].contains(&option);
        option == "user" || option == "autostart" || of_the_daemon && line.contains("%(ENV_")
    };
    let mut text: String = text.split_inclusive('\n').filter(|line| !dropped(line)).collect();
    if !text.contains("[supervisord]") {
        text.push_str("\n[supervisord]\n");
    }
    text.into_bytes()
}

#[test]
fn real_configurations_mean_what_the_reference_takes_them_for() {
    let Some((folder, expected)) = corpus() else { return };
    let mut wrong = Vec::new();
    for (name, expected) in expected["config"].as_object().expect("an object") {
        let text = neutralised(&std::fs::read(folder.join(name)).expect("a file of the corpus"));
        let (outcome, _) = outcome(text);
        let expect = expectation(expected);
        if outcome != expect {
            wrong.push(format!("{name}:\n  ours {outcome}\n  reference {expect}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
}

/// The variables of a child, called `program_index`, that differ from those the daemon itself was given.
fn seen_by_child(
    loaded: &Loaded,
    child: &str,
    given: &BTreeMap<String, String>,
) -> Option<BTreeMap<String, String>> {
    let (program, index) = child.rsplit_once('_')?;
    let processes = loaded.config.groups.iter().flat_map(|group| &group.processes);
    let of_program: Vec<_> = processes
        .filter(|process| &*process.name == program || process.name.starts_with(&format!("{program}_")))
        .collect();
    let process = of_program.get(index.parse::<usize>().ok()?)?;
    let news = process.environment.iter().filter(|(key, value)| {
        // TERM was in the environment of the reference.
        given.get(*key) != Some(*value) && (key.as_str(), value.as_str()) != ("TERM", "xterm")
    });
    Some(news.map(|(key, value)| (key.clone(), unrooted(value))).collect())
}

#[test]
fn children_of_real_configurations_get_the_environment_of_the_reference() {
    let Some((folder, expected)) = corpus() else { return };
    let mut wrong = Vec::new();
    for (name, expected) in expected["env"].as_object().expect("an object") {
        let text = neutralised(&std::fs::read(folder.join(name)).expect("a file of the corpus"));
        let given = variables(&text);
        let (_, Some(loaded)) = outcome(text) else {
            assert_eq!(expected["accepted"], json!(false), "{name}");
            continue;
        };
        for (process, variables) in expected["env"].as_object().expect("an object") {
            let variables: BTreeMap<String, String> = variables
                .as_object()
                .expect("an object")
                .iter()
                .filter(|(key, _)| !key.starts_with("SUPERVISOR_"))
                .map(|(key, value)| (key.clone(), unrooted(value.as_str().expect("text"))))
                .collect();
            let found = seen_by_child(&loaded, process, &given);
            if found.as_ref() != Some(&variables) {
                wrong.push(format!("{name} {process}:\n  ours {found:?}\n  reference {variables:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
}

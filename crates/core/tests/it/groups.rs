//! Groups that come and go, and what re-reading the configuration tells.

use std::collections::BTreeSet;
use std::sync::Arc;

use provost_config::model::{self, Config, Group, GroupKind, LogFile, Pool, Process};
use provost_core::call::Call;

use crate::calm::{Calm, check, code, eager, idle};
use crate::world::config::{config, group};
use crate::world::{Script, World};

fn single(name: &str, priority: i64) -> Arc<Group> {
    group(name, priority, vec![eager(name, |_| {})])
}

fn reread(calm: &mut Calm, groups: Vec<Arc<Group>>) -> String {
    calm.ask(Call::Reread(Arc::new(config(groups))))
}

fn add(calm: &mut Calm, name: &str) -> String {
    calm.ask(Call::AddGroup(name.into()))
}

fn remove(calm: &mut Calm, name: &str) -> String {
    calm.ask(Call::RemoveGroup(name.into()))
}

#[test]
fn booting_adds_every_group_then_supervises_then_starts() {
    let groups = vec![
        group(
            "a",
            1,
            vec![eager("y", |recipe| recipe.priority = 9), eager("x", |recipe| recipe.priority = 1)],
        ),
        single("b", 2),
    ];
    let mut calm = Calm::unread(Script::default(), groups);
    check(
        &calm.events(),
        &[
            "added a",
            "added b",
            "supervisor running",
            "a:y STOPPED to STARTING tries:0",
            "a:x STOPPED to STARTING tries:0",
            "b STOPPED to STARTING tries:0",
        ],
    );
    let deeds = calm.deeds();
    check(&deeds[..3], &["register a:y", "register a:x", "register b"]);
}

#[test]
fn rereading_tells_and_changes_nothing() {
    let mut calm = Calm::new(vec![single("a", 1), single("b", 1)]);
    let answer = reread(&mut calm, vec![single("b", 7), single("c", 8)]);
    assert_eq!(answer, r#"added ["c"] changed ["b"] removed ["a"]"#);
    check(&calm.events(), &[]);
    check(&calm.deeds_of("register"), &[]);
    assert_eq!((calm.state("a"), calm.state("b")), ("STARTING", "STARTING"));
    let again = reread(&mut calm, vec![single("b", 7), single("c", 8)]);
    assert_eq!(again, answer, "what counts is what is active, not what was read before");
}

#[test]
fn differences_are_told_in_the_new_order_and_removals_in_order_of_addition() {
    let mut calm = Calm::new(vec![single("m", 1), single("z", 2)]);
    reread(&mut calm, vec![single("k", 0), single("m", 1), single("z", 2)]);
    assert_eq!(add(&mut calm, "k"), "done");
    let answer = reread(&mut calm, vec![single("q", 1), single("b", 2), single("a", 3)]);
    assert_eq!(answer, r#"added ["q", "b", "a"] changed [] removed ["m", "z", "k"]"#);
    let answer = reread(&mut calm, vec![single("z", 5), single("m", 6), single("k", 7)]);
    assert_eq!(answer, r#"added [] changed ["z", "m", "k"] removed []"#);
}

#[test]
fn an_equal_configuration_differs_in_nothing() {
    let mut calm = Calm::new(vec![single("a", 1), single("b", 2)]);
    assert_eq!(reread(&mut calm, vec![single("a", 1), single("b", 2)]), "added [] changed [] removed []");
}

#[track_caller]
fn check_change(what: &str, change: impl FnOnce(&mut Process)) {
    let mut calm = Calm::new(vec![single("a", 1)]);
    let changed = group("a", 1, vec![eager("a", change)]);
    assert_eq!(reread(&mut calm, vec![changed]), r#"added [] changed ["a"] removed []"#, "{what}");
}

#[test]
fn every_option_of_a_process_makes_its_group_differ() {
    check_change("name", |recipe| recipe.name = "b".into());
    check_change("command", |recipe| recipe.command = "/bin/false".into());
    check_change("priority", |recipe| recipe.priority = 1);
    check_change("autostart", |recipe| recipe.autostart = false);
    check_change("startsecs", |recipe| recipe.startsecs = 2);
    check_change("startretries", |recipe| recipe.startretries = 2);
    check_change("exitcodes", |recipe| recipe.exitcodes = [0, 2].into());
    check_change("stopsignal", |recipe| recipe.stopsignal = 2);
    check_change("stopwaitsecs", |recipe| recipe.stopwaitsecs = 11);
    check_change("stopasgroup", |recipe| recipe.stopasgroup = true);
    check_change("killasgroup", |recipe| recipe.killasgroup = true);
    check_change("umask", |recipe| recipe.umask = Some(0o22));
    check_change("directory", |recipe| recipe.directory = Some("/".into()));
    check_change("redirect_stderr", |recipe| recipe.redirect_stderr = true);
    check_change("stdout_logfile", |recipe| recipe.stdout.logfile = LogFile::None);
    check_change("stderr_capture_maxbytes", |recipe| recipe.stderr.capture_maxbytes = 1);
    check_change("environment", |recipe| drop(recipe.environment.insert("A".into(), "b".into())));
}

#[test]
fn the_order_of_processes_makes_a_group_differ() {
    let members = |names: [&str; 2]| group("g", 1, names.map(|name| idle(name, |_| {})).to_vec());
    let mut calm = Calm::new(vec![members(["a", "b"])]);
    assert_eq!(reread(&mut calm, vec![members(["b", "a"])]), r#"added [] changed ["g"] removed []"#);
}

#[test]
fn a_group_is_added_from_what_was_read_last_and_starts_by_itself() {
    let mut calm = Calm::new(vec![single("a", 1)]);
    assert_eq!(add(&mut calm, "b"), "BAD_NAME: b");
    assert_eq!(add(&mut calm, "a"), "ALREADY_ADDED: a");
    let fresh = group("b", 1, vec![eager("up", |_| {}), idle("down", |_| {})]);
    reread(&mut calm, vec![fresh]);
    assert_eq!(calm.world.core.processes().count(), 1, "reading adds nothing");
    calm.everything();
    assert_eq!(add(&mut calm, "b"), "done");
    check(&calm.events(), &["added b", "b:up STOPPED to STARTING tries:0"]);
    check(
        &calm.deeds(),
        &["register b:up", "register b:down", "reply 4: done", "prepare b:up 1", "spawn b:up 1"],
    );
    assert_eq!((calm.state("b:up"), calm.state("b:down")), ("STARTING", "STOPPED"));
    assert_eq!(add(&mut calm, "b"), "ALREADY_ADDED: b");
    assert_eq!(add(&mut calm, "a"), "ALREADY_ADDED: a", "also when it is no longer configured");
}

#[test]
fn only_a_stopped_group_can_be_removed() {
    let mut calm =
        Calm::new(vec![group("g", 1, vec![eager("p", |recipe| recipe.startretries = 1), idle("q", |_| {})])]);
    assert_eq!(remove(&mut calm, "no"), "BAD_NAME: no");
    assert_eq!((calm.state("g:p"), remove(&mut calm, "g")), ("STARTING", "STILL_RUNNING: g".into()));
    calm.die("g:p", code(0));
    assert_eq!((calm.state("g:p"), remove(&mut calm, "g")), ("BACKOFF", "STILL_RUNNING: g".into()));
    calm.pass(1.0);
    calm.die("g:p", code(0));
    assert_eq!(calm.state("g:p"), "FATAL");
    calm.everything();
    assert_eq!(remove(&mut calm, "g"), "done");
    check(&calm.events(), &["removed g"]);
    check(&calm.deeds_of("forget"), &["forget g:p", "forget g:q"]);
    assert_eq!(calm.world.core.processes().count(), 0);
    assert_eq!(remove(&mut calm, "g"), "BAD_NAME: g");
}

#[test]
fn a_group_that_is_stopping_cannot_be_removed() {
    let mut calm = Calm::scripted(Script::with_stubborn(&["p"]), eager("p", |_| {}));
    calm.stop_without_waiting("p");
    assert_eq!(remove(&mut calm, "p"), "STILL_RUNNING: p");
    calm.script().logs_are_silent = true;
    calm.die("p", code(0));
    assert_eq!(remove(&mut calm, "p"), "STILL_RUNNING: p", "its output is still on its way");
    calm.pass(1.0);
    assert_eq!(remove(&mut calm, "p"), "done");
}

#[test]
fn an_exited_process_can_be_removed_even_while_it_waits_for_its_restart() {
    let mut calm = Calm::of(eager("p", |recipe| recipe.startsecs = 0));
    calm.die("p", code(1));
    assert_eq!((calm.state("p"), calm.due()), ("EXITED", Some(1.0)));
    assert_eq!(remove(&mut calm, "p"), "done");
    assert_eq!(calm.due(), None);
    calm.pass(10.0);
    check(&calm.deeds_of("spawn"), &[]);
}

#[test]
fn an_update_of_a_changed_group_is_removal_then_addition() {
    let mut calm = Calm::new(vec![single("a", 1)]);
    calm.pass(2.0);
    let before = calm.id("a");
    reread(&mut calm, vec![single("a", 2)]);
    calm.stop("a");
    calm.everything();
    assert_eq!((remove(&mut calm, "a"), add(&mut calm, "a")), ("done".into(), "done".into()));
    check(&calm.events(), &["removed a", "added a", "a STOPPED to STARTING tries:0"]);
    assert_ne!(calm.id("a"), before, "an identity is never used twice");
}

#[test]
fn a_group_that_is_added_later_goes_behind_those_of_its_priority() {
    let mut calm = Calm::new(vec![single("m", 1), single("z", 1), single("zz", 2)]);
    reread(&mut calm, vec![single("a", 1), single("b", 0)]);
    assert_eq!((add(&mut calm, "a"), add(&mut calm, "b")), ("done".into(), "done".into()));
    calm.everything();
    calm.stop("all");
    let stopped: Vec<_> = calm.deeds_of("signal 15 to ").iter().map(|deed| deed[13..].to_owned()).collect();
    check(&stopped, &["b 104", "m 100", "z 101", "a 103", "zz 102"]);
}

#[test]
fn a_group_of_nothing_can_come_and_go() {
    let mut calm = Calm::new(vec![group("empty", 1, Vec::new())]);
    for call in [calm.start("empty:*"), calm.stop("empty:*"), calm.signal("empty:*", None)] {
        assert_eq!(calm.answer(call), "");
    }
    assert_eq!(remove(&mut calm, "empty"), "done");
}

#[test]
fn automatic_logs_are_named_after_process_channel_and_daemon() {
    let mut configured: Config = config(vec![group("g", 1, vec![idle("p", |_| {})])]);
    configured.supervisord.identifier = "boss".into();
    configured.supervisord.childlogdir = Some("/var/log/".into());
    let calm = Calm { world: World::calm(configured, Script::default()) };
    let row = calm.row("g:p");
    for (path, channel) in [(&row.stdout_logfile, "stdout"), (&row.stderr_logfile, "stderr")] {
        let path = path.as_deref().expect("it has a log");
        let tail = path.strip_prefix(&format!("/var/log/p-{channel}---boss-")).expect("that is its name");
        let random = tail.strip_suffix(".log").expect("it is a log");
        assert!(random.len() == 8 && random.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{path}");
    }
    assert_ne!(row.stdout_logfile, row.stderr_logfile);
}

#[test]
fn a_kind_of_group_makes_it_differ() {
    let mut listeners = (*single("a", 1)).clone();
    listeners.kind = GroupKind::Listeners(Pool {
        buffer_size: 10,
        events: BTreeSet::new(),
        result_handler: model::ResultHandler::Default,
        event_length: model::EventLength::Characters,
    });
    let mut calm = Calm::new(vec![single("a", 1)]);
    assert_eq!(reread(&mut calm, vec![Arc::new(listeners)]), r#"added [] changed ["a"] removed []"#);
}

//! What people do: sign in, look for something, press buttons, and all that without script, too.

use provost_tests::processes;
use serde_json::json;

use crate::stage::{PROGRAMS, Stage, row};

#[test]
fn signing_in_and_out() {
    let Some(mut stage) = Stage::locked(PROGRAMS) else { return };
    stage.go("");
    let browser = &stage.browser;
    assert_eq!(browser.value("document.querySelectorAll('.row').length"), "0");
    browser.type_into("#user", "u");
    browser.type_into("#password", "wrong");
    browser.click("form.stack button");
    browser.wait("document.querySelector('.notice.bad')");
    assert_eq!(browser.value("document.querySelector('#user').value"), "u", "it need not be typed again");
    browser.type_into("#password", "p");
    browser.click("form.stack button");
    browser.wait("document.documentElement.dataset.link === 'live'");
    assert_eq!(browser.value("document.cookie"), "", "scripts cannot see the session");
    browser.click("form[action=sign-out] button");
    browser.wait("document.querySelector('#password')");
    stage.go("daemon.html");
    stage.browser.wait("document.querySelector('#password')");
}

#[test]
fn searching_and_choosing_a_state() {
    let Some(mut stage) = Stage::open(PROGRAMS) else { return };
    stage.world.wait_state("broken", "FATAL");
    stage.go_live("");
    let shown = |names: &str| {
        let rows = "[...document.querySelectorAll('#sections .row')].filter((row) => row.checkVisibility())";
        stage.browser.wait(&format!("{rows}.map((row) => row.dataset.name).sort().join() === '{names}'"));
    };
    shown("band:drums,band:guitar,broken,single");
    stage.browser.type_into("#q", "gui");
    shown("band:guitar");
    // Backspace, as the protocol writes it.
    stage.browser.type_into("#q", "\u{e003}\u{e003}\u{e003}");
    shown("band:drums,band:guitar,broken,single");
    stage.browser.click("#totals [data-state=FATAL]");
    shown("broken");
    stage.assert_quiet();
}

#[test]
fn restarting_a_group() {
    let Some(mut stage) = Stage::open(PROGRAMS) else { return };
    let names = ["band:guitar", "band:drums", "single"];
    for name in names {
        stage.world.wait_state(name, "RUNNING");
    }
    let before = stage.world.pids_of(&names);
    stage.go_live("");
    stage.browser.click("button[value=\"restart band:*\"]");
    for (name, old) in names.iter().zip(&before).take(2) {
        let pid = format!("document.querySelector('{} .pid b').textContent", row(name));
        stage.browser.wait(&format!("{pid} && {pid} !== '{old}'"));
    }
    let after = stage.world.pids_of(&names);
    assert!(before[0] != after[0] && before[1] != after[1], "{before:?} {after:?}");
    assert_eq!(before[2], after[2], "the other program goes on");
    stage.assert_quiet();
}

#[test]
fn a_plan_is_shown_and_applied() {
    let Some(mut stage) = Stage::open(PROGRAMS) else { return };
    let extra = "[program:late]\ncommand=/bin/cat\nstartsecs=0\n";
    stage.reconfigure(&format!("{}{extra}", PROGRAMS.replace("[program:single]", "[program:other]")));
    stage.go_live("daemon.html");
    stage.browser.click("a[href=\"daemon.html?plan=1#plan\"]");
    stage.browser.wait("document.querySelectorAll('.plan li').length === 3");
    let plan = stage.browser.value("document.querySelector('.plan').textContent");
    for expect in ["+ late", "+ other", "− single"] {
        assert!(plan.contains(expect), "{plan}");
    }
    assert_eq!(stage.world.state("single"), "RUNNING", "looking changes nothing");
    stage.browser.click("button[value=update]");
    stage.browser.wait("!document.querySelector('.plan') && document.querySelector('.toast')");
    stage.world.wait_state("late", "RUNNING");
    stage.world.wait_state("other", "RUNNING");
    assert!(stage.world.ctl("status single").stdout.contains("no such process"));
    stage.assert_quiet();
}

#[test]
fn everything_without_script() {
    let Some(mut stage) = Stage::open(PROGRAMS) else { return };
    stage.browser.command("Emulation.setScriptExecutionDisabled", &json!({"value": true}));
    stage.world.wait_state("single", "RUNNING");
    stage.go("");
    assert_eq!(stage.browser.value("document.documentElement.dataset.link ?? 'none'"), "none");
    stage.browser.click("button[value=\"stop single\"]");
    stage.wait_row("single", "STOPPED");
    stage.browser.click("button[value=\"start single\"]");
    stage.wait_row("single", "RUNNING");
    stage.browser.click("button[value=stop-all]");
    stage.browser.wait("document.querySelector('h1') && !document.querySelector('.row')");
    assert_eq!(stage.world.state("single"), "RUNNING", "it asks first");
    stage.browser.click("button[value=stop-all]");
    stage.wait_row("single", "STOPPED");
    stage.go("?q=guitar");
    assert_eq!(stage.browser.value("document.querySelectorAll('#sections .row').length"), "1");
}

#[test]
fn a_lost_connection_is_marked_and_found_again() {
    let Some(mut stage) = Stage::open(PROGRAMS) else { return };
    stage.world.wait_state("single", "RUNNING");
    stage.go_live("");
    let pids = stage.world.pids_of(&["band:guitar", "band:drums", "single"]);
    stage.world.signal("KILL");
    stage.browser.wait("document.querySelector('#lost').checkVisibility()");
    assert_eq!(stage.browser.value("document.documentElement.dataset.link"), "lost");
    let usable = "document.querySelectorAll('button[name=do]:enabled').length";
    assert_eq!(stage.browser.value(usable), "0", "nobody would hear what they say");
    stage.world.wait_end();
    for pid in pids {
        processes::send(pid, processes::signal("KILL"));
    }
    stage.world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    stage.browser.wait("document.documentElement.dataset.link === 'live'");
    stage.browser.wait("!document.querySelector('#lost').checkVisibility()");
    stage.wait_row("single", "RUNNING");
    stage.browser.wait(usable);
}

#[test]
fn a_daemon_that_is_shut_down_says_so() {
    let Some(mut stage) = Stage::open(PROGRAMS) else { return };
    stage.go_live("daemon.html");
    stage.browser.click("button[value=shutdown]");
    stage.browser.wait("document.querySelector('button[value=shutdown].primary')");
    stage.browser.click("button[value=shutdown]");
    stage.browser.wait("document.querySelector('h1')?.textContent === 'The daemon shuts down.'");
    assert_eq!(stage.world.wait_end(), Some(0));
}

//! Many tabs on one daemon: a browser has six connections for each host, and they must not run out.

use provost_tests::http::Server;
use provost_tests::processes;
use provost_tests::wait::{PATIENCE, until};

use crate::stage::{PROGRAMS, Stage};

/// More than a browser has connections.
const TABS: usize = 8;

/// Streams that the daemon has open, as its metrics say.
fn streams(stage: &mut Stage) -> usize {
    let server = Server::Tcp(stage.world.scratch.port(1));
    let page = server.exchange(b"GET /metrics HTTP/1.0\r\n\r\n").expect("the daemon answers").body;
    let line = page.lines().find_map(|line| line.strip_prefix("provost_http_streams "));
    line.and_then(|number| number.parse().ok()).expect("there is such a figure")
}

#[track_caller]
fn wait_streams(stage: &mut Stage, expect: usize) {
    until(PATIENCE, &format!("{expect} streams"), || streams(stage) == expect);
}

#[test]
fn a_page_has_one_stream_and_one_that_nobody_sees_has_none() {
    let Some(mut stage) = Stage::open(PROGRAMS) else { return };
    stage.world.wait_state("single", "RUNNING");
    let mut tabs = Vec::new();
    for _ in 0..TABS {
        tabs.push(stage.browser.open_tab());
        stage.go_live("program.html?name=single");
    }
    wait_streams(&mut stage, 1);
    let pid = stage.world.pid_of("single");
    processes::send(pid, processes::signal("KILL"));
    stage.world.wait_state("single", "EXITED");
    for tab in &tabs {
        stage.browser.show_tab(tab);
        stage.browser.wait("document.querySelector('#program').dataset.state === 'EXITED'");
        stage.browser.wait("document.documentElement.dataset.link === 'live'");
        wait_streams(&mut stage, 1);
    }
    stage.assert_quiet();
}

#[test]
fn a_log_goes_on_where_it_was_when_somebody_looks_again() {
    let Some(mut stage) = Stage::open(PROGRAMS) else { return };
    stage.world.wait_state("single", "RUNNING");
    let log = stage.browser.open_tab();
    stage.go_live("program.html?name=single");
    let say = |stage: &Stage, words: &str| {
        stage.browser.type_into("#stdin", words);
        stage.browser.click("button[value=\"stdin single\"]");
    };
    say(&stage, "seen");
    stage.browser.wait("document.querySelector('.log').textContent.includes('seen')");
    stage.browser.open_tab();
    stage.go_live("program.html?name=single");
    say(&stage, "missed");
    stage.browser.wait("document.querySelector('.log').textContent.includes('missed')");
    stage.browser.show_tab(&log);
    stage.browser.wait("document.querySelector('.log').textContent.includes('missed')");
    let lines = "[...document.querySelectorAll('.log .line')].map((line) => line.textContent).join()";
    assert_eq!(stage.browser.value(lines), "seen,missed", "nothing comes twice");
    stage.assert_quiet();
}

#[test]
fn a_page_that_cannot_be_brought_up_to_date_does_not_look_well() {
    let Some(stage) = Stage::open(PROGRAMS) else { return };
    let mut stage = stage;
    stage.world.wait_state("single", "RUNNING");
    let overview = stage.browser.open_tab();
    stage.go_live("");
    stage.browser.open_tab();
    // It is there and takes connections, but does not answer.
    stage.world.signal("STOP");
    stage.browser.show_tab(&overview);
    stage.browser.wait("document.querySelector('#lost').checkVisibility()");
    stage.world.signal("CONT");
    stage.browser.wait("document.documentElement.dataset.link === 'live'");
    stage.wait_row("single", "RUNNING");
}

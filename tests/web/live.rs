//! What appears on a page by itself, and that nothing on it comes to life that should not.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use provost_tests::processes;

use crate::stage::{PROGRAMS, Stage};

/// Generous, because two browsers share a busy machine; the figure itself is printed.
const AT_ONCE: Duration = Duration::from_secs(5);

/// Notes the time, in milliseconds, at which a row shows that its process has ended.
const WATCH: &str = "
const row = document.querySelector('[data-name=\"single\"]');
new MutationObserver(() => {
  if (row.dataset.state === 'EXITED') window.seenAt ??= performance.timeOrigin + performance.now();
}).observe(row, { attributes: true, attributeFilter: ['data-state'] });";

#[test]
fn a_crash_appears_at_once() {
    let Some(mut stage) = Stage::open(PROGRAMS) else { return };
    stage.world.wait_state("single", "RUNNING");
    stage.go_live("");
    stage.wait_row("single", "RUNNING");
    stage.browser.script(WATCH);
    let pid = stage.world.pid_of("single");
    let killed = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
    processes::send(pid, processes::signal("KILL"));
    stage.browser.wait("window.seenAt");
    let seen = stage.browser.script("return window.seenAt").as_f64().expect("a time");
    let took = Duration::from_secs_f64((seen / 1e3 - killed.as_secs_f64()).max(0.0));
    eprintln!("from the death of a process to the page: {took:?}");
    assert!(took < AT_ONCE, "{took:?}");
    let note = stage.browser.value("document.querySelector('[data-name=\"single\"] .note').textContent");
    assert!(note.contains("SIGKILL"), "{note}");
    stage.assert_quiet();
}

/// Its use of the processor changes all the time.
const BUSY: &str = r#"
[program:busy]
command=/bin/sh -c "while :; do i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; sleep 0.3; done"
startsecs=0
"#;
/// Points of the first curve on a page.
const POINTS: &str = "(document.querySelector('.cpu path')?.getAttribute('d') ?? '').split('L').length";

#[test]
fn curves_go_on_from_page_to_page() {
    let Some(mut stage) = Stage::open(BUSY) else { return };
    stage.go_live("");
    stage.browser.wait(&format!("{POINTS} >= 3"));
    stage.go_live("program.html?name=busy");
    // A curve that began anew would be seen with two points first.
    stage.browser.wait(&format!("{POINTS} >= 2"));
    let points = stage.browser.script(&format!("return {POINTS}")).as_f64().expect("a number");
    assert!(points >= 4.0, "{points}");
    stage.assert_quiet();
}

const COLOURS: &str = r#"
[program:painter]
command=/bin/sh -c 'printf "\033[31mred\033[0m plain\n"; exec cat'
startsecs=0
stdout_logfile=%(here)s/painter.log
"#;

#[test]
fn a_log_is_followed_with_its_colours() {
    let Some(mut stage) = Stage::open(COLOURS) else { return };
    stage.world.wait_file("painter.log", "plain");
    stage.go_live("program.html?name=painter");
    let spans = "[...document.querySelectorAll('.log span')]";
    stage.browser.wait(&format!("{spans}.some((span) => span.textContent === 'red' && span.style.color)"));
    stage.browser.type_into("#stdin", "said from the page");
    stage.browser.click("button[value=\"stdin painter\"]");
    stage.browser.wait("document.querySelector('.log').textContent.includes('said from the page')");
    assert!(!stage.browser.value("document.querySelector('.log').textContent").contains('\u{1b}'));
    stage.assert_quiet();
}

const HOSTILE: &str = r#"
[program:hostile]
process_name=<script>window.hacked=1<b>
command=/bin/sh -c 'cat %(here)s/evil; exec cat'
startsecs=0
stdout_logfile=%(here)s/hostile.log
[program:broken]
process_name=<img_onerror=hacked=1>"'&amp;
command=/nonexistent/<img_src=x_onerror=hacked=1>
startretries=0
"#;

/// A name as addresses have it.
const QUOTED: &str = "hostile:%3Cscript%3Ewindow.hacked%3D1%3Cb%3E";

#[test]
fn hostile_names_and_logs_are_only_text() {
    let Some(mut stage) = Stage::open("") else { return };
    let evil = "</pre><script>window.hacked=1</script><img src=x onerror=window.hacked=1>\n";
    stage.world.scratch.write("evil", evil);
    stage.reconfigure(HOSTILE);
    stage.world.ctl("update");
    stage.world.wait_file("hostile.log", "onerror");
    for page in ["".to_owned(), format!("program.html?name={QUOTED}"), format!("?q={QUOTED}&note={QUOTED}")] {
        stage.go_live(&page);
        stage.browser.wait("document.body.textContent.includes('hacked=1')");
        assert_eq!(stage.browser.value("window.hacked ?? 'no'"), "no", "{page}");
        assert_eq!(stage.browser.value("document.querySelectorAll('img[src=x], main b b').length"), "0");
    }
    stage.go_live(&format!("program.html?name={QUOTED}"));
    let log = "document.querySelector('.log').textContent.includes('<img src=x')";
    stage.browser.wait(log);
    stage.browser.type_into("#stdin", "<img src=x onerror=window.hacked=1>live");
    stage.browser.click("button[value^=\"stdin \"]");
    stage.browser.wait("document.querySelector('.log').textContent.includes('>live')");
    assert_eq!(stage.browser.value("window.hacked ?? 'no'"), "no");
    stage.assert_quiet();
}

//! A thousand programs on one page.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use provost_tests::processes;

use crate::stage::Stage;

const CROWD: &str = r"
[program:many]
command=/bin/cat
process_name=worker-%(process_num)04d
numprocs=999
autostart=false
[program:one]
command=/bin/cat
startsecs=0
autorestart=false
";

/// What a first visit may load, in bytes as they come over the network.
const FIRST_VISIT: f64 = 60_000.0;
/// How long the page may be deaf for people. The figure itself is printed; the bound is generous because other tests take
/// their share of the machine.
const DEAF: f64 = 1000.0;

/// Notes the longest task of the page from now on, in milliseconds, and when the program was seen to end.
const WATCH: &str = "
window.longest = 0;
new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => {
  window.longest = Math.max(window.longest, duration);
})).observe({ type: 'longtask' });
const row = document.querySelector('[data-name=\"one\"]');
new MutationObserver(() => {
  if (row.dataset.state === 'EXITED') window.seenAt ??= performance.timeOrigin + performance.now();
}).observe(row, { attributes: true, attributeFilter: ['data-state'] });";

/// Bytes that came over the network for this page, and from how many hosts.
const LOADED: &str = "
const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
return [all.reduce((sum, { transferSize }) => sum + transferSize, 0), new Set(all.map(({ name }) => new URL(name).host)).size];";

fn number(stage: &Stage, expression: &str) -> f64 {
    stage.browser.script(&format!("return {expression}")).as_f64().expect("a number")
}

#[test]
fn a_thousand_programs_are_shown_smoothly() {
    let Some(mut stage) = Stage::open(CROWD) else { return };
    stage.world.wait_state("one", "RUNNING");
    stage.go_live("");
    let loaded = stage.browser.script(LOADED);
    let bytes = loaded[0].as_f64().expect("a number");
    eprintln!("first visit with a thousand programs: {bytes} bytes over the network");
    assert!(bytes < FIRST_VISIT, "{bytes}");
    assert_eq!(loaded[1], 1, "nothing comes from elsewhere");

    stage.browser.script(WATCH);
    let pid = stage.world.pid_of("one");
    let killed = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
    processes::send(pid, processes::signal("KILL"));
    stage.browser.wait("window.seenAt");
    let seen = Duration::from_secs_f64(number(&stage, "window.seenAt") / 1e3);
    eprintln!("from a death to the page of a thousand: {:?}", seen.saturating_sub(killed));

    let shown = |names: &str| {
        let rows = "[...document.querySelectorAll('#sections .row')].filter((row) => !row.hidden)";
        stage.browser.wait(&format!("{rows}.map((row) => row.dataset.name).join() === '{names}'"));
    };
    stage.browser.type_into("#q", "worker-012");
    shown(&(120..130).map(|number| format!("many:worker-{number:04}")).collect::<Vec<_>>().join(","));
    stage.browser.script("document.querySelector('#q').value = ''; document.querySelector('#q').dispatchEvent(new Event('input'))");
    stage.browser.script("const sort = document.querySelector('#sort'); sort.value = 'state'; sort.dispatchEvent(new Event('change'))");
    stage.browser.wait("document.querySelector('#sections .row').dataset.name === 'one'");
    stage.browser.click("#totals [data-state=EXITED]");
    shown("one");
    let longest = number(&stage, "window.longest");
    eprintln!("longest task of the page meanwhile: {longest} ms");
    assert!(longest < DEAF, "{longest} ms");
    stage.assert_quiet();
}

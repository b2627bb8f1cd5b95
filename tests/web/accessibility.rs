//! Whether everybody can use the pages, as far as `axe-core` can tell, in both themes.

use std::fs;

use provost_tests::implementation::workspace;

use crate::stage::{PROGRAMS, Stage, leave_out};

/// Installed by `cargo xtask test`.
const AXE: &str = ".venv/node/node_modules/axe-core/axe.min.js";

const RUN: &str = "
const done = arguments[arguments.length - 1];
axe.run(document).then(({ violations }) => done(violations.map(({ id, help, nodes }) =>
  `${id}: ${help}: ${nodes.map((node) => `${node.html} (${node.failureSummary})`).join(' | ')}`)),
  (error) => done([String(error)]));";

#[test]
fn axe_finds_nothing_on_the_pages() {
    let Some(mut stage) = Stage::open(PROGRAMS) else { return };
    stage.world.wait_state("broken", "FATAL");
    let tail = "tail.html?processname=single";
    check(&mut stage, &["", "program.html?name=single", "daemon.html?plan=1", "?action=stopall", tail]);
}

#[test]
fn axe_finds_nothing_before_signing_in() {
    let Some(mut stage) = Stage::locked(PROGRAMS) else { return };
    check(&mut stage, &["", "?lang=zh-CN"]);
}

/// Looks at every page in both themes, and shows all complaints at once.
#[track_caller]
fn check(stage: &mut Stage, pages: &[&str]) {
    let path = workspace().join(AXE);
    let Ok(axe) = fs::read_to_string(&path) else {
        leave_out(&format!("there is no {}; `cargo xtask test` installs it", path.display()));
        return;
    };
    let mut found = Vec::new();
    for theme in ["light", "dark"] {
        stage.browser.prefer(theme);
        for page in pages {
            stage.go(page);
            stage.browser.script(&axe);
            let complaints = stage.browser.script_later(RUN);
            let complaints = complaints.as_array().expect("a list of complaints");
            found.extend(complaints.iter().map(|complaint| format!("{theme} {page}: {complaint}")));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

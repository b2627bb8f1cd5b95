//! How pages look: on a phone, by day and by night.

use crate::stage::{PROGRAMS, Stage};

const PAGES: [&str; 3] = ["", "program.html?name=single", "daemon.html?plan=1"];

#[test]
fn a_phone_needs_no_sideways_scrolling() {
    let Some(mut stage) = Stage::open(PROGRAMS) else { return };
    stage.browser.resize(360, 740);
    for language in ["en", "zh-CN"] {
        stage.go(&format!("?lang={language}"));
        for page in PAGES {
            stage.go_live(page);
            assert_eq!(stage.browser.value("document.documentElement.lang"), language, "{page}");
            let width = stage.browser.value("document.documentElement.scrollWidth");
            assert_eq!(width, "360", "{page} in {language}");
        }
    }
    stage.assert_quiet();
}

#[test]
fn themes_follow_the_browser_until_somebody_chooses() {
    let Some(mut stage) = Stage::open(PROGRAMS) else { return };
    stage.go_live("");
    let brightness = |stage: &Stage| -> f64 {
        let colour = "getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g).map(Number)";
        let sum = format!("{colour}.slice(0, 3).reduce((sum, part) => sum + part)");
        stage.browser.value(&sum).parse().expect("a number")
    };
    stage.browser.prefer("light");
    let day = brightness(&stage);
    stage.browser.prefer("dark");
    assert!(brightness(&stage) < day / 2.0, "the page follows the browser");
    stage.browser.click(".themes a:nth-of-type(2)");
    stage.browser.wait("document.documentElement.dataset.theme === 'light'");
    assert!((brightness(&stage) - day).abs() < 1.0, "the choice counts for more");
    stage.go("daemon.html");
    assert_eq!(stage.browser.value("document.documentElement.dataset.theme"), "light", "it is kept");
    stage.assert_quiet();
}

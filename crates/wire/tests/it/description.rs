//! Texts that scripts parse.

use provost_wire::description::Uptime;

#[track_caller]
fn check(seconds: u64, expect: &str) {
    assert_eq!(Uptime::from_seconds(seconds).to_string(), expect);
}

#[test]
fn uptimes() {
    check(0, "0:00:00");
    check(5, "0:00:05");
    check(3599, "0:59:59");
    check(3600, "1:00:00");
    check(36_000, "10:00:00");
    check(86_399, "23:59:59");
    check(86_400, "1 day, 0:00:00");
    check(93_784, "1 day, 2:03:04");
    check(172_800, "2 days, 0:00:00");
    check(863_999, "9 days, 23:59:59");
    check(86_400_000, "1000 days, 0:00:00");
}

#[test]
fn a_clock_that_was_set_back_shows_zero() {
    assert_eq!(Uptime::between(100, 105), Uptime::from_seconds(5));
    assert_eq!(Uptime::between(100, 99), Uptime::from_seconds(0));
    assert_eq!(Uptime::between(i64::MAX, i64::MIN), Uptime::from_seconds(0));
}

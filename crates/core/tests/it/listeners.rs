//! Pools of listeners: who gets which event, in which order, and what the log says of it.

use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::{Just, Strategy, proptest};
use proptest::{collection, prop_assert, prop_assert_eq, prop_oneof, sample};
use provost_config::model::{self, EventKind, Group, GroupKind};
use provost_core::event::{Event, Output};
use provost_core::notice::ProcessName;
use provost_core::output::Channel;
use provost_core::pool::{FIRST_PAUSE, LONGEST_PAUSE, PoolEffect, Pools, Refusal};
use provost_core::process::{Life, Phase};
use provost_core::status::{ExitStatus, Pid, ProcessId};
use provost_core::time::{Mono, Now, Wall};

use crate::world::config::program;

const PID: Pid = Pid(4711);

/// Pools, a clock, and what the pools did.
struct Hall {
    pools: Pools,
    now: Now,
    /// Name of every process; its index is its id.
    names: Vec<String>,
    /// What was sent, as `listener <- serial/poolserial KIND payload`.
    sent: Vec<String>,
    /// The activity log.
    lines: Vec<String>,
    /// The daemon's standard output.
    printed: Vec<u8>,
}

impl Hall {
    /// No pools, at a moment that is 2 seconds away from any tick.
    fn empty() -> Self {
        let now = Now { mono: Mono(9_000_000_000), wall: Wall(1_795_399_683_000_000) };
        Self {
            pools: Pools::new(0),
            now,
            names: Vec::new(),
            sent: Vec::new(),
            lines: Vec::new(),
            printed: Vec::new(),
        }
    }

    /// One pool `pool` with room for 10 events of every kind, and these listeners, which are READY.
    fn ready(listeners: &[&str]) -> Self {
        let mut hall = Self::empty();
        hall.add("pool", 10, "EVENT", listeners);
        for listener in listeners {
            hall.arrive(listener);
        }
        hall.forget();
        hall
    }

    fn add(&mut self, pool: &str, buffer_size: usize, events: &str, listeners: &[&str]) -> &mut Self {
        let kind = |name: &str| EventKind::from_name(name).expect("the test names a kind");
        let config = model::Pool {
            buffer_size,
            events: events.split(',').map(kind).collect(),
            result_handler: model::ResultHandler::Default,
            event_length: model::EventLength::Characters,
        };
        self.group(pool, GroupKind::Listeners(config), listeners)
    }

    fn group(&mut self, name: &str, kind: GroupKind, members: &[&str]) -> &mut Self {
        let processes = members.iter().map(|name| program(name).into()).collect();
        let first = self.names.len();
        self.names.extend(members.iter().map(|name| (*name).to_owned()));
        let ids: Vec<_> = (first..self.names.len()).map(id_at).collect();
        self.pools.add(&Group { name: name.into(), priority: -1, kind, processes }, &ids);
        self.turn()
    }

    fn remove(&mut self, pool: &str) -> &mut Self {
        self.pools.remove(pool);
        self.turn()
    }

    fn id(&self, name: &str) -> ProcessId {
        id_at(self.names.iter().position(|known| known == name).expect("the test names a process"))
    }

    fn moved(&mut self, name: &str, phase: Phase) -> &mut Self {
        self.pools.moved(self.id(name), &phase);
        self.turn()
    }

    fn born(&mut self, name: &str) -> &mut Self {
        self.moved(name, Phase::Forking { stop: false });
        self.moved(name, Phase::Starting { pid: PID, running_at: self.now.mono })
    }

    fn runs(&mut self, name: &str) -> &mut Self {
        self.moved(name, Phase::Running { pid: PID })
    }

    /// A new child, RUNNING and READY.
    fn arrive(&mut self, name: &str) -> &mut Self {
        self.born(name).says(name, "READY\n").runs(name)
    }

    fn dies(&mut self, name: &str) -> &mut Self {
        let status = ExitStatus::Exited(1);
        self.moved(name, Phase::Draining { pid: PID, was: Life::Running, status, died: self.now.mono })
    }

    fn is_gone(&mut self, name: &str) -> &mut Self {
        self.moved(name, Phase::Exited { restart_at: None })
    }

    fn says(&mut self, name: &str, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.pools.heard(self.now, self.id(name), bytes.as_ref());
        self.turn()
    }

    fn refused(&mut self, name: &str, reason: Refusal) -> &mut Self {
        self.pools.refused(self.id(name), reason);
        self.turn()
    }

    fn offer(&mut self, event: &Event<'_>) -> &mut Self {
        self.pools.offer(event);
        self.turn()
    }

    /// Offers remote events, whose payload ends in the given letters.
    fn remote(&mut self, letters: &str) -> &mut Self {
        for (at, letter) in letters.char_indices() {
            let data = &letters[at..at + letter.len_utf8()];
            self.offer(&Event::Remote { kind: "t", data });
        }
        self
    }

    fn pass(&mut self, duration: Duration) -> &mut Self {
        self.now.mono = self.now.mono.after(duration);
        self.now.wall.0 += i64::try_from(duration.as_micros()).expect("a short time");
        self.turn()
    }

    fn turn(&mut self) -> &mut Self {
        self.pools.turn(self.now);
        while let Some(effect) = self.pools.poll_effect() {
            match effect {
                PoolEffect::Notify(notice) => {
                    let (level, text) = notice.line();
                    self.lines.push(format!("{} {text}", level.code()));
                }
                PoolEffect::Print(output) => self.printed.extend(output),
                PoolEffect::Deliver { process, envelope } => {
                    let name = &self.names[process.0 as usize];
                    let payload = envelope.payload.text().replace('\n', "|");
                    let (serial, pool_serial) = (envelope.serial, envelope.pool_serial);
                    let kind = envelope.kind.name();
                    self.sent.push(format!("{name} <- {serial}/{pool_serial} {kind} {payload}"));
                }
            }
        }
        self.pools.check_invariants().expect("what always holds");
        self
    }

    fn forget(&mut self) {
        self.sent.clear();
        self.lines.clear();
    }

    /// What was sent since the last look.
    #[track_caller]
    fn sent(&mut self, expect: &[&str]) -> &mut Self {
        assert_eq!(std::mem::take(&mut self.sent), expect);
        self
    }

    /// As [`Self::sent`], but only listener and last letter of each payload: `a:x`.
    #[track_caller]
    fn got(&mut self, expect: &str) -> &mut Self {
        let short = |line: String| {
            let (listener, rest) = line.split_once(' ').expect("a line of Self::sent");
            format!("{listener}:{}", &rest[rest.len() - 1..])
        };
        let got: Vec<_> = std::mem::take(&mut self.sent).into_iter().map(short).collect();
        assert_eq!(got.join(" "), expect);
        self
    }

    /// What was logged since the last look.
    #[track_caller]
    fn logged(&mut self, expect: &[&str]) -> &mut Self {
        assert_eq!(std::mem::take(&mut self.lines), expect);
        self
    }

    #[track_caller]
    fn due_in(&mut self, expect: Option<Duration>) -> &mut Self {
        assert_eq!(self.pools.deadline().map(|at| at.since(self.now.mono)), expect);
        self
    }

    #[track_caller]
    fn state(&mut self, name: &str, expect: &str) -> &mut Self {
        let state = self.pools.listener_state(self.id(name));
        assert_eq!(state.map_or("none", provost_core::pool::ListenerState::name), expect);
        self
    }
}

fn id_at(index: usize) -> ProcessId {
    ProcessId(u32::try_from(index).expect("few processes"))
}

const UNKNOWN_LINE: &str = "has entered the UNKNOWN state and will no longer receive events, this usually \
                            indicates the process violated the eventlistener protocol";

#[test]
fn an_event_goes_to_a_listener_that_is_running_and_ready() {
    let mut hall = Hall::empty();
    hall.add("pool", 10, "EVENT", &["a"]).remote("x").sent(&[]);
    hall.born("a").state("a", "ACKNOWLEDGED").sent(&[]);
    hall.says("a", "READY\n").state("a", "READY").sent(&[]);
    hall.runs("a").state("a", "BUSY").sent(&["a <- 0/0 REMOTE_COMMUNICATION type:t|x"]);
    hall.logged(&["DEBG a: ACKNOWLEDGED -> READY", "DEBG event 0 sent to listener a"]);
}

#[test]
fn a_running_listener_gets_nothing_before_it_is_ready() {
    let mut hall = Hall::empty();
    hall.add("pool", 10, "EVENT", &["a"]).remote("x").born("a").runs("a").says("a", "READ").sent(&[]);
    hall.says("a", "Y\n").got("a:x");
}

#[test]
fn an_accepted_event_is_done() {
    let mut hall = Hall::ready(&["a"]);
    hall.remote("xy").got("a:x").logged(&["DEBG event 0 sent to listener a"]);
    hall.says("a", "RESULT 2\nOK").state("a", "ACKNOWLEDGED").got("");
    hall.logged(&["DEBG a: event was processed", "DEBG a: BUSY -> ACKNOWLEDGED"]);
    hall.says("a", "READY\n").got("a:y");
    hall.logged(&["DEBG a: ACKNOWLEDGED -> READY", "DEBG event 1 sent to listener a"]);
    hall.says("a", "RESULT 2\nOKREADY\n").state("a", "READY").got("").due_in(Some(Duration::from_secs(2)));
}

#[test]
fn the_first_ready_listener_in_configured_order_is_chosen() {
    let mut hall = Hall::ready(&["a", "b", "c"]);
    hall.remote("wxyz").got("a:w b:x c:y");
    hall.says("c", "RESULT 2\nOKREADY\n").got("c:z");
    hall.says("b", "RESULT 2\nOKREADY\n").says("a", "RESULT 2\nOKREADY\n").remote("1").got("a:1");
}

#[test]
fn what_a_printer_is_answered_is_printed() {
    let mut hall = Hall::empty();
    let config = model::Pool {
        buffer_size: 10,
        events: [EventKind::ProcessLog].into(),
        result_handler: model::ResultHandler::Printer("supervisor_stdout:event_handler".into()),
        event_length: model::EventLength::Characters,
    };
    hall.group("pool", GroupKind::Listeners(config), &["a"]).arrive("a").forget();
    let process = ProcessName { group: "g".into(), name: "web".into() };
    let data = Bytes::from_static(b"one\ntwo");
    let output = Output { process: &process, pid: PID, channel: Channel::Stderr, data: &data };
    hall.offer(&Event::Log(output)).forget();
    let answer = "processname:web groupname:g pid:4711 channel:stderr\none\ntwo";
    hall.says("a", format!("RESULT {}\n{answer}", answer.len())).state("a", "ACKNOWLEDGED");
    hall.logged(&["DEBG a: event was processed", "DEBG a: BUSY -> ACKNOWLEDGED"]);
    assert_eq!(String::from_utf8_lossy(&hall.printed), "web stderr | one\nweb stderr | two\n");
}

#[test]
fn a_listener_that_is_to_stop_gets_nothing_more() {
    let mut hall = Hall::ready(&["a"]);
    hall.moved("a", Phase::Stopping { pid: PID, kill_at: Mono(0), kills: 0 }).remote("x").got("");
    hall.state("a", "READY").dies("a").got("").is_gone("a").got("").state("a", "none");
}

#[test]
fn violations_of_the_protocol() {
    #[track_caller]
    fn check(state: &str, says: &[u8], expect: &[&str]) {
        let mut hall = Hall::empty();
        hall.add("pool", 10, "EVENT", &["a"]).born("a").runs("a");
        if state != "ACKNOWLEDGED" {
            hall.says("a", "READY\n");
        }
        if state == "BUSY" {
            hall.remote("x");
        }
        hall.state("a", state).forget();
        let unknown = format!("WARN a: {UNKNOWN_LINE}");
        let expect: Vec<_> =
            expect.iter().map(|line| if *line == "UNKNOWN" { unknown.as_str() } else { line }).collect();
        hall.says("a", says).state("a", "UNKNOWN").logged(&expect);
        hall.remote("y").says("a", "READY\nRESULT 2\nOKREADY\n").logged(&[]).sent(&[]);
    }
    check("ACKNOWLEDGED", b"hello world\n", &["DEBG a: ACKNOWLEDGED -> UNKNOWN", "UNKNOWN"]);
    check("READY", b"READY\nx", &["DEBG a: READY -> UNKNOWN", "UNKNOWN"]);
    let rebuffered = "DEBG rebuffering event 0 for pool pool (buf size=0, max=10)";
    let busy = "DEBG a: BUSY -> UNKNOWN";
    check("BUSY", b"RESULT x\n", &["WARN a: bad result line: 'RESULT x'", busy, "UNKNOWN", rebuffered]);
    check(
        "BUSY",
        b"\xffESULT 2x\xfe\n",
        &["WARN a: bad result line: 'Undecodable: b'\\xffESULT 2x\\xfe''", busy, "UNKNOWN", rebuffered],
    );
}

#[test]
fn the_event_of_a_violator_goes_to_another_listener() {
    let mut hall = Hall::ready(&["a", "b"]);
    hall.remote("x").got("a:x").says("a", "RESULT -1\n").got("b:x");
    hall.remote("y").got("").says("b", "RESULT 2\nOKREADY\n").got("b:y");
}

#[test]
fn a_new_child_is_a_new_beginning() {
    let mut hall = Hall::ready(&["a"]);
    hall.says("a", "nonsense").state("a", "UNKNOWN").remote("x").got("");
    hall.dies("a").is_gone("a").arrive("a").got("a:x");
}

#[test]
fn a_half_said_word_does_not_outlive_the_child() {
    let mut hall = Hall::empty();
    hall.add("pool", 10, "EVENT", &["a"]).born("a").says("a", "READ").dies("a").is_gone("a");
    hall.born("a").says("a", "Y\nREAD").state("a", "UNKNOWN");
}

#[test]
fn a_death_while_busy_puts_the_event_back() {
    let mut hall = Hall::ready(&["a"]);
    hall.remote("xyz").got("a:x").forget();
    hall.dies("a").logged(&[]).is_gone("a");
    hall.logged(&["DEBG rebuffering event 0 for pool pool (buf size=2, max=10)"]);
    hall.arrive("a").sent(&["a <- 0/0 REMOTE_COMMUNICATION type:t|x"]);
    hall.says("a", "RESULT 2\nOKREADY\n").got("a:y");
}

#[test]
fn last_words_count() {
    let mut hall = Hall::ready(&["a"]);
    hall.remote("x").got("a:x").dies("a").says("a", "RESULT 2\nOKREADY\n").remote("y").got("");
    hall.is_gone("a").arrive("a").got("a:y");
}

#[test]
fn words_after_the_end_do_not() {
    let mut hall = Hall::ready(&["a"]);
    hall.dies("a").is_gone("a").forget();
    hall.says("a", "READY\n").logged(&[]).state("a", "none").remote("x").got("");
    hall.born("a").runs("a").state("a", "ACKNOWLEDGED").got("");
}

#[test]
fn a_rejected_event_comes_again_before_the_others_and_keeps_its_numbers() {
    let mut hall = Hall::ready(&["a"]);
    hall.remote("xy").got("a:x").forget();
    hall.says("a", "RESULT 4\nFAILREADY\n").logged(&[
        "WARN a: event was rejected",
        "DEBG a: BUSY -> ACKNOWLEDGED",
        "DEBG rebuffering event 0 for pool pool (buf size=1, max=10)",
        "DEBG a: ACKNOWLEDGED -> READY",
    ]);
    hall.sent(&[]).due_in(Some(FIRST_PAUSE));
    hall.pass(FIRST_PAUSE).sent(&["a <- 0/0 REMOTE_COMMUNICATION type:t|x"]);
    hall.says("a", "RESULT 2\nOKREADY\n").sent(&["a <- 1/1 REMOTE_COMMUNICATION type:t|y"]);
}

#[test]
fn pauses_double_until_an_event_is_accepted() {
    let mut hall = Hall::empty();
    hall.add("pool", 10, "REMOTE_COMMUNICATION", &["a"]).arrive("a").remote("x").got("a:x");
    for millis in [100, 200, 400, 800, 1600, 3200, 5000, 5000] {
        let pause = Duration::from_millis(millis);
        hall.says("a", "RESULT 0\nREADY\n").due_in(Some(pause));
        hall.pass(pause - Duration::from_micros(1)).got("");
        hall.pass(Duration::from_micros(1)).got("a:x").due_in(None);
    }
    assert_eq!(LONGEST_PAUSE, Duration::from_secs(5));
    hall.says("a", "RESULT 2\nOKREADY\n").remote("y").got("a:y");
    hall.says("a", "RESULT 4\nFAILREADY\n").due_in(Some(FIRST_PAUSE)).pass(FIRST_PAUSE).got("a:y");
}

#[test]
fn a_pause_holds_up_its_own_pool_only() {
    let mut hall = Hall::empty();
    hall.add("one", 10, "REMOTE_COMMUNICATION", &["a", "b"]).add("two", 10, "REMOTE_COMMUNICATION", &["c"]);
    hall.arrive("a").arrive("b").arrive("c").remote("x").got("a:x c:x");
    hall.says("a", "RESULT 4\nFAIL").got("").due_in(Some(FIRST_PAUSE));
    hall.says("c", "RESULT 2\nOKREADY\n").remote("y").got("c:y");
    hall.pass(FIRST_PAUSE).got("b:x").due_in(None);
}

#[test]
fn a_pause_nobody_waits_for_wakes_nobody() {
    let mut hall = Hall::empty();
    hall.add("pool", 10, "REMOTE_COMMUNICATION", &["a"]).arrive("a").remote("x");
    hall.says("a", "RESULT 4\nFAIL").due_in(None);
    hall.pass(Duration::from_millis(40)).says("a", "READY\n").due_in(Some(Duration::from_millis(60)));
    hall.dies("a").due_in(None);
}

#[test]
fn an_event_goes_back_to_its_own_pool_only() {
    let mut hall = Hall::empty();
    hall.add("one", 10, "REMOTE_COMMUNICATION", &["a"]).add("two", 10, "REMOTE_COMMUNICATION", &["b"]);
    hall.add("other", 10, "TICK", &["c"]).arrive("a").arrive("b").arrive("c").remote("x").got("a:x b:x");
    hall.says("b", "RESULT 2\nOKREADY\n").forget();
    hall.says("a", "RESULT 4\nFAILREADY\n").pass(FIRST_PAUSE).got("a:x");
    hall.dies("a").is_gone("a").got("");
    hall.arrive("a").got("a:x");
    assert!(!hall.lines.iter().any(|line| line.contains("for pool two") || line.contains("for pool other")));
}

#[test]
fn a_full_buffer_drops_its_oldest_event() {
    let mut hall = Hall::empty();
    hall.add("small", 2, "EVENT", &["a"]).remote("wxyz").logged(&[
        "ERRO pool small event buffer overflowed, discarding event 0",
        "ERRO pool small event buffer overflowed, discarding event 1",
    ]);
    let status: Vec<_> = hall.pools.status().collect();
    assert_eq!((&*status[0].name, status[0].waiting, status[0].limit, status[0].dropped), ("small", 2, 2, 2));
    let gauge = hall.pools.gauge("small").expect("a pool");
    assert_eq!((gauge.buffered(), gauge.dropped()), (2, 2));
    assert_eq!(hall.pools.gauge("other"), None);
    hall.arrive("a").sent(&["a <- 2/2 REMOTE_COMMUNICATION type:t|y"]);
}

#[test]
fn an_event_that_comes_back_to_a_full_buffer_drops_the_oldest_of_the_others() {
    let mut hall = Hall::empty();
    hall.add("small", 2, "REMOTE_COMMUNICATION", &["a"]).arrive("a").remote("xyz").got("a:x").forget();
    hall.says("a", "RESULT 4\nFAILREADY\n").logged(&[
        "WARN a: event was rejected",
        "DEBG a: BUSY -> ACKNOWLEDGED",
        "DEBG rebuffering event 0 for pool small (buf size=2, max=2)",
        "ERRO pool small event buffer overflowed, discarding event 1",
        "DEBG a: ACKNOWLEDGED -> READY",
    ]);
    hall.pass(FIRST_PAUSE).got("a:x").says("a", "RESULT 2\nOKREADY\n").got("a:z");
}

#[test]
fn an_event_that_cannot_be_written_goes_to_the_next_listener() {
    let mut hall = Hall::ready(&["a", "b"]);
    hall.remote("x").got("a:x").forget();
    hall.refused("a", Refusal::Closed).got("b:x").state("a", "ACKNOWLEDGED").logged(&[
        "DEBG epipe occurred while sending event 0 to listener a, listener state unchanged",
        "DEBG rebuffering event 0 for pool pool (buf size=0, max=10)",
        "DEBG event 0 sent to listener b",
    ]);
    hall.remote("y").got("");
    hall.says("a", "READY\n").got("a:y");
}

#[test]
fn a_listener_that_does_not_read_is_not_ready() {
    let mut hall = Hall::ready(&["a"]);
    hall.remote("x").got("a:x").forget();
    hall.refused("a", Refusal::Full).got("").state("a", "ACKNOWLEDGED").logged(&[
        "WARN a: does not read its standard input, event 0 was not sent; it gets no events before it writes READY \
         again",
        "DEBG rebuffering event 0 for pool pool (buf size=0, max=10)",
    ]);
    hall.says("a", "READY\n").got("a:x");
}

#[test]
fn a_refusal_that_comes_too_late_means_nothing() {
    let mut hall = Hall::ready(&["a"]);
    hall.remote("x").says("a", "RESULT 2\nOKREADY\n").forget();
    hall.refused("a", Refusal::Closed).state("a", "READY").logged(&[]).sent(&[]);
    hall.dies("a").is_gone("a").refused("a", Refusal::Closed).logged(&[]);
}

#[test]
fn only_wanted_events_have_numbers() {
    let mut hall = Hall::empty();
    hall.remote("v").add("remote", 10, "REMOTE_COMMUNICATION", &["r"]).arrive("r");
    hall.offer(&Event::SupervisorStopping).remote("w").sent(&["r <- 0/0 REMOTE_COMMUNICATION type:t|w"]);
    hall.add("all", 10, "EVENT", &["e"]).arrive("e");
    hall.offer(&Event::SupervisorStopping).sent(&["e <- 1/0 SUPERVISOR_STATE_CHANGE_STOPPING "]);
    hall.says("e", "RESULT 2\nOKREADY\n").says("r", "RESULT 2\nOKREADY\n").remote("x");
    hall.sent(&["r <- 2/1 REMOTE_COMMUNICATION type:t|x", "e <- 2/1 REMOTE_COMMUNICATION type:t|x"]);
    assert_eq!(hall.pools.next_serial(), 3);
}

#[test]
fn serials_go_on_after_a_restart_and_pool_serials_begin_anew() {
    let mut hall = Hall::ready(&["a"]);
    hall.remote("xyz");
    hall.pools = Pools::new(hall.pools.next_serial());
    hall.add("pool", 10, "EVENT", &["b"]).arrive("b").forget();
    hall.remote("1").sent(&["b <- 3/0 REMOTE_COMMUNICATION type:t|1"]);
}

#[test]
fn overlapping_subscriptions_deliver_once() {
    let mut hall = Hall::empty();
    hall.add("pool", 10, "EVENT,PROCESS_GROUP,PROCESS_GROUP_ADDED", &["a", "b"]).arrive("a").arrive("b");
    hall.offer(&Event::GroupAdded { group: "g" }).sent(&["a <- 0/0 PROCESS_GROUP_ADDED groupname:g|"]);
}

#[test]
fn a_removed_pool_takes_its_buffer_along() {
    let mut hall = Hall::ready(&["a"]);
    hall.remote("xyz").got("a:x").remove("pool").says("a", "RESULT 2\nOKREADY\n").got("").state("a", "none");
    assert!(!hall.pools.wants(EventKind::RemoteCommunication));
    hall.remote("1").add("pool", 10, "EVENT", &["b"]).arrive("b").got("");
    hall.remote("2").sent(&["b <- 3/0 REMOTE_COMMUNICATION type:t|2"]);
}

#[test]
fn a_pool_sees_what_happens_after_it_was_added() {
    let mut hall = Hall::empty();
    hall.add("one", 10, "PROCESS_GROUP", &["a"]).offer(&Event::GroupAdded { group: "one" });
    hall.add("two", 10, "PROCESS_GROUP", &["b"]).offer(&Event::GroupAdded { group: "two" });
    hall.arrive("a").arrive("b").sent(&[
        "a <- 0/0 PROCESS_GROUP_ADDED groupname:one|",
        "b <- 1/0 PROCESS_GROUP_ADDED groupname:two|",
    ]);
}

#[test]
fn programs_are_no_listeners() {
    let mut hall = Hall::empty();
    hall.group("web", GroupKind::Programs, &["p"]).arrive("p").state("p", "none").logged(&[]);
    hall.dies("p").is_gone("p").refused("p", Refusal::Closed).remote("x").logged(&[]).sent(&[]).due_in(None);
}

#[test]
fn ticks_come_with_the_clock_and_only_to_subscribers() {
    let mut hall = Hall::empty();
    hall.due_in(None).add("none", 10, "PROCESS_STATE", &["n"]).due_in(None);
    hall.add("pool", 10, "TICK_5", &["a"]).due_in(Some(Duration::from_secs(2))).arrive("a").sent(&[]);
    hall.pass(Duration::from_secs(2)).sent(&["a <- 0/0 TICK_5 when:1795399685"]);
    hall.due_in(Some(Duration::from_secs(5))).says("a", "RESULT 2\nOKREADY\n");
    hall.pass(Duration::from_secs(17)).sent(&["a <- 1/1 TICK_5 when:1795399700"]);
    hall.remove("pool").due_in(None).pass(Duration::from_secs(60)).sent(&[]);
}

#[test]
fn ticks_of_one_moment_come_from_short_to_long() {
    let mut hall = Hall::empty();
    hall.add("pool", 10, "TICK", &["a", "b", "c"]).arrive("a").arrive("b").arrive("c");
    let to_the_full_hour = 3600 - hall.now.wall.secs() % 3600;
    hall.pass(Duration::from_secs(to_the_full_hour.unsigned_abs()));
    let when = hall.now.wall.secs();
    hall.sent(&[
        &format!("a <- 0/0 TICK_5 when:{when}"),
        &format!("b <- 1/1 TICK_60 when:{when}"),
        &format!("c <- 2/2 TICK_3600 when:{when}"),
    ]);
}

/// Something that happens in a hall of two pools with two listeners each.
#[derive(Clone, Debug)]
enum Moment {
    Offer(Event<'static>),
    Arrive(usize),
    Say(usize, &'static [u8]),
    Die(usize),
    Gone(usize),
    Refuse(usize, Refusal),
    Pass(u64),
}

const LISTENERS: [&str; 4] = ["a", "b", "c", "d"];

fn moments() -> impl Strategy<Value = Moment> {
    let who = || 0..LISTENERS.len();
    let words: &[&[u8]] = &[
        b"READY\n",
        b"RESULT 2\nOK",
        b"RESULT 2\nOKREADY\n",
        b"RESULT 4\nFAIL",
        b"RESULT 4\nFAILREADY\n",
        b"RESULT 0\n",
        b"nonsense",
        b"REA",
        b"DY\n",
    ];
    let events = vec![
        Event::Remote { kind: "t", data: "d" },
        Event::SupervisorStopping,
        Event::GroupAdded { group: "g" },
    ];
    prop_oneof![
        6 => sample::select(events).prop_map(Moment::Offer),
        4 => who().prop_map(Moment::Arrive),
        8 => (who(), sample::select(words)).prop_map(|(who, words)| Moment::Say(who, words)),
        1 => who().prop_map(Moment::Die),
        2 => who().prop_map(Moment::Gone),
        1 => (who(), prop_oneof![Just(Refusal::Closed), Just(Refusal::Full)])
            .prop_map(|(who, reason)| Moment::Refuse(who, reason)),
        2 => (1_u64..6000).prop_map(Moment::Pass),
    ]
}

fn happen(hall: &mut Hall, moment: &Moment) {
    match moment {
        Moment::Offer(event) => hall.offer(event),
        Moment::Arrive(who) => hall.arrive(LISTENERS[*who]),
        Moment::Say(who, words) => hall.says(LISTENERS[*who], words),
        Moment::Die(who) => hall.dies(LISTENERS[*who]),
        Moment::Gone(who) => hall.is_gone(LISTENERS[*who]),
        Moment::Refuse(who, reason) => hall.refused(LISTENERS[*who], *reason),
        Moment::Pass(millis) => hall.pass(Duration::from_millis(*millis)),
    };
}

fn count(lines: &[String], part: &str) -> usize {
    lines.iter().filter(|line| line.contains(part)).count()
}

proptest! {
    /// Every event that a pool took is processed, dropped and said to be, being worked on, or still waiting; and
    /// nobody gets what was not subscribed to.
    #[test]
    fn no_event_is_lost_or_doubled(moments in collection::vec(moments(), 0..120)) {
        let mut hall = Hall::empty();
        hall.add("one", 3, "EVENT", &LISTENERS[..2]).add("two", 5, "REMOTE_COMMUNICATION", &LISTENERS[2..]);
        let (mut all, mut remote) = (0, 0);
        for moment in &moments {
            if let Moment::Offer(event) = moment {
                all += 1;
                remote += usize::from(matches!(event, Event::Remote { .. }));
            }
            happen(&mut hall, moment);
        }
        let ticks = hall.pools.next_serial() - all as u64;
        all += usize::try_from(ticks).expect("few ticks");

        let status: Vec<_> = hall.pools.status().collect();
        for ((status, members), taken) in status.iter().zip(LISTENERS.chunks(2)).zip([all, remote]) {
            let pool = &status.name;
            let of_members = |text: &str| -> usize {
                members.iter().map(|name| count(&hall.lines, &format!(" {name}{text}"))).sum()
            };
            let processed = of_members(": event was processed");
            let busy = members
                .iter()
                .filter_map(|name| hall.pools.listener_state(hall.id(name)))
                .filter(|state| state.name() == "BUSY")
                .count();
            let dropped = usize::try_from(status.dropped).expect("few events");
            let told = count(&hall.lines, &format!("ERRO pool {pool} event buffer overflowed"));
            let expected = dropped.min(20)..=dropped;
            prop_assert!(expected.contains(&told), "{told} lines about {dropped} events");
            prop_assert_eq!(taken, processed + busy + dropped + status.waiting, "pool {}", pool);

            let rebuffered = count(&hall.lines, &format!("for pool {pool} (buf size="));
            let sent = hall.sent.iter().filter(|line| members.contains(&&line[..1])).count();
            prop_assert_eq!(sent, processed + busy + rebuffered, "pool {}", pool);
        }
        for line in hall.sent.iter().filter(|line| matches!(&line[..1], "c" | "d")) {
            prop_assert!(line.contains(" REMOTE_COMMUNICATION "), "{}", line);
        }
    }
}

#[test]
fn lines_about_dropped_events_are_bounded_and_the_rest_is_summed_up() {
    let mut hall = Hall::empty();
    hall.add("pool", 1, "REMOTE_COMMUNICATION", &["deaf"]);
    for _ in 0..1000 {
        hall.pools.offer(&Event::Remote { kind: "t", data: "d" });
        hall.turn();
    }
    let overflows = hall.lines.iter().filter(|line| line.contains("overflowed")).count();
    assert_eq!(overflows, 20, "{:?}", hall.lines.last());
    let due = hall.pools.deadline().expect("the sum is due");
    hall.now.mono = due;
    hall.turn();
    let last = hall.lines.last().expect("a line");
    assert!(last.contains("pool pool event buffer overflowed, 979 more events were discarded"), "{last}");
    assert_eq!(hall.pools.deadline(), None);
}

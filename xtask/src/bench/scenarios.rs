//! What is measured. Each scenario runs one contender once and says what it saw; the caller repeats and compares.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use provost_tests::processes;
use provost_tests::wait::{look_for, until};

use super::calls::Caller;
use super::contender::{Bout, Contender, Plan, Programs};
use super::marks::now;
use super::numbers::{Numbers, milliseconds, number};

/// How long a daemon is left alone before it counts as idle; longer than `startsecs` and the shortest time between
/// two automatic starts.
const REST: Duration = Duration::from_millis(1500);
/// How long an idle daemon is watched.
const IDLE: Duration = Duration::from_secs(10);
/// Clients that ask at the same time.
const CLIENTS: usize = 8;
/// How long they do.
const LOAD: Duration = Duration::from_secs(4);
/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// What one run of a scenario saw: name, unit, value.
pub(super) type Seen = Vec<(String, &'static str, f64)>;

/// Something to measure.
pub(super) struct Scenario {
    pub(super) name: &'static str,
    pub(super) purpose: &'static str,
    pub(super) run: fn(Contender, &Programs, Effort) -> Seen,
    /// Whether the floor takes part.
    pub(super) floor: bool,
}

/// How much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effort {
    /// Less than a minute for each scenario.
    Quick,
    /// The numbers that are published.
    Full,
}

impl Effort {
    fn choose<T>(self, quick: T, full: T) -> T {
        match self {
            Self::Quick => quick,
            Self::Full => full,
        }
    }
}

/// All, in the order of the table.
pub(super) const ALL: &[Scenario] = &[
    Scenario { name: "start", purpose: "1000 programs from nothing, and their end", run: start, floor: true },
    Scenario {
        name: "restart",
        purpose: "from kill -9 to the successor's first instruction",
        run: restart,
        floor: true,
    },
    Scenario {
        name: "busy",
        purpose: "the same, with 8 clients and 4 talkative programs",
        run: busy,
        floor: false,
    },
    Scenario {
        name: "pressed",
        purpose: "the same, with 8 clients that ask for 1000 programs",
        run: pressed,
        floor: false,
    },
    Scenario {
        name: "log",
        purpose: "one child writes lines of 100 bytes as fast as it can",
        run: log,
        floor: true,
    },
    Scenario { name: "rotate", purpose: "the same, with rotation every 50 MB", run: rotate, floor: false },
    Scenario { name: "logs", purpose: "the same, 8 children", run: logs, floor: true },
    Scenario { name: "size", purpose: "memory, idle wake-ups, mapped bytes", run: size, floor: true },
    Scenario { name: "first", purpose: "from exec to the first answer", run: first, floor: false },
    Scenario { name: "info", purpose: "getAllProcessInfo, one client and eight", run: info, floor: false },
    Scenario {
        name: "all",
        purpose: "stopAllProcesses and startAllProcesses, 1000 programs",
        run: all,
        floor: false,
    },
    Scenario {
        name: "status",
        purpose: "supervisorctl status, the whole process",
        run: status,
        floor: false,
    },
];

/// Short for the lists below.
fn seen(name: &str, unit: &'static str, value: f64) -> (String, &'static str, f64) {
    (name.to_owned(), unit, value)
}

fn start(contender: Contender, programs: &Programs, _: Effort) -> Seen {
    const COUNT: usize = 1000;
    let mut bout = Bout::start(contender, programs, &Plan::waiting(COUNT));
    let marks = bout.marks.collect(COUNT);
    let last = marks.values().map(|mark| mark.at).max().unwrap_or(bout.begun);
    let cpu = processes::cpu_time(bout.pid());
    if contender.has_api() {
        bout.wait_for_api();
    }
    vec![
        seen("start of 1000 programs", "ms", milliseconds(last - bout.begun)),
        seen("processor time of the daemon for it", "ms", cpu.as_secs_f64() * 1e3),
        seen("TERM to the end of daemon and 1000 programs", "ms", milliseconds(bout.end())),
    ]
}

/// Kills children one after the other; milliseconds until each one's successor ran.
fn kill_each(bout: &Bout, count: usize, kills: usize) -> Numbers {
    let mut times = Numbers::default();
    let tags: Vec<String> = (0..count).map(|index| format!("t{index:04}")).collect();
    for tag in tags.iter().cycle().take(kills) {
        let pid = pid_of(bout, tag);
        let killed = now();
        processes::send(pid, processes::signal("KILL"));
        let mark =
            std::iter::from_fn(|| bout.marks.next()).find(|mark| mark.tag == *tag).expect("a successor");
        times.push(milliseconds(mark.at - killed));
    }
    times
}

/// The child with that tag among its arguments.
fn pid_of(bout: &Bout, tag: &str) -> u32 {
    let arguments = |pid: u32| fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let is_it = |pid: &u32| arguments(*pid).split(|byte| *byte == 0).any(|word| word == tag.as_bytes());
    bout.scratch.processes().into_iter().find(is_it).expect("the program runs")
}

fn restarts(prefix: &str, times: &Numbers) -> Seen {
    vec![
        seen(&format!("{prefix}, median"), "ms", times.median()),
        seen(&format!("{prefix}, 99 of 100"), "ms", times.quantile(0.99)),
    ]
}

fn restart(contender: Contender, programs: &Programs, effort: Effort) -> Seen {
    let kills = if contender == Contender::Reference { effort.choose(5, 20) } else { effort.choose(50, 200) };
    let bout = Bout::running(contender, programs, &Plan::waiting(kills));
    rest(REST);
    restarts("kill -9 to the successor's first instruction", &kill_each(&bout, kills, kills))
}

fn busy(contender: Contender, programs: &Programs, effort: Effort) -> Seen {
    let kills = if contender == Contender::Reference { effort.choose(3, 10) } else { effort.choose(50, 100) };
    let mut plan = Plan::waiting(kills);
    plan.sections = "[program:chatty]\ncommand=/usr/bin/yes 0123456789012345678901234567890123456789\nnumprocs=4\n\
                     process_name=%(program_name)s%(process_num)d\nstdout_logfile=%(here)s/chatty%(process_num)d\n\
                     stdout_logfile_maxbytes=10MB\nstdout_logfile_backups=1\n"
        .to_owned();
    restarts("the same under load", &kill_each_under_load(&Bout::running(contender, programs, &plan), kills))
}

fn pressed(contender: Contender, programs: &Programs, effort: Effort) -> Seen {
    let kills = if contender == Contender::Reference { effort.choose(3, 10) } else { effort.choose(50, 100) };
    let bout = Bout::running(contender, programs, &Plan::waiting(1000));
    restarts("the same, 8 clients asking for 1000 programs", &kill_each_under_load(&bout, kills))
}

/// Kills children while clients ask for all processes as fast as they are answered.
fn kill_each_under_load(bout: &Bout, kills: usize) -> Numbers {
    rest(REST);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let mut caller = Caller::connect(&bout.server);
                while !done.load(Ordering::Relaxed) {
                    caller.call("supervisor.getAllProcessInfo");
                }
            });
        }
        let times = kill_each(bout, kills, kills);
        done.store(true, Ordering::Relaxed);
        times
    })
}

/// Lets `children` write, and waits until everything is in their files.
fn write(contender: Contender, programs: &Programs, plan: &Plan, lines: u64) -> (f64, f64) {
    let bout = Bout::start(contender, programs, plan);
    let begun = bout.marks.collect(plan.count).values().map(|mark| mark.at).min().unwrap_or(0);
    let done = bout.marks.collect(plan.count).values().map(|mark| mark.at).max().unwrap_or(0);
    let bytes = lines * 100;
    if plan.options.contains("maxbytes=0") || contender == Contender::Floor {
        until(PATIENCE, "every byte to be stored", || {
            (0..plan.count).all(|index| {
                fs::metadata(bout.scratch.file(&format!("t{index:04}.out")))
                    .is_ok_and(|file| file.len() == bytes)
            })
        });
    }
    let total = number(bytes) * number(plan.count as u64);
    let cpu = processes::cpu_time(bout.pid()).as_secs_f64();
    (total / 1e6 / (milliseconds(done - begun) / 1e3), cpu / (total / f64::from(1 << 30)))
}

/// What `cat` makes of the same.
fn cat(programs: &Programs, lines: u64) -> (f64, f64) {
    let scratch = provost_tests::Scratch::new();
    let marks = super::marks::Marks::bind(&scratch.file("marks"));
    let script = format!("{} $0 t write {lines} | {{ cat > out; times; }} > times", programs.mark.display());
    let mut shell = scratch.command("/bin/sh".as_ref());
    shell.args(["-c", &script]).arg(scratch.file("marks"));
    let mut child = shell.spawn().expect("a shell");
    let begun = marks.next().expect("the program starts").at;
    let done = marks.next().expect("the program ends").at;
    for pid in scratch.processes() {
        let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        if name.trim() == "mark" {
            processes::send(pid, processes::signal("KILL"));
        }
    }
    child.wait().expect("invariant: our own child can be waited for");
    let total = number(lines * 100);
    (
        total / 1e6 / (milliseconds(done - begun) / 1e3),
        children_time(&scratch.read("times")) / (total / f64::from(1 << 30)),
    )
}

/// The seconds on the second line of a shell's `times`: user and system time of its children.
fn children_time(text: &str) -> f64 {
    let line = text.lines().nth(1).unwrap_or_default();
    let seconds = |word: &str| {
        let (minutes, seconds) = word.trim_end_matches('s').split_once('m')?;
        Some(minutes.parse::<f64>().ok()? * 60.0 + seconds.parse::<f64>().ok()?)
    };
    line.split_whitespace().filter_map(seconds).sum()
}

fn writing(count: usize, lines: u64, options: &'static str) -> Plan {
    Plan { count, arguments: format!("write {lines}"), options, sections: String::new() }
}

fn log(contender: Contender, programs: &Programs, effort: Effort) -> Seen {
    let lines = effort.choose(5_000_000, 20_000_000);
    let plan = writing(1, lines, "startsecs=0\nstdout_logfile_maxbytes=0\n");
    let (speed, cpu) = write(contender, programs, &plan, lines);
    let mut all =
        vec![seen("log of one child", "MB/s", speed), seen("processor time for its log", "s/GiB", cpu)];
    if contender == Contender::Floor {
        let (speed, cpu) = cat(programs, lines);
        all.push(seen("log of one child, cat", "MB/s", speed));
        all.push(seen("processor time for its log, cat", "s/GiB", cpu));
    }
    all
}

fn rotate(contender: Contender, programs: &Programs, effort: Effort) -> Seen {
    let lines = effort.choose(5_000_000, 20_000_000);
    let options = "startsecs=0\nstdout_logfile_maxbytes=50MB\nstdout_logfile_backups=10\n";
    let (speed, cpu) = write(contender, programs, &writing(1, lines, options), lines);
    vec![
        seen("log of one child, rotated every 50 MB", "MB/s", speed),
        seen("processor time for its rotated log", "s/GiB", cpu),
    ]
}

fn logs(contender: Contender, programs: &Programs, effort: Effort) -> Seen {
    let lines = effort.choose(1_000_000, 4_000_000);
    let plan = writing(8, lines, "startsecs=0\nstdout_logfile_maxbytes=0\n");
    let (speed, cpu) = write(contender, programs, &plan, lines);
    vec![seen("logs of 8 children", "MB/s", speed), seen("processor time for their logs", "s/GiB", cpu)]
}

fn resident(bout: &Bout) -> f64 {
    number(processes::status_field(bout.pid(), "VmRSS").expect("the daemon lives")) / 1024.0
}

/// Bytes of files in the daemon's address space, in MiB.
fn mapped(bout: &Bout) -> f64 {
    let maps = fs::read_to_string(format!("/proc/{}/maps", bout.pid())).unwrap_or_default();
    let bytes = maps.lines().filter(|line| line.contains(" /")).filter_map(|line| {
        let (from, to) = line.split_once(' ')?.0.split_once('-')?;
        Some(u64::from_str_radix(to, 16).ok()? - u64::from_str_radix(from, 16).ok()?)
    });
    number(bytes.sum()) / f64::from(1 << 20)
}

fn size(contender: Contender, programs: &Programs, _: Effort) -> Seen {
    let mut all = Seen::new();
    // The floor ends when it has no children.
    let least = usize::from(!contender.has_api());
    for (count, name) in [(least, "no program"), (1000, "1000 programs")] {
        let bout = Bout::running(contender, programs, &Plan::waiting(count));
        rest(REST);
        all.push(seen(&format!("resident memory, {name}"), "MiB", resident(&bout)));
        if count == least {
            all.push(seen("bytes mapped from files", "MiB", mapped(&bout)));
        }
    }
    let bout = Bout::running(contender, programs, &Plan::waiting(100));
    rest(REST);
    let pid = bout.pid();
    let (switches, time) = (processes::voluntary_switches(pid), processes::cpu_time(pid));
    rest(IDLE);
    all.push(seen(
        "wake-ups in 10 s, 100 idle programs",
        "",
        number(processes::voluntary_switches(pid) - switches),
    ));
    let time = processes::cpu_time(pid) - time;
    all.push(seen("processor time in 10 s, 100 idle programs", "ms", time.as_secs_f64() * 1e3));
    all
}

fn first(contender: Contender, programs: &Programs, effort: Effort) -> Seen {
    let mut times = Numbers::default();
    for _ in 0..effort.choose(5, 20) {
        let bout = Bout::start(contender, programs, &Plan::waiting(0));
        // Looks as often as it can: a pause would be most of what is measured.
        let answers = std::iter::repeat_with(|| bout.server.answers());
        let begun = Instant::now();
        let _first = answers.take_while(|_| begun.elapsed() < PATIENCE).find(|answered| *answered);
        times.push(milliseconds(now() - bout.begun));
    }
    vec![seen("exec to the first answer", "ms", times.median())]
}

fn info(contender: Contender, programs: &Programs, effort: Effort) -> Seen {
    let mut all = Seen::new();
    for count in [10, 100, 1000] {
        let bout = Bout::running(contender, programs, &Plan::waiting(count));
        rest(REST);
        let calls =
            if contender == Contender::Reference && count == 1000 { 3 } else { effort.choose(50, 200) };
        let mut caller = Caller::connect(&bout.server);
        let mut times = Numbers::default();
        for _ in 0..calls {
            let begun = now();
            caller.call("supervisor.getAllProcessInfo");
            times.push(milliseconds(now() - begun));
        }
        all.push(seen(&format!("getAllProcessInfo, {count} programs"), "ms", times.median()));
        if count == 1000 {
            all.extend(crowd(&bout));
        }
    }
    all
}

/// Eight clients at once.
fn crowd(bout: &Bout) -> Seen {
    let begun = Instant::now();
    let ask = || {
        let mut caller = Caller::connect(&bout.server);
        let mut times = Vec::new();
        while begun.elapsed() < LOAD {
            let asked = now();
            caller.call("supervisor.getAllProcessInfo");
            times.push(milliseconds(now() - asked));
        }
        times
    };
    let mut times = Numbers::default();
    let mut count = 0;
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(ask)).collect();
        for time in clients.into_iter().flat_map(|client| client.join().expect("a client ends")) {
            times.push(time);
            count += 1;
        }
    });
    vec![
        seen("8 clients, 1000 programs", "calls/s", number(count) / begun.elapsed().as_secs_f64()),
        seen("8 clients, 1000 programs, 99 of 100", "ms", times.quantile(0.99)),
    ]
}

fn all(contender: Contender, programs: &Programs, _: Effort) -> Seen {
    const COUNT: usize = 1000;
    let bout = Bout::running(contender, programs, &Plan::waiting(COUNT));
    let mut caller = Caller::connect(&bout.server);
    let mut timed = |method| {
        let begun = now();
        caller.call(method);
        milliseconds(now() - begun)
    };
    let stop = timed("supervisor.stopAllProcesses");
    let start = timed("supervisor.startAllProcesses");
    vec![
        seen("stopAllProcesses, 1000 programs", "ms", stop),
        seen("startAllProcesses, 1000 programs", "ms", start),
    ]
}

fn status(contender: Contender, programs: &Programs, effort: Effort) -> Seen {
    let bout = Bout::running(contender, programs, &Plan::waiting(10));
    let mut times = Numbers::default();
    for _ in 0..effort.choose(5, 30) {
        let mut client = bout.scratch.command(&programs.of(contender, "supervisorctl"));
        client.arg("-c").arg(bout.scratch.file("supervisord.conf")).arg("status");
        client.stdout(std::process::Stdio::null());
        let begun = now();
        let status = client.status().expect("the client runs");
        times.push(milliseconds(now() - begun));
        assert!(status.success(), "{status}");
    }
    vec![seen("supervisorctl status, 10 programs", "ms", times.median())]
}

/// Lets time pass: what is measured here is what a daemon does when nothing happens.
fn rest(time: Duration) {
    let _nothing_is_looked_for = look_for::<()>(time, || None);
}

//! A daemon under attack: its programs, and the looks that tell whether it took it well.
//!
//! Two programs are on every stage. The *heart* writes a line every 10 ms and notices when nobody reads it; it must
//! keep its pid and its rhythm whatever is done to others. The *victim* tells when it was born, so that the time from
//! its death to its successor can be measured without asking the daemon.

use std::io::{self, BufReader, Write};
use std::time::Duration;

use provost_tests::http::{Server, read_answer};
use provost_tests::wait::look_for;
use provost_tests::{Implementation, Sides, World, processes};
use rustix::time::{ClockId, clock_gettime};

use crate::outcome::{Kept, Outcome};

/// A daemon that has done nothing for so long hangs.
pub(crate) const HANGING: Duration = Duration::from_secs(6);

/// What a successor, a stop, an answer or a beat of the heart may take at most on a machine that is busy with other tests.
/// On a quiet one it is milliseconds; each test prints its figure.
pub(crate) const PROMPT: Duration = Duration::from_secs(1);

/// The program all parts are played by.
pub(crate) const ACTOR: &str = env!("CARGO_BIN_EXE_fault-actor");

/// A running daemon with a heart and a victim.
pub(crate) struct Stage {
    pub(crate) world: World,
    heart: u32,
}

impl Stage {
    /// A daemon with a heart, a victim, and these programs; `$ACTOR` is the program that plays parts.
    ///
    /// # Panics
    ///
    /// When it does not come up.
    pub(crate) fn new(implementation: Implementation, programs: &str) -> Self {
        Self::within(World::new(Sides::both(implementation)), programs)
    }

    /// The same in a world that was prepared.
    pub(crate) fn within(mut world: World, programs: &str) -> Self {
        world.configure(&script(programs));
        world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
        world.wait_state("heart", "RUNNING");
        world.wait_state("victim", "RUNNING");
        let heart = world.pid_of("heart");
        Self { world, heart }
    }

    /// The daemon is sound, and nothing of what the heart wrote is missing.
    pub(crate) fn is_well(&self) -> Kept {
        self.is_sound()?;
        self.heart_is_whole()
    }

    /// The daemon is there, answers, starts what is asked of it, and the heart did not have to wait.
    pub(crate) fn is_sound(&self) -> Kept {
        self.is_alive()?;
        self.answers()?;
        self.heart_beats()?;
        self.starts()
    }

    pub(crate) fn is_alive(&self) -> Kept {
        let pid = self.world.daemon_pid();
        Outcome::Dies.unless(processes::is_alive(pid), || {
            let said = self.world.scratch.read("daemon.stderr");
            format!("the daemon has ended: {}", said.lines().last().unwrap_or_default())
        })
    }

    /// It answers before it counts as hanging.
    pub(crate) fn answers(&self) -> Kept {
        let answer = look_for(HANGING, || self.call("supervisor.getState", &[]).ok());
        self.is_alive()?;
        Outcome::Hangs.unless(answer.is_some(), || "no answer".into())
    }

    /// A call through XML-RPC with words as arguments; the body of the answer.
    ///
    /// # Errors
    ///
    /// As the connection's, and when there is no answer in time.
    pub(crate) fn call(&self, method: &str, words: &[&str]) -> io::Result<String> {
        call(&self.world.server, method, words)
    }

    /// The heart has the pid it began with, and nobody made it wait.
    pub(crate) fn heart_beats(&self) -> Kept {
        Outcome::Loses.unless(processes::is_alive(self.heart), || "the heart has stopped".into())?;
        let before = self.beats().len();
        let goes_on = look_for(HANGING, || (self.beats().len() > before + 3).then_some(()));
        self.is_alive()?;
        Outcome::Hangs.unless(goes_on.is_some(), || "nobody reads what the heart writes".into())?;
        let longest = self.beats().into_iter().max().unwrap_or_default();
        println!("longest wait of the heart: {longest:?}");
        Outcome::Hangs.unless(longest < PROMPT, || format!("the heart had to wait for {longest:?}"))
    }

    /// How long it waited at each beat.
    fn beats(&self) -> Vec<Duration> {
        let log = self.world.scratch.read("heart.log");
        let waits = log.lines().filter_map(|line| line.split(' ').nth(1)?.parse().ok());
        waits.map(Duration::from_micros).collect()
    }

    /// Nothing that was promised to the heart's log is missing: its lines are numbered.
    fn heart_is_whole(&self) -> Kept {
        let log = self.world.scratch.read("heart.log");
        let whole = log.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let numbers = whole.lines().map(|line| line.split(' ').next().and_then(|word| word.parse().ok()));
        let broken = numbers.zip(0_u64..).find(|(found, expected)| *found != Some(*expected));
        Outcome::Loses.unless(broken.is_none(), || format!("lines of the heart are missing: {broken:?}"))
    }

    /// A program that was told to start starts, and one that was told to stop stops.
    fn starts(&self) -> Kept {
        for (method, state) in [("startProcess", "RUNNING"), ("stopProcess", "STOPPED")] {
            let asked = format!("supervisor.{method}");
            let done = look_for(HANGING, || {
                self.call(&asked, &["extra"]).ok();
                (self.state("extra") == state).then_some(())
            });
            self.is_alive()?;
            Outcome::Hangs.unless(done.is_some(), || format!("{method} was not carried out"))?;
        }
        Ok(())
    }

    /// The state of a process by its name, empty without an answer.
    pub(crate) fn state(&self, name: &str) -> String {
        let answer = self.call("supervisor.getProcessInfo", &[name]).unwrap_or_default();
        let after = answer.split("<name>statename</name>").nth(1).unwrap_or_default();
        after.split("<string>").nth(1).and_then(|rest| rest.split('<').next()).unwrap_or_default().to_owned()
    }

    /// Waits until a process is in a state, but not longer than until that counts as hanging.
    pub(crate) fn becomes(&self, name: &str, state: &str) -> Kept {
        let mut last = String::new();
        let reached = look_for(2 * HANGING, || {
            last = self.state(name);
            (last == state).then_some(())
        });
        self.is_alive()?;
        Outcome::Hangs.unless(reached.is_some(), || format!("{name} should be {state} and is {last:?}"))
    }

    /// Waits until the activity log has `text`, or the daemon has ended.
    pub(crate) fn says(&self, text: &str) -> Kept {
        self.writes("supervisord.log", text)
    }

    /// Waits until a file has `text`, or the daemon has ended.
    pub(crate) fn writes(&self, name: &str, text: &str) -> Kept {
        let there = || self.world.scratch.read(name).contains(text);
        let seen = look_for(2 * HANGING, || (there() || self.is_alive().is_err()).then(there));
        self.is_alive()?;
        Outcome::Loses.unless(seen == Some(true), || format!("{name} lacks {text:?}"))
    }

    /// Kills the victim, and gives the time until its successor was born.
    pub(crate) fn bereave(&self) -> Result<Duration, crate::outcome::Broken> {
        let births = self.births();
        let Some((pid, _)) = births.last() else { panic!("the victim was born") };
        processes::send(*pid, processes::signal("KILL"));
        let killed = now();
        self.successor(births.len(), killed)
    }

    /// Waits for a birth after the first `count`, and gives the time since `then`.
    pub(crate) fn successor(&self, count: usize, then: Duration) -> Result<Duration, crate::outcome::Broken> {
        let born = look_for(HANGING, || self.births().get(count).map(|(_, at)| *at));
        self.is_alive()?;
        born.map(|at| at.saturating_sub(then)).ok_or_else(|| Outcome::Hangs.because("no successor"))
    }

    /// Pids and times of birth of all victims so far.
    pub(crate) fn births(&self) -> Vec<(u32, Duration)> {
        let file = self.world.scratch.read("victim.born");
        let parse = |line: &str| {
            let (pid, at) = line.split_once(' ')?;
            Some((pid.parse().ok()?, Duration::from_micros(at.parse().ok()?)))
        };
        file.lines().filter_map(parse).collect()
    }

    /// Waits until the victim that was born last runs: who dies before that is replaced later.
    fn grows_up(&self) -> Kept {
        let run = look_for(2 * HANGING, || {
            let answer = self.call("supervisor.getProcessInfo", &["victim"]).ok()?;
            let (pid, _) = *self.births().last()?;
            (answer.contains(&format!("<int>{pid}</int>")) && answer.contains("RUNNING")).then_some(())
        });
        self.is_alive()?;
        Outcome::Hangs.unless(run.is_some(), || "the victim does not become RUNNING".into())
    }

    /// A successor comes at once, three times in a row; the longest time is printed.
    pub(crate) fn replaces_promptly(&self) -> Kept {
        let mut longest = Duration::ZERO;
        for _ in 0..3 {
            self.grows_up()?;
            longest = longest.max(self.bereave()?);
        }
        println!("longest time from a death to the successor: {longest:?}");
        let limit = self.limit();
        Outcome::Hangs.unless(longest < limit, || format!("a successor took {longest:?}"))
    }

    /// A stop and a start are carried out at once; the time is printed.
    pub(crate) fn obeys_promptly(&self) -> Kept {
        let begin = now();
        for method in ["supervisor.stopProcess", "supervisor.startProcess"] {
            let answer = self.call(method, &["quick"]);
            self.is_alive()?;
            Outcome::Hangs.unless(answer.is_ok(), || format!("{method}: {answer:?}"))?;
        }
        let time = now().saturating_sub(begin);
        println!("a stop and a start through the unix socket: {time:?}");
        let limit = self.limit();
        Outcome::Hangs.unless(time < limit, || format!("a stop and a start took {time:?}"))
    }

    /// The reference looks at its processes once a second; it is not blamed here for what is its nature.
    fn limit(&self) -> Duration {
        match self.world.sides.daemon {
            Implementation::Ours => PROMPT,
            Implementation::Reference => HANGING,
        }
    }
}

/// Every program of a stage.
fn script(programs: &str) -> String {
    let cast = "\
[program:heart]
command=$ACTOR heart
stdout_logfile=%(here)s/heart.log
stdout_logfile_maxbytes=0
[program:victim]
command=$ACTOR mark %(here)s/victim.born
startretries=20
[program:extra]
command=/bin/cat
autostart=false
startsecs=0
stopwaitsecs=1
[program:quick]
command=/bin/cat
startsecs=0
stopwaitsecs=1
";
    format!("{cast}{programs}").replace("$ACTOR", ACTOR)
}

/// A call through XML-RPC with words as arguments; the body of the answer.
///
/// # Errors
///
/// As the connection's, and when there is no answer in time.
pub(crate) fn call(server: &Server, method: &str, words: &[&str]) -> io::Result<String> {
    let values: String =
        words.iter().map(|word| format!("<param><value><string>{word}</string></value></param>")).collect();
    let body = format!("<methodCall><methodName>{method}</methodName><params>{values}</params></methodCall>");
    let request = format!(
        "POST /RPC2 HTTP/1.0\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut connection = server.connect()?;
    connection.set_read_limit(HANGING)?;
    connection.write_all(request.as_bytes())?;
    let answer = read_answer(&mut BufReader::new(connection))?;
    if answer.code() == 200 { Ok(answer.body) } else { Err(io::Error::other(answer.status)) }
}

/// The monotonic clock, as the actors tell it.
pub(crate) fn now() -> Duration {
    let now = clock_gettime(ClockId::Monotonic);
    let (seconds, nanoseconds) = (u64::try_from(now.tv_sec), u32::try_from(now.tv_nsec));
    let valid = "invariant: time since the machine's start is positive";
    Duration::new(seconds.expect(valid), nanoseconds.expect(valid))
}

/// A machine that lacks what a case needs passes it, and says so.
pub(crate) fn passed_over(reason: &str) -> Kept {
    println!("passed over: {reason}");
    Ok(())
}

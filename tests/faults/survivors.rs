//! Stop leaves no survivors: what belongs to a process is gone when it is stopped, and before it is started again.

use std::fs;
use std::path::PathBuf;

use provost_tests::implementation::reference_python;
use provost_tests::wait::{PATIENCE, stays, until};
use provost_tests::{Implementation, World, processes};
use std::time::{Duration, Instant};

use crate::tamper::{self, Fault, Injection};

/// A program with these descendants (see the script), and these options.
fn family(kinds: &str, options: &str) -> World {
    let python = reference_python().unwrap_or_else(|missing| panic!("{missing}"));
    let mut world = World::new(provost_tests::Sides::both(Implementation::Ours));
    world.scratch.write("tree.py", include_str!("survivors_tree.py"));
    world.configure(&format!(
        "[program:tree]\ncommand={} %(here)s/tree.py %(here)s/told {kinds}\nautorestart=false\nstopwaitsecs=20\n{options}\n\
         [program:other]\ncommand=/bin/cat\n",
        python.display()
    ));
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    let kinds = kinds.split(' ').count();
    until(PATIENCE, "the descendants", || {
        world.scratch.read("told").contains("made") && descendants(&world).len() >= kinds
    });
    world.wait_state("tree", "RUNNING");
    world.wait_state("other", "RUNNING");
    world
}

/// Everybody who has told their pid.
fn descendants(world: &World) -> Vec<u32> {
    world.scratch.read("told").lines().filter_map(|line| line.parse().ok()).collect()
}

fn living(world: &World) -> Vec<u32> {
    descendants(world).into_iter().filter(|pid| processes::is_alive(*pid)).collect()
}

/// Whether the system lets this process make control groups.
fn has_cgroups(world: &World) -> bool {
    let has = !world.log().contains("no cgroup for 'tree'");
    if !has {
        eprintln!("skipped: no control group can be made here");
    }
    has
}

/// With that mode, so many of the descendants are left when the process is stopped.
#[track_caller]
fn check_left(kinds: &str, options: &str, expect: usize) {
    let world = family(kinds, options);
    if options.contains("cgroup") && !has_cgroups(&world) {
        return;
    }
    let other = world.pid_of("other");
    assert_eq!(world.rpc("supervisor.stopProcess('tree')"), ["True"]);
    let left = living(&world);
    assert_eq!(left.len(), expect, "{options} {kinds}: {left:?}\n{}", world.log());
    assert_eq!((world.state("tree"), world.pid_of("other")), ("STOPPED".into(), other));
    assert!(!world.log().contains("does not accept output in time"), "{}", world.log());
    // Those without an environment are found by nobody else.
    for pid in left {
        processes::send(pid, processes::signal("KILL"));
    }
}

#[test]
fn stop_leaves_no_survivors() {
    const ALL: &str = "child session bare daemon";
    // As with the reference: nothing but the child and, if asked for, its group.
    check_left(ALL, "", 4);
    check_left(ALL, "stopasgroup=true", 3);
    check_left(ALL, "kill_mode=process", 4);
    check_left(ALL, "kill_mode=group", 3);
    check_left(ALL, "kill_mode=tree", 0);
    check_left(ALL, "kill_mode=tree\nstopasgroup=true", 0);
    check_left(ALL, "kill_mode=tree\nstopsignal=KILL", 0);
    check_left("child session bare daemon lost", "kill_mode=cgroup", 0);
}

/// The threads that look for descendants, which are there once something was stopped.
fn lookers(world: &World) -> Vec<u32> {
    assert_eq!(world.rpc("supervisor.stopProcess('tree')"), ["True"]);
    let threads = tamper::threads(world.daemon_pid(), Some("kin"));
    assert_eq!(threads.len(), 2, "one for each kind of look");
    fs::remove_file(world.scratch.file("told")).expect("it was told who is there");
    assert_eq!(world.rpc("supervisor.startProcess('tree')"), ["True"]);
    until(PATIENCE, "the descendants", || world.scratch.read("told").contains("made"));
    threads
}

/// While these files cannot be opened (any, if none is named), a stop ends the child, says that it cannot see, and hurts
/// nobody else.
fn check_blind(paths: impl Fn(&World) -> Vec<PathBuf>) {
    if !tamper::is_possible() {
        eprintln!("skipped: strace may not look at processes here");
        return;
    }
    let world = family("child session", "kill_mode=tree\nstopwaitsecs=1");
    let threads = lookers(&world);
    let (other, child) = (world.pid_of("other"), world.pid_of("tree"));
    let paths = paths(&world);
    let fault = Fault { calls: "open,openat,openat2", errno: "EMFILE", when: "1+", paths: &paths };
    let injection = Injection::begin(&world.scratch, &threads, fault);
    assert_eq!(world.rpc("supervisor.stopProcess('tree')"), ["True"]);
    assert!(!processes::is_alive(child));
    assert!(injection.end() > 0, "the fault was not felt");
    world.wait_log("WARN cannot look for what belongs to 1 programs (Too many open files");
    world
        .wait_log("CRIT what 'tree' left behind does not end on SIGKILL, and is let alone: nobody knows who");
    assert_eq!((world.state("other"), world.pid_of("other")), ("RUNNING".into(), other));
    for pid in living(&world) {
        processes::send(pid, processes::signal("KILL"));
    }
}

#[test]
fn a_daemon_that_cannot_see_itself_takes_nobody_for_kin() {
    check_blind(|world| vec![format!("/proc/{}/stat", world.daemon_pid()).into()]);
}

#[test]
fn what_cannot_be_looked_at_is_signalled_and_not_taken_for_gone() {
    check_blind(|_| Vec::new());
}

/// Descriptors are short for a moment: when they are back, everybody is found.
#[test]
fn a_look_that_could_not_be_had_is_made_up_for() {
    if !tamper::is_possible() {
        eprintln!("skipped: strace may not look at processes here");
        return;
    }
    let world = family("child session", "kill_mode=tree");
    let threads = lookers(&world);
    let fault = Fault { calls: "open,openat,openat2", errno: "EMFILE", when: "1..3", paths: &[] };
    let injection = Injection::begin(&world.scratch, &threads, fault);
    let begin = Instant::now();
    assert_eq!(world.rpc("supervisor.stopProcess('tree')"), ["True"]);
    assert!(begin.elapsed() < Duration::from_secs(10), "not by time-out: {:?}", begin.elapsed());
    assert!(injection.end() > 0, "the fault was not felt");
    assert_eq!(living(&world), Vec::<u32>::new());
}

/// Programs of which each has descendants end together as fast as they do alone.
#[test]
fn many_families_are_ended_at_once() {
    for mode in ["tree", "group"] {
        let mut world = World::new(provost_tests::Sides::both(Implementation::Ours));
        world.configure(&format!(
            "[program:many]\ncommand=/bin/sh -c 'sleep 1000 & exec sleep 1000'\nprocess_name=%(process_num)d\n\
             numprocs=200\nstartsecs=0\nkill_mode={mode}\n[program:other]\ncommand=/bin/cat\n"
        ));
        world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
        until(PATIENCE, "all to run", || {
            let all = world.rpc("[i['statename'] for i in supervisor.getAllProcessInfo()]").concat();
            all.matches("RUNNING").count() == 201
        });
        let other = world.pid_of("other");
        let begin = Instant::now();
        world.rpc("len(supervisor.stopProcessGroup('many'))");
        let took = begin.elapsed();
        eprintln!("{mode}: {took:?}");
        // Alone it takes a tenth of a second; each of many looks for each of them would take half a minute.
        assert!(took < Duration::from_secs(8), "{mode}: {took:?}");
        assert!(!world.log().contains("SIGKILL"), "{mode}: {}", world.log());
        assert_eq!(world.pid_of("other"), other);
        let threads = tamper::threads(world.daemon_pid(), Some("kin")).len();
        assert!(threads <= 2, "{mode}: {threads} threads");
        assert_eq!(world.stop(), Some(0));
    }
}

#[test]
fn what_ignores_the_stop_signal_has_its_grace_and_is_killed() {
    let world = family("deaf child", "kill_mode=tree\nstopwaitsecs=1");
    let begin = Instant::now();
    assert_eq!(world.rpc("supervisor.stopProcess('tree')"), ["True"]);
    assert!(begin.elapsed() >= Duration::from_secs(1), "{:?}", begin.elapsed());
    assert_eq!(living(&world), Vec::<u32>::new());
    world.wait_log("WARN killing what 'tree' left behind with SIGKILL");
    assert!(!world.log().contains("reaped unknown pid"), "orphans that were asked for are no news");
}

/// The directory of the control group (version 2) that a process is in.
fn cgroup_of(pid: u32) -> PathBuf {
    let text = |path: &str| fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let groups = text(&format!("/proc/{pid}/cgroup"));
    let group = groups.lines().find_map(|line| line.strip_prefix("0::/")).expect("it is in one");
    let mounts = text("/proc/self/mounts");
    let fields = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let mount =
        fields.into_iter().find(|fields| fields[2] == "cgroup2").expect("there are control groups")[1];
    PathBuf::from(mount).join(group)
}

#[test]
fn a_killed_daemon_leaves_its_control_groups_to_the_next_one() {
    let mut world = World::new(provost_tests::Sides::both(Implementation::Ours));
    world.configure("[program:tree]\ncommand=/bin/cat\nkill_mode=cgroup\n");
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_state("tree", "RUNNING");
    if !has_cgroups(&world) {
        return;
    }
    let left = cgroup_of(world.pid_of("tree"));
    let name = left.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
    assert!(name.starts_with(&format!("provost.{}.", world.daemon_pid())), "{name}");
    world.signal("KILL");
    world.wait_end();
    // The program ends when nobody has the other end of its standard input any more.
    until(PATIENCE, "an empty group", || {
        fs::read_to_string(left.join("cgroup.procs")).is_ok_and(|members| members.is_empty())
    });
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_state("tree", "RUNNING");
    assert!(!left.exists(), "{}", left.display());
    let own = cgroup_of(world.pid_of("tree"));
    assert!(own.exists() && own != left, "{}", own.display());
    assert_eq!(world.stop(), Some(0));
    assert!(!own.exists(), "{}", own.display());
}

#[test]
fn a_swarm_that_goes_on_growing_is_ended() {
    let world = family("swarm daemon", "kill_mode=tree\nstopwaitsecs=2");
    until(PATIENCE, "the swarm", || descendants(&world).len() > 200);
    assert_eq!(world.rpc("supervisor.stopProcess('tree')"), ["True"]);
    until(PATIENCE, "nobody to be left", || living(&world).is_empty());
    let count = descendants(&world).len();
    stays(Duration::from_millis(300), "peace", || {
        descendants(&world).len() == count && living(&world).is_empty()
    });
    assert_eq!(world.state("other"), "RUNNING");
}

/// A program that ends by itself is back when what it left is gone.
#[test]
fn a_restart_finds_nobody_of_the_last_life() {
    let mut world = World::new(provost_tests::Sides::both(Implementation::Ours));
    let python = reference_python().unwrap_or_else(|missing| panic!("{missing}"));
    // Whoever finds the lock taken says so; the descendant that takes it ends some time after it was asked to.
    world.scratch.write(
        "locker.py",
        "import fcntl, os, signal, sys\n\
         lock = open(sys.argv[1] + '/lock', 'w')\n\
         try:\n    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)\n\
         except OSError:\n    open(sys.argv[1] + '/clash', 'w').close()\n\
         ready, done = os.pipe()\n\
         if os.fork() == 0:\n    os.setsid()\n\
         \x20   def end(*_):\n        signal.setitimer(signal.ITIMER_REAL, 0.2)\n\
         \x20   signal.signal(signal.SIGALRM, lambda *_: os._exit(0))\n\
         \x20   signal.signal(signal.SIGTERM, end)\n    os.write(done, b'x')\n\
         \x20   while True:\n        signal.pause()\n\
         os.read(ready, 1)\n\
         open(sys.argv[1] + '/lives', 'a').write('%d\\n' % os.getpid())\n\
         sys.exit(3)\n",
    );
    world.configure(&format!(
        "[program:locker]\ncommand={} %(here)s/locker.py %(here)s\nstartsecs=0\nautorestart=true\nkill_mode=tree\n",
        python.display()
    ));
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    until(PATIENCE, "three lives", || world.scratch.read("lives").lines().count() >= 3);
    assert!(!world.scratch.file("clash").exists(), "{}", world.log());
    assert_eq!(world.stop(), Some(0));
}

/// A child that has ended, but that a tracer does not let go: nobody can end it any more than that.
#[test]
fn a_stop_is_answered_although_sigkill_does_not_help() {
    let mut world = World::new(provost_tests::Sides::both(Implementation::Ours));
    world
        .configure("[program:stuck]\ncommand=/bin/cat\nstopsignal=KILL\nstopwaitsecs=1\nautorestart=false\n");
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_state("stuck", "RUNNING");
    let pid = world.pid_of("stuck");
    let python = reference_python().unwrap_or_else(|missing| panic!("{missing}"));
    let mut tracer = world.scratch.command(&python);
    // PTRACE_SEIZE: the tracer is told of the end first, and does not listen.
    let script = "import ctypes, signal, sys\n\
                  if ctypes.CDLL(None, use_errno=True).ptrace(0x4206, int(sys.argv[1]), None, None) == 0:\n\
                  \x20   open(sys.argv[2], 'w').write('seized')\n\
                  else:\n    open(sys.argv[2], 'w').write('refused')\n\
                  signal.pause()\n";
    let told = world.scratch.file("tracer");
    let mut tracer = tracer.args(["-c", script, &pid.to_string()]).arg(&told).spawn().expect("Python runs");
    until(PATIENCE, "the tracer", || fs::read(&told).is_ok_and(|text| !text.is_empty()));
    if world.scratch.read("tracer") == "refused" {
        eprintln!("skipped: nobody may be traced here");
    } else {
        let answer = world.rpc("supervisor.stopProcess('stuck')").concat();
        assert!(
            answer.starts_with(&format!("fault 30 FAILED: stuck ({pid}) does not end on SIGKILL")),
            "{answer}"
        );
        assert_eq!(world.state("stuck"), "STOPPING");
        world.wait_log(&format!("CRIT stuck ({pid}) does not end on SIGKILL: "));
    }
    tracer.kill().expect("our own child");
    tracer.wait().expect("our own child");
    if world.scratch.read("tracer") == "seized" {
        world.wait_state("stuck", "STOPPED");
        assert_eq!(world.rpc("supervisor.startProcess('stuck')"), ["True"]);
    }
}

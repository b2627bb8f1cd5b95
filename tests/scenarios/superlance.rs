//! The listeners of `superlance`, the collection that most people use, unchanged from PyPI.
//!
//! They know the daemon by its events, its XML-RPC interface and their environment. Mail goes to a script in the
//! place of `sendmail`, or to a server in this test.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use provost_tests::implementation::reference_python;
use provost_tests::wait::{PATIENCE, until};
use provost_tests::{Implementation, Sides, World};

use crate::on_both;

on_both! { superlance_watches }

const PROGRAMS: &str = "\
[program:web]
command=python3 %(here)s/web.py $PORT1

[program:crash]
command=/bin/sh -c \"read code; exit $code\"
autorestart=false

[program:hungry]
command=/bin/cat

[program:hopeless]
command=/bin/false
startretries=0
autostart=false

[eventlistener:httpok]
command=BIN/httpok -p web -t 2 -m http@example.com -s \"/bin/sh %(here)s/sendmail\" http://127.0.0.1:$PORT1/
events=TICK_5

[eventlistener:memmon]
command=BIN/memmon -p hungry=1KB -m memory@example.com -s \"/bin/sh %(here)s/sendmail\"
events=TICK_5

[eventlistener:crashmail]
command=BIN/crashmail -p crash -m crash@example.com -s \"/bin/sh %(here)s/sendmail\"
events=PROCESS_STATE_EXITED

[eventlistener:fatalmailbatch]
command=BIN/fatalmailbatch --toEmail=fatal@example.com --fromEmail=root@example.com --smtpHost=127.0.0.1:SMTP
  --tickEvent=TICK_5 --interval=0.01
events=PROCESS_STATE,TICK_5
buffer_size=100
";

fn superlance_watches(implementation: Implementation) {
    let python = reference_python().unwrap_or_else(|missing| panic!("{missing}"));
    let bin = python.parent().expect("invariant: Python is in a folder").to_string_lossy().into_owned();
    let (port, mails) = mail_server();
    let mut world = World::new(Sides::both(implementation));
    world.scratch.write("web.py", include_str!("superlance_web.py"));
    world.scratch.write("sendmail", "mail=`cat`; echo \"$mail\" >> $DIR/mails\n");
    world.configure(&PROGRAMS.replace("BIN", &bin).replace("SMTP", &port.to_string()));
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    for program in ["web", "crash", "hungry", "httpok", "memmon", "crashmail", "fatalmailbatch"] {
        world.wait_state(program, "RUNNING");
    }

    let crashed = world.pid_of("crash");
    assert_eq!(world.rpc("supervisor.sendProcessStdin('crash', '3\\n')"), ["True"]);
    world.wait_file(
        "mails",
        &format!("Process crash in group crash exited unexpectedly (pid {crashed}) from state RUNNING"),
    );

    let fault = world.rpc("supervisor.startProcess('hopeless')").concat();
    assert!(fault.starts_with("fault"), "{fault}");
    let mail = mails.recv_timeout(PATIENCE).expect("a mail");
    assert!(mail.contains("Subject: Fatal start alert from supervisord\n"), "{mail}");
    assert!(mail.contains("Process hopeless:hopeless failed to start too many times"), "{mail}");

    let (web, hungry) = (world.pid_of("web"), world.pid_of("hungry"));
    world.scratch.write("broken", "");
    world.wait_file("mails", "web restarted\n");
    until(PATIENCE, "a new web server", || ![0, web].contains(&world.pid_of("web")));
    // The new one removes it when it runs.
    until(PATIENCE, "a web server that works", || !world.scratch.file("broken").exists());
    if has_ps() {
        world.wait_file("mails", "memmon.py restarted the process named hungry:hungry");
        until(PATIENCE, "a new cat", || ![0, hungry].contains(&world.pid_of("hungry")));
    }
    // None of them stumbled over what only we send.
    assert!(!world.log().contains("entered the UNKNOWN state"), "{}", world.log());
    for listener in ["httpok", "memmon", "crashmail", "fatalmailbatch"] {
        assert_eq!(world.state(listener), "RUNNING");
    }
}

/// Whether there is the program that `memmon` asks about memory.
fn has_ps() -> bool {
    let found = ["/bin/ps", "/usr/bin/ps"].iter().any(|path| std::path::Path::new(path).exists());
    if !found {
        println!("memmon is not looked at: there is no ps (on Debian: apt-get install procps)");
    }
    found
}

/// A mail server for as long as the test runs: its port, and the mails that it gets.
fn mail_server() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("invariant: it is bound").port();
    let (sender, mails) = channel();
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let Ok(mail) = take_mail(connection) else { continue };
            if sender.send(mail).is_err() {
                return;
            }
        }
    });
    (port, mails)
}

/// One session of SMTP.
fn take_mail(mut connection: TcpStream) -> io::Result<String> {
    let mut lines = BufReader::new(connection.try_clone()?).lines();
    let mut mail = String::new();
    connection.write_all(b"220 test\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        let answer: &[u8] = match line.split(' ').next().unwrap_or_default().to_lowercase().as_str() {
            "data" => {
                connection.write_all(b"354 go on\r\n")?;
                for line in lines.by_ref() {
                    match line? {
                        line if line == "." => break,
                        line => mail += &(line + "\n"),
                    }
                }
                b"250 taken\r\n"
            }
            "quit" => {
                connection.write_all(b"221 bye\r\n")?;
                break;
            }
            _ => b"250 fine\r\n",
        };
        connection.write_all(answer)?;
    }
    Ok(mail)
}

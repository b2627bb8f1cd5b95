//! What the most frequent question costs; for people, who run it with
//! `cargo test --release -p supervisord cost -- --ignored --nocapture`.

use std::time::Instant;

use provost_core::status::{Pid, ProcessStatus, State};
use provost_core::time::Wall;
use provost_wire::xmlrpc::Value;
use provost_wire::xmlrpc::encode_call;

use super::world::{Setup, World, exited, post, row};

fn rows(count: u32) -> Vec<ProcessStatus> {
    (0..count)
        .map(|number| {
            let name = format!("program-{number:04}");
            if number % 4 == 0 {
                return exited(row(number, &name, &name, State::Exited), 0, 1_700_000_000);
            }
            ProcessStatus {
                pid: Some(Pid(1000)),
                started: Some(Wall(1)),
                ..row(number, &name, &name, State::Running)
            }
        })
        .collect()
}

#[test]
#[ignore = "a measurement, not a check"]
fn of_all_process_info() {
    for count in [10, 100, 1000] {
        let world = World::new(Setup { processes: rows(count), ..Setup::default() });
        let call = post(
            &String::from_utf8(encode_call::<Value>("supervisor.getAllProcessInfo", &[])).expect("text"),
        );
        let mut client = world.connect();
        let mut times = Vec::new();
        let mut bytes = 0;
        for _ in 0..200 {
            let start = Instant::now();
            client.send(call.as_bytes());
            bytes = client.answer().body.len();
            times.push(start.elapsed());
        }
        times.sort_unstable();
        println!("{count:5} rows: {bytes:8} bytes, median {:?}, fastest {:?}", times[100], times[0]);
    }
}

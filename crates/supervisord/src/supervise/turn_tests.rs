use std::sync::mpsc::{Receiver, channel};

use provost_config::resolve::load;
use tempfile::TempDir;

use super::*;
use crate::command_line::{self, Wish};
use crate::ports::ToLogs;
use crate::supervise::Sockets;
use crate::system::RealSystem;

/// A plane without programs that does not run yet, and what it tells the log plane.
fn plane() -> (Plane, Receiver<ToLogs>) {
    let directory = TempDir::new().expect("directory");
    let path = directory.path().join("supervisord.conf");
    std::fs::write(&path, "[supervisord]\n").expect("our own file");
    let words = ["supervisord", "-c", path.to_str().expect("UTF-8")].map(str::to_owned);
    let Ok(Wish::Run(request)) = command_line::read(&words) else { panic!("these words start a daemon") };
    let loaded = load(&request, &RealSystem::new()).expect("the file is sound");
    let config = Arc::new(loaded.config);

    let waker = Waker::new().expect("waker");
    let (to_logs, told) = channel();
    let (sender, queue) = channel();
    let port = SupervisorPort::new(sender, waker.clone());
    let neighbours = Neighbours {
        logs: LogPort::new(to_logs, Waker::new().expect("waker"), Level::Info),
        watches: Arc::default(),
        loader: Arc::new(|| Err("nobody reads it".into())),
        control: tokio::sync::mpsc::unbounded_channel().0,
    };
    let launcher = Launcher::new(&config, Vec::new(), Sockets::default());
    let origin = Origin { seed: 1, next_serial: 0 };
    (Plane::new(&config, origin, launcher, Inbox { queue, waker, port }, neighbours), told)
}

/// The lines of the activity log.
fn lines(told: &Receiver<ToLogs>) -> Vec<String> {
    let text = |message| match message {
        ToLogs::Line { level, text, .. } => Some(format!("{level:?} {text}")),
        _ => None,
    };
    told.try_iter().filter_map(text).collect()
}

#[test]
fn a_panic_is_reported_and_survived() {
    let (mut plane, told) = plane();
    plane.survive(|plane| {
        plane.tell(Input::Booted);
        panic!("{} broke", "something")
    });
    assert!(plane.shaken, "the next turn looks at everything");
    assert_eq!(
        lines(&told).last().map(String::as_str),
        Some("Critical defect in the supervision plane: something broke")
    );
    plane.survive(|plane| plane.tell(Input::Signaled(DaemonSignal::Exit(15))));
    assert_eq!(plane.hands.ended, Some(Ending::Exit), "it goes on, and ends when it is told to");
}

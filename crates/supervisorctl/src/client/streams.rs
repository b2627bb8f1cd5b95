//! Followed logs: several streams at once, and the user's typing beside them.
//!
//! Each stream is a task with a connection of its own that hands its pieces to one queue; the command takes
//! them from there one by one, and may call methods in between. A stream whose pieces nobody takes is not
//! read any further, which holds up nobody but its own sender.

use std::cell::RefCell;
use std::future::pending;
use std::pin::pin;
use std::rc::Rc;

use futures_util::future::{Either, select};
use http_body_util::BodyExt;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinSet;

use super::Server;
use crate::failure::Failure;
use crate::reactor::{Interrupted, Reactor, Readable};
use crate::remote::{Feed, Happening, Typing};
use crate::terminal::{LineReader, Typed};

/// Pieces that wait for the command. More of them would only be memory.
const QUEUE: usize = 64;

/// What waiting for the streams and the user takes.
pub(super) struct Waiting {
    pub(super) reactor: Rc<Reactor>,
    pub(super) lines: Rc<RefCell<LineReader>>,
}

/// Open streams. Dropping this closes them.
pub(super) struct Streams {
    waiting: Waiting,
    happenings: Receiver<Happening>,
    /// The wait for what the user types, from when it is wanted until something is there.
    keyboard: Option<Readable>,
    /// Held for its end: it takes the streams with it.
    _tasks: JoinSet<()>,
}

impl Streams {
    /// Begins to open a stream for each path. How that went is among the first things that happen.
    pub(super) fn open(waiting: Waiting, server: &Server, paths: &[String]) -> Self {
        let (sender, happenings) = channel(QUEUE);
        let mut tasks = JoinSet::new();
        for (stream, path) in paths.iter().enumerate() {
            let task = copy(server.clone(), path.clone(), stream, sender.clone());
            waiting.reactor.spawn(&mut tasks, task);
        }
        Self { waiting, happenings, keyboard: None, _tasks: tasks }
    }
}

/// Hands over what a stream brings, until it ends or nobody wants it.
async fn copy(server: Server, path: String, stream: usize, happenings: Sender<Happening>) {
    let last = match server.open(&path).await {
        Err(failure) => Happening::Refused { stream, failure },
        Ok((_connection, mut body)) => {
            if happenings.send(Happening::Opened { stream }).await.is_err() {
                return;
            }
            // A server that goes away in the middle of a stream has ended it, in the only way there is.
            while let Some(Ok(frame)) = body.frame().await {
                let Ok(bytes) = frame.into_data() else { continue };
                if happenings.send(Happening::Piece { stream, bytes }).await.is_err() {
                    return;
                }
            }
            Happening::Ended { stream }
        }
    };
    // Without a receiver there is nobody to tell.
    let _nobody_waits = happenings.send(last).await;
}

impl Streams {
    /// Waits for a stream, and for the keyboard if that is wanted.
    fn wait(&mut self, typing: Typing) -> Result<Woken, Failure> {
        let stdin = rustix::stdio::stdin();
        if typing == Typing::Wanted && self.keyboard.is_none() {
            self.keyboard = Some(self.waiting.reactor.watch(stdin).map_err(Failure::Terminal)?);
        }
        let Self { waiting, happenings, keyboard, .. } = self;
        let happening = async {
            match happenings.recv().await {
                Some(happening) => happening,
                // Every stream has ended and said so.
                None => pending().await,
            }
        };
        let readable = async {
            match keyboard {
                Some(keyboard) if typing == Typing::Wanted => keyboard.come().await,
                _ => pending().await,
            }
        };
        let (happening, readable) = (pin!(happening), pin!(readable));
        let woken = waiting.reactor.wait_for(select(happening, readable));
        match woken.map_err(|Interrupted| Failure::Interrupted)? {
            Either::Left((happening, _)) => Ok(Woken::By(happening)),
            Either::Right((readable, _)) => readable.map(|()| Woken::ByKeyboard).map_err(Failure::Terminal),
        }
    }
}

/// What ended a wait.
enum Woken {
    By(Happening),
    ByKeyboard,
}

impl Feed for Streams {
    fn next(&mut self, typing: Typing) -> Result<Happening, Failure> {
        loop {
            // What a program said before the user typed on stands before that, too.
            if let Ok(happening) = self.happenings.try_recv() {
                return Ok(happening);
            }
            if typing == Typing::Wanted
                && let Some(line) = self.waiting.lines.borrow_mut().complete_line()
            {
                return Ok(Happening::Line(line));
            }
            match self.wait(typing)? {
                Woken::By(happening) => return Ok(happening),
                Woken::ByKeyboard => self.keyboard = None,
            }
            match self.waiting.lines.borrow_mut().read_once(rustix::stdio::stdin())? {
                Typed::Line(line) => return Ok(Happening::Line(line)),
                Typed::Part => {}
                Typed::End => return Ok(Happening::EndOfInput),
            }
        }
    }
}

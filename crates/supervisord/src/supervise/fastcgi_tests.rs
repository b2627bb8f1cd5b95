use std::cell::RefCell;
use std::net::TcpListener;
use std::os::fd::AsRawFd as _;
use std::os::unix::net::UnixStream;

use tempfile::TempDir;

use super::*;

fn unix(path: &Path) -> Arc<FastCgi> {
    let path = path.to_str().expect("UTF-8").to_owned();
    Arc::new(FastCgi { socket: FastCgiSocket::Unix { path, mode: 0o700, owner: None }, backlog: None })
}

fn tcp(host: &str, port: u16) -> Arc<FastCgi> {
    Arc::new(FastCgi { socket: FastCgiSocket::Tcp { host: host.into(), port }, backlog: Some(5) })
}

/// Sockets, and what was said about them.
struct World {
    directory: TempDir,
    sockets: Sockets,
    lines: RefCell<Vec<String>>,
}

impl World {
    fn new() -> Self {
        let directory = TempDir::new().expect("temp dir");
        Self { directory, sockets: Sockets::default(), lines: RefCell::default() }
    }

    fn socket(&self, name: &str) -> Arc<FastCgi> {
        unix(&self.directory.path().join(name))
    }

    fn name(process: &str) -> ProcessName {
        let (group, name) = process.split_once(':').expect("group:name");
        ProcessName { group: group.into(), name: name.into() }
    }

    fn check(&mut self, group: &str, config: &Arc<FastCgi>) -> Result<(), String> {
        let say = &mut |line| self.lines.borrow_mut().push(line);
        self.sockets.check(group, Some(config), say).map_err(|unmade| unmade.to_string())
    }

    fn acquire(&mut self, process: &str, config: &Arc<FastCgi>) -> Result<i32, String> {
        let say = &mut |line| self.lines.borrow_mut().push(line);
        let socket = self.sockets.acquire(&Self::name(process), config, say);
        socket.map(|socket| socket.as_raw_fd()).map_err(|unmade| unmade.to_string())
    }

    fn release(&mut self, process: &str) {
        let say = &mut |line| self.lines.borrow_mut().push(line);
        self.sockets.release(&Self::name(process), say);
    }

    /// The lines since the last look, with `$` for the directory.
    #[track_caller]
    fn check_said(&self, expect: &[&str]) {
        let directory = self.directory.path().to_str().expect("UTF-8");
        let lines: Vec<_> = self.lines.take().iter().map(|line| line.replace(directory, "$")).collect();
        assert_eq!(lines, expect);
    }

    fn connects(&self, name: &str) -> bool {
        UnixStream::connect(self.directory.path().join(name)).is_ok()
    }
}

const CREATING: &str = "Creating socket unix://$/f";
const CLOSING: &str = "Closing socket unix://$/f";

#[test]
fn a_check_makes_and_closes_it_once_for_each_group() {
    let mut world = World::new();
    let socket = world.socket("f");
    world.check("g", &socket).expect("check");
    world.check_said(&[CREATING, CLOSING]);
    assert!(!world.connects("f"));
    world.check("g", &socket).expect("known");
    world.check_said(&[]);
    world.check("other", &socket).expect("check");
    world.check_said(&[CREATING, CLOSING]);
    world.sockets.forget("g");
    world.check("other", &socket).expect("known");
    world.check_said(&[]);
    world.check("g", &socket).expect("added again");
    world.check_said(&[CREATING, CLOSING]);
}

#[test]
fn programs_without_a_socket_have_none() {
    let mut world = World::new();
    world.sockets.check("g", None, &mut |line| panic!("{line}")).expect("nothing to do");
    world.release("g:x");
    world.check_said(&[]);
}

#[test]
fn it_is_open_from_the_first_start_to_the_last_end() {
    let mut world = World::new();
    let socket = world.socket("f");
    let first = world.acquire("g:a", &socket).expect("made");
    world.check_said(&[CREATING]);
    assert_eq!(world.acquire("g:b", &socket), Ok(first), "the same one");
    world.release("g:a");
    world.check_said(&[]);
    assert!(world.connects("f"));
    assert_eq!(world.acquire("g:a", &socket), Ok(first), "still the same one");
    world.release("g:b");
    world.release("g:b");
    world.check_said(&[]);
    world.release("g:a");
    world.check_said(&[CLOSING]);
    assert!(!world.connects("f"));
    world.release("g:a");
    world.check_said(&[]);
    world.acquire("g:b", &socket).expect("made again");
    world.check_said(&[CREATING]);
    assert!(world.connects("f"));
}

#[test]
fn a_start_that_failed_and_is_tried_again_holds_it_once() {
    let mut world = World::new();
    let socket = world.socket("f");
    world.acquire("g:a", &socket).expect("made");
    world.acquire("g:a", &socket).expect("held already");
    world.release("g:a");
    world.check_said(&[CREATING, CLOSING]);
}

#[test]
fn groups_do_not_share_and_addresses_do_not_mix() {
    let mut world = World::new();
    let (f, e) = (world.socket("f"), world.socket("e"));
    let first = world.acquire("g:a", &f).expect("made");
    let second = world.acquire("g:b", &e).expect("made");
    let third = world.acquire("other:a", &f).expect("made");
    assert!(first != second && second != third && first != third);
    world.check_said(&[CREATING, "Creating socket unix://$/e", CREATING]);
    world.release("g:a");
    world.check_said(&[CLOSING]);
    world.release("other:b");
    world.check_said(&[]);
    world.release("other:a");
    world.check_said(&[CLOSING]);
    assert!(world.connects("e"));
}

#[test]
fn sections_of_one_group_that_name_one_address_share_it() {
    let mut world = World::new();
    let one = world.socket("f");
    let FastCgiSocket::Unix { path, .. } = &one.socket else { unreachable!("a unix socket") };
    let socket = FastCgiSocket::Unix { path: path.clone(), mode: 0o777, owner: None };
    let other = Arc::new(FastCgi { socket, backlog: Some(1) });
    let first = world.acquire("g:a", &one).expect("made");
    assert_eq!(world.acquire("g:b", &other), Ok(first));
}

#[test]
fn a_failure_names_the_socket_and_the_reason() {
    let mut world = World::new();
    let missing = unix(Path::new("/no/such/f"));
    let text = "Could not create FastCGI socket unix:///no/such/f: [Errno 2] No such file or directory";
    assert_eq!(world.check("g", &missing), Err(text.into()));
    world.check_said(&["Creating socket unix:///no/such/f"]);
    assert_eq!(world.acquire("g:a", &missing), Err(text.into()));
    world.check_said(&["Creating socket unix:///no/such/f"]);
    world.release("g:a");
    world.check_said(&[]);

    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = taken.local_addr().expect("address").port();
    let in_use = world.acquire("t:a", &tcp("127.0.0.1", port)).expect_err("in use");
    if cfg!(target_os = "linux") {
        let expect = format!(
            "Could not create FastCGI socket tcp://127.0.0.1:{port}: [Errno 98] Address already in use"
        );
        assert_eq!(in_use, expect);
    }
    drop(taken);
    world.acquire("t:a", &tcp("127.0.0.1", port)).expect("free now");
}

#[test]
fn a_host_is_looked_up_once() {
    let mut world = World::new();
    // Port 0 stands for any free one, so that the test needs none of its own.
    let socket = tcp("localhost", 0);
    world.check("g", &socket).expect("check");
    let known = world.sockets.shared[0].address;
    assert_eq!(known, Some(([127, 0, 0, 1], 0).into()));
    world.acquire("g:a", &socket).expect("made");
    assert_eq!((world.sockets.shared.len(), world.sockets.shared[0].address), (1, known));
}

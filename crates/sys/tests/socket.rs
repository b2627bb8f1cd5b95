//! Listening sockets: what is bound, what is refused, and what is in the way.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use provost_sys::socket::{BindError, BoundUnix, bind_tcp, bind_unix};
use provost_sys::{Gid, Uid};
use tempfile::TempDir;

fn place() -> (TempDir, PathBuf) {
    let directory = TempDir::new().expect("temp dir");
    let path = directory.path().join("x.sock");
    (directory, path)
}

#[track_caller]
fn check_alone(directory: &TempDir, expect: &[&str]) {
    let mut names: Vec<_> = fs::read_dir(directory.path())
        .expect("list")
        .map(|entry| entry.expect("entry").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    assert_eq!(names, expect, "nothing else is left behind");
}

#[track_caller]
fn check_refused<T>(result: Result<T, BindError>, expect: &str) {
    let Err(error) = result else { panic!("expected: {expect}") };
    assert_eq!(error.to_string(), expect);
}

const IN_USE: &str = "Another program is already listening on a port that one of our HTTP servers is configured to \
                      use.  Shut this program down first before starting supervisord.";

#[test]
fn a_unix_socket_listens_with_its_mode() {
    for mode in [0o700, 0o770, 0o777, 0o600] {
        let (directory, path) = place();
        let BoundUnix { listener, notice, .. } = bind_unix(&path, mode, None).expect("bind");
        assert_eq!(notice, None);
        let metadata = fs::metadata(&path).expect("stat");
        assert!(metadata.file_type().is_socket());
        assert_eq!(metadata.permissions().mode() & 0o7777, mode);
        check_alone(&directory, &["x.sock"]);

        let mut client = UnixStream::connect(&path).expect("connect");
        client.write_all(b"hello").expect("write");
        drop(client);
        let mut text = String::new();
        listener.accept().expect("accept").0.read_to_string(&mut text).expect("read");
        assert_eq!(text, "hello");
    }
}

#[test]
fn a_place_removes_its_own_socket_only() {
    let (directory, path) = place();
    let first = bind_unix(&path, 0o700, None).expect("bind");
    fs::remove_file(&path).expect("anybody with the directory may do that");
    let second = bind_unix(&path, 0o700, None).expect("bind");
    first.place.remove();
    UnixStream::connect(&path).expect("the second one is there");
    second.place.remove();
    check_alone(&directory, &[]);
    fs::write(&path, "a file").expect("write");
    second.place.remove();
    check_alone(&directory, &["x.sock"]);
}

#[test]
fn a_unix_socket_belongs_to_its_owner() {
    if Uid::current() != Uid::ROOT {
        return;
    }
    let own_group = Gid::current().raw();
    for (gid, expect) in [(Some(Gid::new(4242)), 4242), (None, own_group)] {
        let (_directory, path) = place();
        let _bound = bind_unix(&path, 0o770, Some((Uid::new(65534), gid))).expect("bind");
        let metadata = fs::metadata(&path).expect("stat");
        assert_eq!((metadata.uid(), metadata.gid()), (65534, expect));
        assert_eq!(metadata.permissions().mode() & 0o7777, 0o770);
    }
}

#[test]
fn a_dead_socket_is_replaced() {
    let (directory, path) = place();
    drop(UnixListener::bind(&path).expect("bind"));
    let BoundUnix { listener: _listener, notice, .. } = bind_unix(&path, 0o700, None).expect("bind");
    assert_eq!(notice, Some(format!("Unlinking stale socket {}", path.display())));
    UnixStream::connect(&path).expect("the new one lives");
    check_alone(&directory, &["x.sock"]);
}

#[test]
fn a_living_socket_is_left_alone() {
    let (directory, path) = place();
    let first = bind_unix(&path, 0o700, None).expect("bind");
    check_refused(bind_unix(&path, 0o700, None), IN_USE);
    UnixStream::connect(&path).expect("the first one still serves");
    check_alone(&directory, &["x.sock"]);
    drop(first);
}

#[test]
fn a_hung_server_counts_as_living() {
    let (_directory, path) = place();
    let socket = rustix::net::socket_with(
        rustix::net::AddressFamily::UNIX,
        rustix::net::SocketType::STREAM,
        rustix::net::SocketFlags::CLOEXEC,
        None,
    )
    .expect("socket");
    rustix::net::bind(&socket, &rustix::net::SocketAddrUnix::new(&path).expect("address")).expect("bind");
    rustix::net::listen(&socket, 0).expect("listen");
    // Nobody accepts; the queue takes one caller and is full.
    let _waiting = UnixStream::connect(&path).expect("connect");
    check_refused(bind_unix(&path, 0o700, None), IN_USE);
}

#[test]
fn a_datagram_socket_counts_as_living() {
    let (_directory, path) = place();
    let _socket = UnixDatagram::bind(&path).expect("bind");
    check_refused(bind_unix(&path, 0o700, None), IN_USE);
}

#[test]
fn what_is_not_a_socket_is_left_alone() {
    let (directory, path) = place();
    fs::write(&path, "precious").expect("write");
    let expect = format!(
        "Cannot open an HTTP server: {} exists and is not a socket; remove it, or set another file",
        path.display()
    );
    check_refused(bind_unix(&path, 0o700, None), &expect);
    assert_eq!(fs::read_to_string(&path).expect("read"), "precious");
    check_alone(&directory, &["x.sock"]);
}

#[test]
fn paths_that_cannot_be_bound() {
    let (_directory, path) = place();
    let enoent = "Cannot open an HTTP server: socket.error reported errno.ENOENT (2)";
    check_refused(bind_unix(Path::new("/no/such/x.sock"), 0o700, None), enoent);
    let long = path.with_file_name("x".repeat(150));
    let too_long = "Cannot open an HTTP server: socket.error reported AF_UNIX path too long";
    check_refused(bind_unix(&long, 0o700, None), too_long);
}

#[test]
fn tcp_listens_and_is_exclusive() {
    for host in [Some("127.0.0.1"), Some("localhost"), Some(""), None] {
        let listener = bind_tcp(host, 0).expect("bind");
        let address = listener.local_addr().expect("address");
        assert!(address.is_ipv4());
        TcpStream::connect(("127.0.0.1", address.port())).expect("connect");
        check_refused(bind_tcp(host, address.port()), IN_USE);
    }
}

#[test]
fn tcp_hosts_that_cannot_be_bound() {
    // An address of the documentation range, which no machine has.
    let unavailable = "Cannot open an HTTP server: socket.error reported errno.EADDRNOTAVAIL (99)";
    if cfg!(target_os = "linux") {
        check_refused(bind_tcp(Some("192.0.2.1"), 0), unavailable);
    }
    let error = bind_tcp(Some("no such host"), 9001).expect_err("not a name");
    assert!(matches!(&error, BindError::Resolve { host, .. } if host == "no such host"), "{error:?}");
    assert!(error.to_string().starts_with("Cannot open an HTTP server: socket.error reported -"), "{error}");
}

#[test]
fn ipv6_is_accepted_where_the_machine_has_it() {
    if TcpListener::bind("[::1]:0").is_err() {
        return;
    }
    for host in ["::1", "[::1]", "[::]"] {
        let listener = bind_tcp(Some(host), 0).expect("bind");
        assert!(listener.local_addr().expect("address").is_ipv6(), "{host}");
    }
}

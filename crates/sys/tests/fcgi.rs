//! Listening sockets for children: what they look like, what they replace, and what they leave alone.

use std::fs;
use std::io::Read as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _, symlink};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use provost_sys::socket::{FcgiError, bind_fcgi_tcp, bind_fcgi_unix, resolve};
use provost_sys::{Gid, Uid};
use rustix::fs::OFlags;
use rustix::io::{Errno, FdFlags};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use tempfile::TempDir;

const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

fn place() -> (TempDir, PathBuf) {
    let directory = TempDir::new().expect("temp dir");
    let path = directory.path().join("f.sock");
    (directory, path)
}

fn bind(path: &Path) -> Result<OwnedFd, FcgiError> {
    bind_fcgi_unix(path, 0o700, None, None)
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
fn check_refused(result: Result<OwnedFd, FcgiError>, expect: &str) {
    assert_eq!(result.expect_err(expect).to_string(), expect);
}

/// Whether a connection reaches this very socket.
#[track_caller]
fn check_reached(socket: OwnedFd, path: &Path) {
    let client = UnixStream::connect(path).expect("connect");
    let listener = UnixListener::from(socket);
    let (mut accepted, _) = listener.accept().expect("accept");
    drop(client);
    assert_eq!(accepted.read(&mut [0]).expect("read"), 0);
}

#[track_caller]
fn check_descriptor(socket: &OwnedFd) {
    assert_eq!(rustix::io::fcntl_getfd(socket), Ok(FdFlags::CLOEXEC));
    let flags = rustix::fs::fcntl_getfl(socket).expect("flags");
    assert!(!flags.contains(OFlags::NONBLOCK), "workers expect accept to block");
}

#[test]
fn a_unix_socket_has_its_mode_and_its_own_name() {
    for mode in [0o700, 0o770, 0o777, 0o600, 0o000] {
        let (directory, path) = place();
        let socket = bind_fcgi_unix(&path, mode, None, None).expect("bind");
        let metadata = fs::symlink_metadata(&path).expect("stat");
        assert!(metadata.file_type().is_socket());
        assert_eq!(metadata.permissions().mode() & 0o7777, mode);
        check_descriptor(&socket);
        check_alone(&directory, &["f.sock"]);
        let name = rustix::net::getsockname(&socket).expect("name");
        assert_eq!(name, SocketAddrUnix::new(&path).expect("address").into());
    }
}

#[test]
fn a_unix_socket_belongs_to_its_owner() {
    if Uid::current() != Uid::ROOT {
        let (directory, path) = place();
        let stranger = Some((Uid::ROOT, None));
        let expect = format!(
            "Could not change ownership of socket file: [Errno 1] Operation not permitted: '{}'",
            path.display()
        );
        check_refused(bind_fcgi_unix(&path, 0o770, stranger, None), &expect);
        check_alone(&directory, &[]);
        return;
    }
    for (gid, expect) in [(Some(Gid::new(4242)), 4242), (None, Gid::current().raw())] {
        let (_directory, path) = place();
        let _socket = bind_fcgi_unix(&path, 0o770, Some((Uid::new(65534), gid)), None).expect("bind");
        let metadata = fs::metadata(&path).expect("stat");
        assert_eq!((metadata.uid(), metadata.gid()), (65534, expect));
        assert_eq!(metadata.permissions().mode() & 0o7777, 0o770, "a new owner does not change the bits");
    }
}

#[test]
fn closing_leaves_the_file_and_the_next_bind_replaces_it() {
    let (directory, path) = place();
    drop(bind(&path).expect("bind"));
    check_alone(&directory, &["f.sock"]);
    check_reached(bind(&path).expect("bind again"), &path);
    check_alone(&directory, &["f.sock"]);
}

#[test]
fn a_living_socket_is_replaced_too() {
    // Workers of a daemon that was killed still hold it, and their successors need the name.
    let (_directory, path) = place();
    let _old = UnixListener::bind(&path).expect("bind");
    check_reached(bind(&path).expect("bind"), &path);
}

#[test]
fn other_files_are_left_alone() {
    let (directory, path) = place();
    let expect = format!("{} exists and is not a socket; remove it, or set another socket", path.display());
    fs::write(&path, "precious").expect("write");
    check_refused(bind(&path), &expect);
    assert_eq!(fs::read_to_string(&path).expect("read"), "precious");
    fs::remove_file(&path).expect("remove");

    symlink("elsewhere", &path).expect("symlink");
    check_refused(bind(&path), &expect);
    assert_eq!(fs::read_link(&path).expect("link"), Path::new("elsewhere"));
    fs::remove_file(&path).expect("remove");

    fs::create_dir(&path).expect("directory");
    check_refused(bind(&path), &expect);
    check_alone(&directory, &["f.sock"]);
}

#[test]
fn paths_that_cannot_be_bound() {
    let (directory, path) = place();
    check_refused(bind(Path::new("/no/such/f.sock")), "[Errno 2] No such file or directory");
    fs::write(directory.path().join("file"), "").expect("write");
    check_refused(bind(&directory.path().join("file/f.sock")), "[Errno 20] Not a directory");
    check_refused(bind(&path.with_file_name("x".repeat(150))), "AF_UNIX path too long");
}

#[test]
fn the_longest_path_can_be_bound() {
    /// What the reference can bind: `sun_path` of Linux without the NUL. The system takes one more.
    const LONGEST: usize = 107;
    if !cfg!(target_os = "linux") {
        return;
    }
    let (directory, _) = place();
    let used = directory.path().as_os_str().len() + 1;
    let name = "x".repeat(LONGEST - used);
    let path = directory.path().join(&name);
    check_reached(bind(&path).expect("bind"), &path);
    check_alone(&directory, &[&name]);
    check_refused(bind(&directory.path().join(name + "xx")), "AF_UNIX path too long");
}

#[test]
fn the_backlog_limits_how_many_wait() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let connect = |path: &Path| {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let client = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
        rustix::net::connect(&client, &SocketAddrUnix::new(path)?)?;
        Ok::<_, Errno>(client)
    };
    for backlog in [1_u32, 5] {
        let (_directory, path) = place();
        let _socket = bind_fcgi_unix(&path, 0o700, None, Some(backlog)).expect("bind");
        // The system lets in one more than it was told.
        let waiting: Vec<_> =
            (0..=backlog).map(|number| connect(&path).unwrap_or_else(|e| panic!("{number}: {e}"))).collect();
        assert_eq!(connect(&path).map(drop), Err(Errno::AGAIN));
        drop(waiting);
    }
    let (_directory, path) = place();
    let _socket = bind(&path).expect("bind");
    let many: Result<Vec<_>, _> = (0..100).map(|_| connect(&path)).collect();
    assert_eq!(many.map(|clients| clients.len()), Ok(100), "the default is large");
}

#[test]
fn tcp_listens_and_is_exclusive() {
    let socket = bind_fcgi_tcp(ANY_PORT, None).expect("bind");
    check_descriptor(&socket);
    let listener = TcpListener::from(socket);
    let address = listener.local_addr().expect("address");
    TcpStream::connect(address).expect("connect");
    if cfg!(target_os = "linux") {
        check_refused(bind_fcgi_tcp(address, None), "[Errno 98] Address already in use");
        let nowhere = SocketAddr::from(([192, 0, 2, 1], 9000));
        check_refused(bind_fcgi_tcp(nowhere, None), "[Errno 99] Cannot assign requested address");
    }
}

#[test]
fn tcp_is_bound_again_while_old_connections_linger() {
    let listener = TcpListener::from(bind_fcgi_tcp(ANY_PORT, Some(5)).expect("bind"));
    let address = listener.local_addr().expect("address");
    let mut client = TcpStream::connect(address).expect("connect");
    // Who closes first keeps the address in TIME_WAIT for a minute.
    drop(listener.accept().expect("accept"));
    assert_eq!(client.read(&mut [0]).expect("end of file"), 0);
    drop((client, listener));
    bind_fcgi_tcp(address, Some(5)).expect("bind again");
}

#[test]
fn hosts_become_addresses() {
    let check = |host: &str, expect: &str| {
        assert_eq!(resolve(host, 9000).expect(host), expect.parse().expect("an address"), "{host}");
    };
    check("127.0.0.1", "127.0.0.1:9000");
    check("localhost", "127.0.0.1:9000");
    check("0.0.0.0", "0.0.0.0:9000");
    check("::1", "[::1]:9000");
    check("[::1]", "[::1]:9000");
    let error = resolve("no such host", 9000).expect_err("not a name").to_string();
    assert!(error.starts_with("[Errno -"), "{error}");
    assert!(!error.contains("failed to lookup"), "{error}");
}

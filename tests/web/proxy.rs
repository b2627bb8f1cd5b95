//! Behind a reverse proxy that puts the pages under a path of its own.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use crate::stage::{PROGRAMS, Stage};

/// Where the proxy has the daemon.
const PREFIX: &str = "/ops/supervisor/";

/// Takes one request for each connection, as simple proxies do, and hands it on without the prefix. What is asked outside
/// of the prefix belongs to somebody else.
fn serve(listener: &TcpListener, daemon: u16) {
    for client in listener.incoming().flatten() {
        thread::spawn(move || drop(hand_on(client, daemon)));
    }
}

fn hand_on(mut client: TcpStream, daemon: u16) -> io::Result<()> {
    let head = read_head(&mut client)?;
    let Some((method, rest)) = head.split_once(&format!(" {PREFIX}")) else {
        return client.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    };
    let mut server = TcpStream::connect(("127.0.0.1", daemon))?;
    let (line, headers) = rest.split_once("\r\n").unwrap_or((rest, ""));
    let kept: Vec<&str> =
        headers.split("\r\n").filter(|line| !line.to_ascii_lowercase().starts_with("connection:")).collect();
    write!(server, "{method} /{line}\r\nConnection: close\r\n{}", kept.join("\r\n"))?;
    let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || io::copy(&mut from_client, &mut to_server));
    io::copy(&mut server, &mut client)?;
    client.shutdown(Shutdown::Both)
}

/// Everything up to the empty line, byte by byte: what follows is not ours.
fn read_head(client: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        client.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    String::from_utf8(head).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// The address of a proxy before the stage's daemon. It ends with the test.
fn proxy(stage: &mut Stage) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let daemon = stage.world.scratch.port(1);
    thread::spawn(move || serve(&listener, daemon));
    format!("http://127.0.0.1:{port}{PREFIX}")
}

#[test]
fn everything_works_under_a_prefix() {
    let Some(mut stage) = Stage::locked(PROGRAMS) else { return };
    stage.world.wait_state("single", "RUNNING");
    let address = proxy(&mut stage);
    let browser = &stage.browser;
    browser.go(&format!("{address}program.html?name=single"));
    browser.type_into("#user", "u");
    browser.type_into("#password", "p");
    browser.click("form.stack button");
    browser.wait("document.documentElement.dataset.link === 'live'");
    assert_eq!(
        browser.value("location.href"),
        format!("{address}program.html?name=single"),
        "back where one wanted to go"
    );
    let cookies = browser.command("Network.getAllCookies", &serde_json::json!({}));
    let path = cookies["cookies"]
        .as_array()
        .and_then(|all| all.iter().find(|one| one["httpOnly"] == true))
        .map(|one| &one["path"]);
    assert_eq!(
        path,
        Some(&PREFIX.trim_end_matches('/').into()),
        "the session is for what is below the prefix"
    );
    browser.type_into("#stdin", "through the proxy");
    browser.click("button[value=\"stdin single\"]");
    browser.wait("document.querySelector('.log').textContent.includes('through the proxy')");
    browser.click("nav a");
    browser.wait("document.documentElement.dataset.link === 'live'");
    browser.click("button[value=\"stop single\"]");
    browser.wait("document.querySelector('[data-name=single]').dataset.state === 'STOPPED'");

    browser.command("Emulation.setScriptExecutionDisabled", &serde_json::json!({"value": true}));
    browser.go(&address);
    browser.click("button[value=\"start single\"]");
    browser.wait("document.querySelector('[data-name=single]').dataset.state === 'RUNNING' && document.querySelector('.status_msg')");
    browser.click(".switches a.switch");
    browser.wait("document.documentElement.lang === 'zh-CN'");
    browser.click("nav a[href='daemon.html']");
    browser.wait("document.querySelector('#power')");
    assert_eq!(browser.value("document.documentElement.lang"), "zh-CN");
    browser.click("form[action=sign-out] button");
    browser.wait("document.querySelector('#password')");
    assert!(browser.value("location.href").starts_with(&address));
}

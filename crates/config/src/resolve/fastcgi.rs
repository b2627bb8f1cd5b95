//! The socket of `[fcgi-program:x]`.

use super::program::section_name;
use super::{Context, Reader, Refusals, advice};
use crate::diagnostic::Failure;
use crate::expand::Value;
use crate::ini::Section;
use crate::model::{FastCgi, FastCgiSocket, User};
use crate::options::{Kind, Names};
use crate::path;
use crate::text::is_space;
use crate::value::{self, ValueError};

/// Permission bits of a unix socket when none are configured.
const DEFAULT_MODE: u32 = 0o700;

/// What may be said about a unix socket, and only about one.
struct UnixOptions {
    user: Option<User>,
    owner: Option<(u32, Option<u32>)>,
    mode: Option<u32>,
}

/// Why a `socket` value was refused; each text is followed by ` in [section] socket`.
#[derive(Debug, thiserror::Error)]
enum SocketError {
    #[error("Unix socket path {0} is not an absolute path")]
    RelativePath(String),
    #[error("socket_owner and socket_mode params should only be used with a Unix domain socket")]
    OnlyUnix,
    #[error("Bad socket format {0}")]
    Format(String),
    #[error(transparent)]
    Port(ValueError),
}

pub(super) fn read(context: &Context<'_>, section: &Section) -> Result<FastCgi, Failure> {
    let asked = context.asked;
    let (names, scope) = context.names(Names::Here);
    let reader = Reader::new(context.document, section, Kind::FcgiProgram, (names, scope.clone()));
    let mut refusals = Refusals::default();
    // Looked at here without the names of a program; read again, with them, for each process.
    let user = refusals.or_default(match reader.entry("user") {
        Some(_) => reader.optional("user", |text| asked.user(text)),
        None => Ok(None),
    });
    let backlog = refusals.or_default(backlog(&reader));
    let owner = refusals.or_default(reader.optional("socket_owner", |text| {
        asked.user_group(text).map_err(|_| format!("Invalid socket_owner value {text}"))
    }));
    let mode = refusals.or_default(reader.optional("socket_mode", |text| {
        value::octal(text).map_err(|_| format!("Invalid socket_mode value {text}"))
    }));

    let program_name = refusals.or_default(section_name(context, section));
    let scope = scope.with("program_name", Value::Text(program_name));
    let reader = Reader::new(context.document, section, Kind::FcgiProgram, (Names::Socket, scope));
    let socket = read_socket(&reader, &UnixOptions { user, owner, mode }, asked.system.own_uid());
    let stand_in = FastCgiSocket::Tcp { host: String::new(), port: 0 };
    let socket = refusals.or(socket, stand_in);
    refusals.finish(FastCgi { socket, backlog })
}

fn read_socket(reader: &Reader<'_>, options: &UnixOptions, own_uid: u32) -> Result<FastCgiSocket, Failure> {
    let section = &reader.section.name;
    let text = reader.text("socket")?.unwrap_or_default();
    if text.is_empty() {
        let message = format!("[{section}] section requires a \"socket\" line");
        return Err(reader
            .refuse("socket", message)
            .with_help("write socket=unix:///path or socket=tcp://host:port"));
    }
    socket(&text, options, own_uid).map_err(|error| {
        let failure = reader.refuse("socket", format!("{error} in [{section}] socket"));
        match &error {
            SocketError::Port(error) => match advice::of_value(error, "socket") {
                Some(help) => failure.with_help(&help),
                None => failure,
            },
            _ => failure,
        }
    })
}

fn backlog(reader: &Reader<'_>) -> Result<Option<u32>, Failure> {
    let Some(number) = reader.optional("socket_backlog", value::integer)? else { return Ok(None) };
    match u32::try_from(number).ok().filter(|number| (1..=65535).contains(number)) {
        Some(number) => Ok(Some(number)),
        None => Err(reader.refuse("socket_backlog", format!("Invalid socket_backlog value {number}"))),
    }
}

fn socket(text: &str, options: &UnixOptions, own_uid: u32) -> Result<FastCgiSocket, SocketError> {
    if let Some(path) = text.strip_prefix("unix://") {
        if !path.starts_with('/') {
            return Err(SocketError::RelativePath(path.to_owned()));
        }
        let users =
            options.user.as_ref().filter(|user| user.uid != own_uid).map(|user| (user.uid, Some(user.gid)));
        let owner = options.owner.or(users);
        return Ok(FastCgiSocket::Unix {
            path: path::normalize(path),
            mode: options.mode.unwrap_or(DEFAULT_MODE),
            owner,
        });
    }
    if options.owner.is_some() || options.mode.is_some() {
        return Err(SocketError::OnlyUnix);
    }
    let bad_format = || SocketError::Format(text.to_owned());
    let (host, port) =
        text.strip_prefix("tcp://").and_then(|rest| rest.split_once(':')).ok_or_else(bad_format)?;
    let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    if host.is_empty() || host.contains(is_space) || !digits {
        return Err(bad_format());
    }
    let port = value::port_number(port).map_err(SocketError::Port)?;
    Ok(FastCgiSocket::Tcp { host: host.to_lowercase(), port })
}

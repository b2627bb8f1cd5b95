//! `[inet_http_server]` and `[unix_http_server]`.

use std::net::Ipv6Addr;

use super::{Context, Reader, Refusals, Worded};
use crate::diagnostic::Failure;
use crate::ini::Section;
use crate::model::{Address, Credentials, Server};
use crate::options::{Kind, Names};
use crate::text::strip;
use crate::{path, value};

/// All servers in the order in which they are opened: inet, then unix, each in file order. Whether those that others can
/// reach must have a password is for the caller to say.
pub(super) fn read(context: &Context<'_>, require_password: bool) -> Result<Vec<Server>, Failure> {
    let sections = context.document.sections();
    let with = |prefix: &'static str| sections.iter().filter(move |section| section.name.starts_with(prefix));
    let inet = with("inet_http_server").map(|section| inet(context, section));
    let unix = with("unix_http_server").map(|section| unix(context, section));
    let mut refusals = Refusals::default();
    let servers: Vec<Server> = inet.chain(unix).filter_map(|server| refusals.ok(server)).collect();
    if require_password {
        let open = servers
            .iter()
            .filter(|server| server.credentials.is_none() && server.address.is_open_to_others());
        open.for_each(|server| refusals.add(lacks_password(context, server)));
    }
    refusals.finish(servers)
}

/// `[supervisord] require_password` is true, and that server has none.
fn lacks_password(context: &Context<'_>, server: &Server) -> Failure {
    let (option, remedy) = match &server.address {
        Address::Inet { port, .. } => ("port", format!("port=127.0.0.1:{port}")),
        Address::Unix { .. } => ("chmod", "chmod=0700".to_owned()),
    };
    let message = format!("section [{}] has no password, and others can reach it", server.section);
    let help = format!(
        "write username= and password= (supervisord --hash-password makes one), or {remedy}; require_password of \
         [supervisord] asks for it"
    );
    let place = context.document.section(&server.section).map(|section| {
        let written = context.document.option(section, option).map(|entry| entry.value_span);
        context.document.place(written.unwrap_or(section.span))
    });
    Failure::new(message, place, Some(help))
}

fn inet(context: &Context<'_>, section: &Section) -> Result<Server, Failure> {
    let reader =
        Reader::new(context.document, section, Kind::InetHttpServer, context.names(Names::Environment));
    let mut refusals = Refusals::default();
    let credentials = refusals.or_default(credentials(&reader, context));
    let allowed_hosts = refusals.or_default(allowed_hosts(&reader));
    let metrics_auth = refusals.or_default(reader.value("metrics_auth", value::boolean));
    let unsafe_get_actions = refusals.or_default(reader.value("unsafe_get_actions", value::boolean));
    let place = reader.optional("port", value::host_port).and_then(|place| {
        place.ok_or_else(|| {
            let message = format!("section [{}] has no port value", section.name);
            reader.refuse_section(message).with_help("write port=127.0.0.1:9001")
        })
    });
    let (host, port) = refusals.or_default(place);
    refusals.finish(Server {
        section: section.name.clone(),
        address: Address::Inet { host, port },
        credentials,
        allowed_hosts,
        metrics_auth,
        unsafe_get_actions,
    })
}

fn unix(context: &Context<'_>, section: &Section) -> Result<Server, Failure> {
    let asked = context.asked;
    let with_here = Reader::new(context.document, section, Kind::UnixHttpServer, context.names(Names::Here));
    let mut refusals = Refusals::default();
    let file = with_here.text("file").and_then(|file| {
        file.ok_or_else(|| {
            let message = format!("section [{}] has no file value", section.name);
            with_here.refuse_section(message).with_help("write file=/path/to/supervisor.sock")
        })
    });
    let path = path::absolute(&asked.home(strip(&refusals.or_default(file))), context.cwd);
    let reader =
        Reader::new(context.document, section, Kind::UnixHttpServer, context.names(Names::Environment));
    let credentials = refusals.or_default(credentials(&reader, context));
    let allowed_hosts = refusals.or_default(allowed_hosts(&reader));
    let metrics_auth = refusals.or_default(reader.value("metrics_auth", value::boolean));
    let unsafe_get_actions = refusals.or_default(reader.value("unsafe_get_actions", value::boolean));
    let owner = reader.optional("chown", |text| {
        asked.user_group(text).map_err(|_| {
            Worded(
                format!("Invalid sockchown value {text}"),
                "write user or user:group of this machine, as names or ids",
            )
        })
    });
    let owner = refusals.or_default(owner);
    let mode = refusals.or_default(reader.value("chmod", |text| {
        value::octal(text).map_err(|_| {
            Worded(format!("Invalid chmod value {text}"), "write permissions in octal digits, such as 0700")
        })
    }));
    refusals.finish(Server {
        section: section.name.clone(),
        address: Address::Unix { path, mode, owner },
        credentials,
        allowed_hosts,
        metrics_auth,
        unsafe_get_actions,
    })
}

/// Names as web pages use them; an empty item is none. One that could never match is refused, and so is `*example.com`,
/// which would trust `evilexample.com`.
fn allowed_hosts(reader: &Reader<'_>) -> Result<Vec<String>, Failure> {
    let text = reader.text("allowed_hosts")?.unwrap_or_default();
    let names: Vec<_> =
        value::list(&text).into_iter().filter(|name| !name.is_empty()).map(str::to_lowercase).collect();
    match names.iter().find(|name| !is_host_pattern(name)) {
        Some(name) => Err(reader
            .refuse("allowed_hosts", format!("{name} is not a name of hosts in allowed_hosts"))
            .with_help("write names without scheme and port: sup.example.com, *.example.com, or * for all")),
        None => Ok(names),
    }
}

/// `*`, a name or address of a host, or `*.` and the name of a domain.
fn is_host_pattern(pattern: &str) -> bool {
    let inside = pattern.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if let Some(inside) = inside {
        return inside.parse::<Ipv6Addr>().is_ok();
    }
    let name = pattern.strip_prefix("*.").unwrap_or(pattern);
    pattern == "*"
        || (!name.is_empty() && !name.contains(['*', ':', '/', '@', '[', ']', ' ']) && !name.starts_with('.'))
}

/// Both, or neither. An empty user name beside a password would switch authentication off without a word: the
/// reference does that, here it counts as a missing user name. A password that begins like a hash and is none would let nobody
/// in, and is refused before a server that works is closed for it.
fn credentials(reader: &Reader<'_>, context: &Context<'_>) -> Result<Option<Credentials>, Failure> {
    let username = reader.text("username")?;
    let password = reader.text("password")?;
    match (username, password) {
        (None, None) => Ok(None),
        (Some(username), Some(password)) if username.is_empty() && password.is_empty() => Ok(None),
        (Some(username), Some(password)) if !username.is_empty() => {
            if let Some(why) = context.asked.system.password_fault(&password) {
                let message = format!("section [{}] has an unusable password: {why}", reader.section.name);
                let help = "a plain password must not begin like a hash";
                return Err(reader.refuse("password", message).with_help(help));
            }
            Ok(Some(Credentials { username: username.into_owned(), password: password.into_owned() }))
        }
        (username, _) => {
            let message = format!(
                "Section [{}] contains incomplete authentication: If a username or a password is specified, both the \
                 username and password must be specified",
                reader.section.name
            );
            let (written, missing) =
                if username.is_some() { ("username", "password") } else { ("password", "username") };
            Err(reader.refuse(written, message).with_help(&format!("write {missing}=, or remove {written}")))
        }
    }
}

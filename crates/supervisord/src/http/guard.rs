//! Keeps web sites from using a visitor's browser to reach the daemon.
//!
//! A page on any site can make a browser send requests to `localhost:9001`. It cannot read the answers, but calls
//! such as `shutdown` need no answer. Browsers say where a request comes from; programs that are no browsers send
//! none of these headers and are never refused here. Nothing in this module replaces credentials.

use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN};
use axum::http::{HeaderMap, Method};

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// The page that made the request came from elsewhere.
    #[error("Forbidden: the request comes from a page of another web site")]
    ForeignOrigin,
    /// The browser says that another site made the request.
    #[error("Forbidden: the browser says that another web site makes this request")]
    CrossSite,
    /// A page may send forms without being asked, but XML only to where it came from.
    #[error("Forbidden: a request from a page must have an XML content type")]
    FormContent,
    /// A name that a site made to point at this machine.
    #[error(
        "Forbidden: this server listens on a loopback address and is called by a name that is not; \
         use localhost, name it in allowed_hosts, or set username and password of the server to allow other names"
    )]
    ForeignHost,
}

/// How clients reach a listener, as far as browsers matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Over TCP on a loopback address, without credentials: there "only from this machine" is the whole protection,
    /// and a name that resolves to 127.0.0.1 would lift it. With credentials the check would protect nothing,
    /// because a browser keeps them by name, and would only be in the way of a reverse proxy.
    OpenLoopback,
    /// Anything else.
    Other,
}

/// What one listener makes of requests.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    reach: Reach,
    /// Names of the option `allowed_hosts`.
    trusted: Vec<String>,
}

impl Guard {
    pub(super) fn new(reach: Reach, trusted: &[String]) -> Self {
        Self { reach, trusted: trusted.to_vec() }
    }

    /// Judges the headers of a request.
    ///
    /// # Errors
    ///
    /// Says why it must not be carried out.
    pub(super) fn check(&self, method: &Method, headers: &HeaderMap) -> Result<(), Refusal> {
        let host = text(headers, HOST.as_str());
        let is_foreign = |host: &str| !is_local_name(host) && !self.trusts(host);
        if self.reach == Reach::OpenLoopback && host.is_some_and(is_foreign) {
            return Err(Refusal::ForeignHost);
        }
        let origin = text(headers, ORIGIN.as_str());
        if origin.and_then(|origin| origin.split_once("://")).is_some_and(|(_, name)| self.trusts(name)) {
            return Ok(());
        }
        if is_from_another_site(method, headers) {
            return Err(Refusal::CrossSite);
        }
        match origin {
            Some(origin) if !is_same_place(origin, host.unwrap_or_default()) => Err(Refusal::ForeignOrigin),
            _ => Ok(()),
        }
    }

    /// Whether the option `allowed_hosts` names this host, with or without a port.
    fn trusts(&self, authority: &str) -> bool {
        if self.trusted.is_empty() {
            return false;
        }
        let name = without_port(authority).0.to_ascii_lowercase();
        self.trusted.iter().any(|trusted| match trusted.strip_prefix('*') {
            Some("") => true,
            Some(parent) => name.strip_suffix(parent).is_some_and(is_host_name),
            None => name == *trusted,
        })
    }
}

/// Judges the headers of a call. A browser that says where the page came from must also send what only a page
/// from there may send.
///
/// # Errors
///
/// Says why it must not be carried out.
pub(super) fn check_call(headers: &HeaderMap) -> Result<(), Refusal> {
    if headers.contains_key(ORIGIN) && is_form(headers) { Err(Refusal::FormContent) } else { Ok(()) }
}

/// The value of a header. One that is not text or stands twice becomes something that matches nothing, which refuses it.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    Some(if values.next().is_none() { value.to_str().unwrap_or("?") } else { "?" })
}

/// Whether this can be the part of a host's name that `*` stands for.
fn is_host_name(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// Following a link is not an attack: what a page shows is not changed by showing it.
fn is_from_another_site(method: &Method, headers: &HeaderMap) -> bool {
    let site = text(headers, "sec-fetch-site").unwrap_or("none");
    let follows_link = method == Method::GET
        && text(headers, "sec-fetch-mode") == Some("navigate")
        && text(headers, "sec-fetch-dest").is_none_or(|place| place == "document");
    !matches!(site, "same-origin" | "none") && !follows_link
}

/// The content types that a page may send anywhere without the browser asking first.
fn is_form(headers: &HeaderMap) -> bool {
    let Some(content) = text(headers, CONTENT_TYPE.as_str()) else {
        return true;
    };
    let kind = content.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(kind.as_str(), "text/plain" | "application/x-www-form-urlencoded" | "multipart/form-data" | "")
}

/// Whether `origin` (`scheme://host:port`) is the server that the `Host` header names.
fn is_same_place(origin: &str, host: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else {
        return false;
    };
    let default = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return false,
    };
    let bare = |name: &'_ str| name.strip_suffix(default).unwrap_or(name).to_ascii_lowercase();
    !authority.is_empty() && bare(authority) == bare(host)
}

/// The name, and what stands behind the last colon, unless that is one inside `[::1]`.
fn without_port(authority: &str) -> (&str, &str) {
    match authority.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port),
        _ => (authority, ""),
    }
}

/// Whether a `Host` header names this machine in a way that no web site can arrange.
fn is_local_name(host: &str) -> bool {
    let (name, port) = without_port(host);
    if !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let name = name.to_ascii_lowercase();
    let name = name.strip_suffix('.').unwrap_or(&name);
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || name
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .is_some_and(|inside| inside.parse::<std::net::Ipv6Addr>().is_ok_and(|a| a.is_loopback()))
        || name.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `request` is `METHOD` and then headers, separated by `|`.
    fn parse(request: &str) -> (Method, HeaderMap) {
        let mut parts = request.split('|').map(str::trim);
        let method: Method = parts.next().and_then(|name| name.parse().ok()).expect("a case has a method");
        let mut headers = HeaderMap::new();
        for header in parts {
            let (name, value) = header.split_once(": ").expect("a case's header has a colon");
            let name: axum::http::HeaderName = name.parse().expect("a case's header has a valid name");
            headers.append(name, value.parse().expect("a case's header has a valid value"));
        }
        (method, headers)
    }

    #[track_caller]
    fn check(request: &str, reach: Reach, expect: Result<(), Refusal>) {
        let (method, headers) = parse(request);
        assert_eq!(Guard::new(reach, &[]).check(&method, &headers), expect, "{request}");
    }

    #[test]
    fn programs_that_are_no_browsers_are_never_refused() {
        for request in [
            "POST | Host: localhost | Content-Type: text/xml",
            "POST | Host: 127.0.0.1:9001 | Content-Type: text/plain",
            "POST",
            "GET | Host: localhost:9001",
        ] {
            check(request, Reach::OpenLoopback, Ok(()));
        }
        check("POST | Host: any.example | Content-Type: text/xml", Reach::Other, Ok(()));
    }

    #[test]
    fn pages_of_other_sites_are_refused() {
        let foreign = Err(Refusal::ForeignOrigin);
        check("POST | Host: a:9001 | Origin: http://b:9001 | Content-Type: text/xml", Reach::Other, foreign);
        check("POST | Host: a:9001 | Origin: http://a:9002 | Content-Type: text/xml", Reach::Other, foreign);
        check("POST | Host: a:9001 | Origin: null | Content-Type: text/xml", Reach::Other, foreign);
        check("GET | Host: a:9001 | Origin: http://b", Reach::Other, foreign);
        check("POST | Origin: http://b", Reach::Other, foreign);
        check("POST | Host: a | Origin: http://a | Origin: http://b", Reach::Other, foreign);
        let cross = Err(Refusal::CrossSite);
        check("POST | Host: a | Sec-Fetch-Site: cross-site", Reach::Other, cross);
        check("POST | Host: a | Sec-Fetch-Site: same-site | Sec-Fetch-Mode: navigate", Reach::Other, cross);
        check("GET | Host: a | Sec-Fetch-Site: cross-site | Sec-Fetch-Mode: no-cors", Reach::Other, cross);
        let framed =
            "GET | Host: a | Sec-Fetch-Site: cross-site | Sec-Fetch-Mode: navigate | Sec-Fetch-Dest: iframe";
        check(framed, Reach::Other, cross);
        check("POST | Host: a | Sec-Fetch-Site: next-door", Reach::Other, cross);
        check("POST | Host: a | Sec-Fetch-Site: none | Sec-Fetch-Site: cross-site", Reach::Other, cross);
    }

    #[test]
    fn own_pages_and_followed_links_pass() {
        for request in [
            "POST | Host: a:9001 | Origin: http://A:9001 | Content-Type: text/xml; charset=utf-8",
            "POST | Host: a | Origin: https://a:443 | Content-Type: application/xml",
            "POST | Host: a:80 | Origin: http://a | Content-Type: text/xml | Sec-Fetch-Site: same-origin",
            "GET | Host: a | Sec-Fetch-Site: cross-site | Sec-Fetch-Mode: navigate | Sec-Fetch-Dest: document",
            "GET | Host: a | Sec-Fetch-Site: none | Sec-Fetch-Mode: navigate",
        ] {
            check(request, Reach::Other, Ok(()));
        }
    }

    #[test]
    fn what_a_form_can_send_is_no_call_if_a_page_sends_it() {
        let form = Err(Refusal::FormContent);
        for (request, expect) in [
            ("POST | Origin: http://a | Content-Type: text/plain", form),
            ("POST | Origin: http://a | Content-Type: Text/Plain; charset=x", form),
            ("POST | Origin: http://a", form),
            ("POST | Origin: http://a | Content-Type: text/xml", Ok(())),
            ("POST | Content-Type: text/plain", Ok(())),
        ] {
            assert_eq!(check_call(&parse(request).1), expect, "{request}");
        }
    }

    #[test]
    fn a_loopback_server_without_credentials_answers_to_local_names_only() {
        for host in
            ["localhost", "LOCALHOST:9001", "localhost.", "x.localhost", "127.0.0.1:1", "127.1.2.3", "[::1]"]
        {
            check(&format!("GET | Host: {host}"), Reach::OpenLoopback, Ok(()));
        }
        check("GET | Host: [::1]:9001", Reach::OpenLoopback, Ok(()));
        let twice = "GET | Host: localhost | Host: evil.example";
        check(twice, Reach::OpenLoopback, Err(Refusal::ForeignHost));
        for host in
            ["evil.example:9001", "127.0.0.1.evil.example", "localhost.evil", "192.168.0.1", "a@localhost:x"]
        {
            check(&format!("GET | Host: {host}"), Reach::OpenLoopback, Err(Refusal::ForeignHost));
            check(&format!("GET | Host: {host}"), Reach::Other, Ok(()));
        }
    }

    #[track_caller]
    fn check_trusted(trusted: &str, request: &str, expect: Result<(), Refusal>) {
        let (method, headers) = parse(request);
        let trusted: Vec<String> = trusted.split(',').map(str::to_owned).collect();
        let found = Guard::new(Reach::OpenLoopback, &trusted).check(&method, &headers);
        assert_eq!(found, expect, "{trusted:?} {request}");
    }

    #[test]
    fn allowed_hosts_are_trusted_as_host_and_as_origin() {
        for host in ["sup.example.com", "SUP.example.com:8080", "a.b.example.org", "[fd00::1]:9001"] {
            let allowed = "sup.example.com,*.example.org,[fd00::1]";
            check_trusted(allowed, &format!("GET | Host: {host}"), Ok(()));
            check_trusted(allowed, &format!("POST | Host: localhost | Origin: https://{host}"), Ok(()));
            let cross =
                format!("POST | Host: localhost | Origin: https://{host} | Sec-Fetch-Site: cross-site");
            check_trusted(allowed, &cross, Ok(()));
            check_trusted("*", &cross, Ok(()));
        }
        for host in [
            "example.com",
            "xsup.example.com",
            "sup.example.com.evil",
            ".example.org",
            "example.org",
            "evil/.example.org",
            "evil#.example.org",
            "evil@a.example.org",
        ] {
            let allowed = "sup.example.com,*.example.org";
            check_trusted(allowed, &format!("GET | Host: {host}"), Err(Refusal::ForeignHost));
            let origin = format!("POST | Host: localhost | Origin: https://{host}");
            check_trusted(allowed, &origin, Err(Refusal::ForeignOrigin));
        }
        check_trusted("*", "GET | Host: anything.example", Ok(()));
        check_trusted("*", "POST | Host: localhost | Origin: null", Err(Refusal::ForeignOrigin));
        check_trusted(
            "*",
            "POST | Host: localhost | Origin: null | Sec-Fetch-Site: cross-site",
            Err(Refusal::CrossSite),
        );
    }
}

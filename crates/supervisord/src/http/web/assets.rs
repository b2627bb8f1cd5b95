//! What pages are made of besides HTML: one stylesheet, one script, one icon, all in the binary.
//!
//! Addresses hold a hash of the content, so that browsers keep them for ever and never use an old one. Everybody may have
//! them, also before signing in. They are compressed once, when they are first asked for.

use std::io::Write;
use std::sync::{LazyLock, OnceLock};

use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha1::{Digest, Sha1};
use tokio::task::spawn_blocking;

use crate::http::error;

/// Where they are, relative to the pages.
pub(super) const FOLDER: &str = "/assets/";
/// Where browsers look for an icon of pages that name none.
pub(super) const FAVICON: &str = "/favicon.ico";

/// One file.
struct Asset {
    /// `NAME-HASH.EXTENSION`.
    name: String,
    kind: &'static str,
    plain: &'static [u8],
    /// Made when somebody wants it.
    compressed: OnceLock<Bytes>,
}

/// All of them.
pub(super) struct Assets {
    style: Asset,
    script: Asset,
    icon: Asset,
}

/// The script in its parts; each is about one thing, and a page loads one file.
const SCRIPT: &str = concat!(
    include_str!("../../../assets/common.js"),
    include_str!("../../../assets/deeds.js"),
    include_str!("../../../assets/overview.js"),
    include_str!("../../../assets/log.js"),
    include_str!("../../../assets/program.js"),
    include_str!("../../../assets/start.js"),
);

static ASSETS: LazyLock<Assets> = LazyLock::new(|| Assets {
    style: Asset::new("console", "css", include_str!("../../../assets/console.css")),
    script: Asset::new("console", "js", SCRIPT),
    icon: Asset::new("icon", "svg", include_str!("../../../assets/icon.svg")),
});

impl Asset {
    fn new(name: &str, extension: &str, text: &'static str) -> Self {
        let digest = Sha1::digest(text.as_bytes());
        let hash: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let kind = match extension {
            "css" => "text/css;charset=utf-8",
            "js" => "text/javascript;charset=utf-8",
            _ => "image/svg+xml",
        };
        let name = format!("{name}-{hash}.{extension}");
        Self { name, kind, plain: text.as_bytes(), compressed: OnceLock::new() }
    }

    /// Takes more stack than the plane's thread has.
    fn compressed(&self) -> Bytes {
        self.compressed.get_or_init(|| compress(self.plain, Compression::best())).clone()
    }

    /// As pages call it.
    fn link(&self) -> String {
        format!("{}{}", &FOLDER[1..], self.name)
    }
}

/// The stylesheet's address, relative to the pages.
pub(super) fn style() -> String {
    ASSETS.style.link()
}

/// The script's address, relative to the pages.
pub(super) fn script() -> String {
    ASSETS.script.link()
}

/// The icon's address, relative to the pages.
pub(super) fn icon() -> String {
    ASSETS.icon.link()
}

/// Gzip's form of some bytes.
pub(super) fn compress(bytes: &[u8], level: Compression) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), level);
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("invariant: writing to memory does not fail").into()
}

/// Whether a client takes gzip.
pub(super) fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim() == "gzip" && !matches!(weight.trim(), "q=0" | "q=0.0")
    })
}

/// `/assets/NAME`.
pub(super) async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let all = [&ASSETS.style, &ASSETS.script, &ASSETS.icon];
    match all.into_iter().find(|asset| asset.name == name) {
        Some(asset) => respond(asset, &headers, "public, max-age=31536000, immutable").await,
        None => error::page(StatusCode::NOT_FOUND),
    }
}

/// `/stylesheets/supervisor.css`, the old address.
pub(super) async fn old_style(headers: HeaderMap) -> Response {
    respond(&ASSETS.style, &headers, "no-cache").await
}

/// The icon for whoever knows no other address of it.
pub(super) async fn favicon(headers: HeaderMap) -> Response {
    respond(&ASSETS.icon, &headers, "no-cache").await
}

async fn respond(asset: &'static Asset, headers: &HeaderMap, caching: &'static str) -> Response {
    let compressed = match takes_gzip(headers) {
        true => spawn_blocking(|| asset.compressed()).await.ok(),
        false => None,
    };
    let gzip = compressed.is_some();
    let body = compressed.unwrap_or(Bytes::from_static(asset.plain));
    let length = body.len();
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    if gzip {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a first visit loads besides the page itself.
    #[test]
    fn assets_are_small() {
        let all = [&ASSETS.style, &ASSETS.script, &ASSETS.icon];
        let bytes: usize = all.iter().map(|asset| asset.compressed().len()).sum();
        assert!(bytes < 20 << 10, "{bytes} bytes compressed");
    }

    #[test]
    fn nothing_comes_from_elsewhere() {
        for asset in [&ASSETS.style, &ASSETS.script, &ASSETS.icon] {
            let text = std::str::from_utf8(asset.plain).expect("assets are text");
            let text = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!text.contains("://") && !text.contains("@import"), "{}", asset.name);
        }
    }

    #[test]
    fn addresses_change_with_the_content() {
        let name = |text| Asset::new("a", "css", text).name;
        assert_ne!(name("a{}"), name("b{}"));
        assert_eq!(name("a{}"), name("a{}"));
    }

    #[tokio::test]
    async fn clients_get_what_they_take() {
        let headers =
            |accepted: &str| HeaderMap::from_iter([(ACCEPT_ENCODING, accepted.parse().expect("valid"))]);
        for (accepted, expect) in [("gzip, br", true), ("br", false), ("gzip;q=0", false), ("", false)] {
            assert_eq!(takes_gzip(&headers(accepted)), expect, "{accepted}");
        }
        let name = || Path(ASSETS.style.name.clone());
        let response = serve(name(), headers("gzip")).await;
        assert_eq!(
            response.headers().get(CONTENT_ENCODING).map(|value| value.as_bytes()),
            Some(&b"gzip"[..])
        );
        assert_eq!(serve(Path("../Cargo.toml".into()), headers("")).await.status(), StatusCode::NOT_FOUND);
    }
}

//! What forms and queries bring: names and values.

use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use http_body_util::{BodyExt, Limited};
use percent_encoding::percent_decode_str;
use tokio::time::timeout;

/// Bytes of a form. What is sent to a program's standard input is the only long thing in one.
const MAX_FORM_BYTES: usize = 256 << 10;
/// How long a form may take to arrive.
const FORM_TIMEOUT: Duration = Duration::from_secs(10);

/// Names and values, decoded, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Those of a query or of an urlencoded body.
    pub(super) fn parse(text: &str) -> Self {
        let decode =
            |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(name, value)| (decode(name), decode(value)))
                .collect(),
        )
    }

    /// Those of a form.
    ///
    /// # Errors
    ///
    /// The status to answer when the form is too long, too slow or broken off.
    pub(super) async fn receive(body: Body) -> Result<Self, StatusCode> {
        match timeout(FORM_TIMEOUT, Limited::new(body, MAX_FORM_BYTES).collect()).await {
            Ok(Ok(collected)) => Ok(Self::parse(&String::from_utf8_lossy(&collected.to_bytes()))),
            Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
                Err(StatusCode::PAYLOAD_TOO_LARGE)
            }
            Ok(Err(_)) => Err(StatusCode::BAD_REQUEST),
            Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
        }
    }

    /// The first value of that name that is not empty.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// The first value of that name, or nothing.
    pub(super) fn text(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_decoded() {
        let fields = Fields::parse("a=1&b=x+y%26z&a=2&&c&%C3%BC=%FF&d==");
        for (name, expect) in
            [("a", "1"), ("b", "x y&z"), ("c", ""), ("ü", "\u{fffd}"), ("d", "="), ("nope", "")]
        {
            assert_eq!(fields.text(name), expect, "{name}");
        }
        assert_eq!(fields.find("c"), None);
    }

    #[tokio::test]
    async fn forms_are_bounded() {
        let receive = |bytes: usize| Fields::receive(Body::from(vec![b'a'; bytes]));
        assert!(receive(MAX_FORM_BYTES).await.is_ok());
        assert_eq!(receive(MAX_FORM_BYTES + 1).await, Err(StatusCode::PAYLOAD_TOO_LARGE));
    }
}

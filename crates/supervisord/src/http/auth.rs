//! What a request says of who it is from: HTTP's Basic scheme over every path.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use provost_wire::auth::{AuthError, Credentials};

/// What the header with credentials comes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// There are none, or none that anybody here could judge.
    Nothing,
    /// These, which may be right or wrong.
    Credentials(Credentials),
    /// Answer 400: what came is no credentials at all.
    Malformed,
}

/// Reads the credentials of a request. A second header of the kind is not looked at.
pub(super) fn claim(headers: &HeaderMap) -> Claim {
    let Some(header) = headers.get(AUTHORIZATION) else {
        return Claim::Nothing;
    };
    match Credentials::from_header(header.as_bytes()) {
        Ok(presented) => Claim::Credentials(presented),
        Err(AuthError::OtherScheme | AuthError::NoColon) => Claim::Nothing,
        Err(AuthError::NotBase64 | AuthError::NotUtf8) => Claim::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: Option<&str>, expect: &Claim) {
        let mut headers = HeaderMap::new();
        if let Some(header) = header {
            headers.insert(AUTHORIZATION, header.parse().expect("the header of a case is valid"));
        }
        assert_eq!(claim(&headers), *expect, "{header:?}");
    }

    #[test]
    fn credentials_come_to_the_references_outcomes() {
        // "user:123", the words of the reference's own sample configuration.
        let right = Claim::Credentials(Credentials { user: "user".into(), password: "123".into() });
        check(Some("Basic dXNlcjoxMjM="), &right);
        check(Some("bAsIc dXNlcjoxMjM="), &right);
        check(None, &Claim::Nothing);
        check(Some("Bearer dXNlcjoxMjM="), &Claim::Nothing);
        // "user" without a colon: the reference fails with 500.
        check(Some("Basic dXNlcg=="), &Claim::Nothing);
        check(Some("Basic dXNlcjoxMjM"), &Claim::Malformed);
        check(Some("Basic /////w=="), &Claim::Malformed);
    }
}

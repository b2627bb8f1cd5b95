//! Who may talk to a listener: HTTP's Basic scheme over every path.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use provost_wire::auth::{Account, AuthError, Credentials};

/// What the credentials of a request come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Go on.
    Admitted,
    /// Answer 401.
    Refused,
    /// Answer 400: what came is no credentials at all.
    Malformed,
}

/// Judges a request to a listener that is open to `account` only, or to everybody.
pub(super) fn judge(headers: &HeaderMap, account: Option<&Account>) -> Verdict {
    let Some(account) = account else {
        return Verdict::Admitted;
    };
    let Some(header) = headers.get(AUTHORIZATION) else {
        return Verdict::Refused;
    };
    match Credentials::from_header(header.as_bytes()) {
        Ok(presented) if account.admits(&presented) => Verdict::Admitted,
        Ok(_) | Err(AuthError::OtherScheme | AuthError::NoColon) => Verdict::Refused,
        Err(AuthError::NotBase64 | AuthError::NotUtf8) => Verdict::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use provost_wire::auth::Secret;

    use super::*;

    #[track_caller]
    fn check(header: Option<&str>, stored: &str, expect: Verdict) {
        let secret = Secret::parse(stored).expect("the stored password of a case is valid");
        let account = Account::new("user", secret);
        let mut headers = HeaderMap::new();
        if let Some(header) = header {
            headers.insert(AUTHORIZATION, header.parse().expect("the header of a case is valid"));
        }
        assert_eq!(judge(&headers, Some(&account)), expect, "{header:?}");
    }

    #[test]
    fn credentials_come_to_the_references_outcomes() {
        // "user:123", the words of the reference's own sample configuration.
        const RIGHT: &str = "Basic dXNlcjoxMjM=";
        const SHA: &str = "{SHA}40bd001563085fc35165329ea1ff5c5ecbdbbeef";
        check(Some(RIGHT), "123", Verdict::Admitted);
        check(Some("bAsIc dXNlcjoxMjM="), "123", Verdict::Admitted);
        check(Some(RIGHT), SHA, Verdict::Admitted);
        check(Some(RIGHT), "{SHA}40BD001563085FC35165329EA1FF5C5ECBDBBEEF", Verdict::Admitted);
        check(Some(RIGHT), "124", Verdict::Refused);
        check(None, "123", Verdict::Refused);
        check(Some("Basic dXNlcjoxMjQ="), SHA, Verdict::Refused);
        check(Some("Bearer dXNlcjoxMjM="), "123", Verdict::Refused);
        // "user" without a colon: the reference fails with 500.
        check(Some("Basic dXNlcg=="), "123", Verdict::Refused);
        check(Some("Basic dXNlcjoxMjM"), "123", Verdict::Malformed);
        check(Some("Basic /////w=="), "123", Verdict::Malformed);
    }

    #[test]
    fn without_an_account_nothing_is_asked() {
        assert_eq!(judge(&HeaderMap::new(), None), Verdict::Admitted);
    }
}

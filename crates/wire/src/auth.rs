//! HTTP credentials of the Basic scheme, on both ends.
//!
//! The server compares what a client presents with what the configuration stores, in a time that does not
//! depend on how much of it was right. Neither end keeps state here, and nothing in this module prints a
//! password: the types that hold one leave it out of their `Debug`.

use std::fmt;

use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

use crate::base64;

/// Marks a stored password as the SHA-1 of the password in hexadecimal digits.
const SHA1_PREFIX: &str = "{SHA}";

/// A name and a password as a client presents them.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Everything before the first colon.
    pub user: String,
    /// Everything after it, which may have colons itself.
    pub password: String,
}

impl Credentials {
    /// Reads the value of an `Authorization` header. The scheme may be in any case, and base64 is read as
    /// forgivingly as in the reference.
    ///
    /// # Errors
    ///
    /// See [`AuthError`]; its variants say which status the reference, or a sane server, answers.
    pub fn from_header(value: &[u8]) -> Result<Self, AuthError> {
        let value = value.trim_ascii();
        let end_of_scheme = value.iter().position(|&byte| byte == b' ').unwrap_or(value.len());
        let (scheme, token) = value.split_at(end_of_scheme);
        if !scheme.eq_ignore_ascii_case(b"basic") {
            return Err(AuthError::OtherScheme);
        }
        let decoded = base64::decode(token).ok_or(AuthError::NotBase64)?;
        let decoded = String::from_utf8(decoded).map_err(|_| AuthError::NotUtf8)?;
        let (user, password) = decoded.split_once(':').ok_or(AuthError::NoColon)?;
        Ok(Self { user: user.to_owned(), password: password.to_owned() })
    }

    /// The value of an `Authorization` header that presents these credentials. A colon in the user name
    /// cannot be expressed: the server will take what follows it for the password.
    #[must_use]
    pub fn to_header(&self) -> String {
        format!("Basic {}", base64::encode(format!("{}:{}", self.user, self.password).as_bytes()))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

/// An `Authorization` header without usable credentials. No variant carries the header, because its reader
/// would log it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// Not `Basic`. Answer 401, which names the scheme that works.
    #[error("the Authorization header has a scheme other than Basic; use Basic")]
    OtherScheme,
    /// The token is cut off. Answer 400.
    #[error("the Basic credentials are not complete base64; encode `user:password` with padding")]
    NotBase64,
    /// The decoded token is not text. Answer 400.
    #[error("the Basic credentials are not UTF-8; encode user and password as UTF-8")]
    NotUtf8,
    /// Only a name. Answer 401 (the reference fails with 500).
    #[error("the Basic credentials have no colon; encode `user:password`")]
    NoColon,
}

/// Who may use a server: one user name and one stored password.
#[derive(Debug, Clone)]
pub struct Account {
    user: String,
    secret: Secret,
}

impl Account {
    /// An account for the configured `username` and `password`. The caller refuses an empty name, which
    /// would look like "no authentication".
    #[must_use]
    pub fn new(user: impl Into<String>, secret: Secret) -> Self {
        Self { user: user.into(), secret }
    }

    /// Whether both name and password are right. Both are always compared, so that the time taken does not
    /// tell which one was wrong.
    #[must_use]
    pub fn admits(&self, presented: &Credentials) -> bool {
        let same_user = digest(&self.user).ct_eq(&digest(&presented.user));
        let same_password = self.secret.matches(&presented.password);
        (same_user & same_password).into()
    }
}

/// A password as the configuration stores it.
#[derive(Clone)]
pub struct Secret(Stored);

/// The ways to store a password. A salted, slow hash will be one more variant with its own `{PREFIX}`; such a
/// prefix must not be read as plain text by then, so it is a change that the manual has to announce.
#[derive(Clone)]
enum Stored {
    Plain(String),
    Sha1([u8; 20]),
}

impl Secret {
    /// Reads a configured password: `{SHA}` and 40 hexadecimal digits in any case, or else plain text.
    ///
    /// # Errors
    ///
    /// When `{SHA}` is followed by anything else. The reference accepts that and then admits nobody.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        match text.strip_prefix(SHA1_PREFIX) {
            Some(digits) => parse_hex(digits).map(|digest| Self(Stored::Sha1(digest))).ok_or(SecretError),
            None => Ok(Self(Stored::Plain(text.to_owned()))),
        }
    }

    /// Whether `password` is the one that was stored.
    #[must_use]
    pub fn verify(&self, password: &str) -> bool {
        self.matches(password).into()
    }

    /// Compares digests even for plain text: they have one length, so the time does not tell the length of
    /// the stored password.
    fn matches(&self, password: &str) -> subtle::Choice {
        let presented = digest(password);
        match &self.0 {
            Stored::Plain(stored) => digest(stored).ct_eq(&presented),
            Stored::Sha1(stored) => stored.ct_eq(&presented),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.0 {
            Stored::Plain(_) => "plain",
            Stored::Sha1(_) => "{SHA}",
        };
        f.debug_tuple("Secret").field(&kind).finish()
    }
}

/// A stored password that could never match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the password begins with {{SHA}} but is not followed by 40 hexadecimal digits; \
         put the SHA-1 of the password there"
)]
pub struct SecretError;

fn digest(text: &str) -> [u8; 20] {
    Sha1::digest(text.as_bytes()).into()
}

fn parse_hex(digits: &str) -> Option<[u8; 20]> {
    let mut bytes = [0; 20];
    if digits.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *byte = u8::try_from(high << 4 | low).expect("two hexadecimal digits fit a byte");
    }
    Some(bytes)
}

//! HTTP credentials of the Basic scheme, on both ends.
//!
//! The server compares what a client presents with what the configuration stores ([`secret`]), in a time that does not
//! depend on how much of it was right. Neither end keeps state here, and nothing in this module prints a
//! password: the types that hold one leave it out of their `Debug`.

mod secret;

use std::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

pub use self::secret::{NoMemory, Secret, SecretError, hash_password};
use crate::base64;

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
    /// tell which one was wrong. Takes as long as [`Secret::is_slow`] says.
    ///
    /// # Errors
    ///
    /// When the memory for a slow comparison is not there; the others take none.
    pub fn admits(&self, presented: &Credentials) -> Result<bool, NoMemory> {
        let same_user = digest(&self.user).ct_eq(&digest(&presented.user));
        let same_password = self.secret.matches(&presented.password)?;
        Ok((same_user & same_password).into())
    }

    /// Whether the comparison is slow on purpose: see [`Secret::is_slow`].
    #[must_use]
    pub fn is_slow(&self) -> bool {
        self.secret.is_slow()
    }
}

/// What remains of credentials that were found to be right, so that the same ones need no slow comparison again: a
/// digest with a key, from which nobody learns them who does not have the key, and with it only by guessing.
#[derive(Clone, Copy)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of these credentials under that key, which must be random and live as long as the process.
    #[must_use]
    pub fn new(of: &Credentials, key: &[u8; 32]) -> Self {
        let length = of.user.len().to_le_bytes();
        let digest = Sha256::new().chain_update(key).chain_update(length).chain_update(&of.user);
        Self(digest.chain_update(&of.password).finalize().into())
    }

    /// Whether both are of the same credentials, in a time that does not tell how alike they are.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint")
    }
}

/// Digests have one length, so comparing them does not tell the length of what they are of.
fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

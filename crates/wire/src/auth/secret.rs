//! Passwords as configurations store them, and how to make one that is safe to store.
//!
//! | form | what it is |
//! | --- | --- |
//! | `$argon2id$v=19$m=…,t=…,p=…$SALT$HASH` (also `argon2i`, `argon2d`) | Argon2: slow, and wants memory |
//! | `$2b$…`, `$2y$…`, `$2a$…` | bcrypt: slow; reads the first 72 bytes of a password |
//! | `{SSHA512}`, `{SSHA256}`, `{SSHA}` and base64 | the digest of password and salt, and the salt, as LDAP servers store it |
//! | `{SHA}` and 40 hexadecimal digits | the reference's: SHA-1, without salt |
//! | anything else | the password itself |
//!
//! What begins like a hash and is none is refused: taken for plain text it would admit who can read the file, and nobody
//! else. So is a hash that would cost more than [`MAX_MEMORY_KIB`] and the like: who can ask for a comparison is not
//! known yet, and must not get that much work for one request.

use std::fmt;

use argon2::password_hash::{PasswordHash, PasswordHasher, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use super::digest;
use crate::base64;

/// Memory that one comparison may take. The recommendations of RFC 9106 and OWASP lie between 7 and 64 MiB for servers.
const MAX_MEMORY_KIB: u32 = 256 << 10;
/// Memory times passes that one comparison may take: some seconds.
const MAX_WORK_KIB: u64 = 4 << 20;
/// bcrypt's cost doubles the time with each step: 12 is a quarter of a second, 16 is four.
const MAX_BCRYPT_COST: u32 = 16;
/// Version, cost, 22 characters of salt and 31 of hash, with their signs.
const BCRYPT_LENGTH: usize = 60;
/// Bytes of salt behind a digest; RFC 2307 and its descendants use 4 to 16.
const SALT_BYTES: std::ops::RangeInclusive<usize> = 4..=64;

/// A password as the configuration stores it.
#[derive(Clone)]
pub struct Secret(Stored);

#[derive(Clone)]
enum Stored {
    Plain(String),
    Sha1([u8; 20]),
    Salted { kind: Salted, digest: Vec<u8>, salt: Vec<u8> },
    Argon2(Slow),
    Bcrypt(String),
}

/// A hash of Argon2, taken apart.
#[derive(Clone)]
struct Slow {
    argon2: Argon2<'static>,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Slow {
    /// Room for more memory than needed is asked for and left untouched: allocators keep what is smaller for later, on
    /// each thread anew, and a daemon of a few megabytes would stay one of sixty after three wrong passwords.
    const ROOM: usize = (33 << 20) / Block::SIZE;

    fn matches(&self, password: &str) -> Result<subtle::Choice, NoMemory> {
        let blocks = self.argon2.params().block_count();
        let mut memory = Vec::new();
        let room = blocks.max(Self::ROOM);
        memory.try_reserve_exact(room).map_err(|_| NoMemory { kib: room * Block::SIZE / 1024 })?;
        memory.resize(blocks, Block::default());
        let mut computed = vec![0; self.hash.len()];
        let done = self.argon2.hash_password_into_with_memory(
            password.as_bytes(),
            &self.salt,
            &mut computed,
            &mut memory,
        );
        Ok(computed.ct_eq(&self.hash) & u8::from(done.is_ok()).into())
    }
}

/// Which digest a salted one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Salted {
    Sha1,
    Sha256,
    Sha512,
}

impl Salted {
    const ALL: [Self; 3] = [Self::Sha1, Self::Sha256, Self::Sha512];

    fn prefix(self) -> &'static str {
        match self {
            Self::Sha1 => "{SSHA}",
            Self::Sha256 => "{SSHA256}",
            Self::Sha512 => "{SSHA512}",
        }
    }

    fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    fn digest(self, password: &str, salt: &[u8]) -> Vec<u8> {
        fn of<D: Digest>(password: &str, salt: &[u8]) -> Vec<u8> {
            D::new().chain_update(password).chain_update(salt).finalize().to_vec()
        }
        match self {
            Self::Sha1 => of::<Sha1>(password, salt),
            Self::Sha256 => of::<Sha256>(password, salt),
            Self::Sha512 => of::<Sha512>(password, salt),
        }
    }
}

/// The reference's mark of a digest.
const SHA1_PREFIX: &str = "{SHA}";
/// How hashes of Argon2 begin.
const ARGON2_PREFIX: &str = "$argon2";
/// How hashes of bcrypt begin. `$2x$` marks those of a faulty implementation, which cannot be compared.
const BCRYPT_PREFIXES: [&str; 4] = ["$2a$", "$2b$", "$2x$", "$2y$"];

/// A stored password that could never match, or costs too much to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Behind `{SHA}`. The reference accepts that and then admits nobody.
    #[error(
        "the password begins with {{SHA}} but is not followed by 40 hexadecimal digits; put the SHA-1 of the password there"
    )]
    Sha1,
    /// Behind `{SSHA}` and its like.
    #[error(
        "the password begins with {0} but is not followed by the base64 of a digest and 4 to 64 bytes of salt; make a new one with supervisord --hash-password"
    )]
    Salted(&'static str),
    /// Behind `$argon2`.
    #[error(
        "the password begins with $argon2 but is no complete hash of Argon2; make a new one with supervisord --hash-password"
    )]
    Argon2,
    /// Behind `$2b$` and its like.
    #[error(
        "the password begins like a hash of bcrypt but is none that can be compared; make a new one with supervisord --hash-password"
    )]
    Bcrypt,
    /// A valid hash with extreme parameters.
    #[error(
        "the password is a hash that takes too much memory or time to compare (at most m=262144 and m*t=4194304 of Argon2, cost 16 of bcrypt); make a new one with supervisord --hash-password"
    )]
    TooCostly,
}

/// A comparison that could not be made, so that nobody knows whether the password is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the system has no {kib} KiB of memory to compare a password with its hash; give the daemon more, or make a new one with supervisord --hash-password"
)]
pub struct NoMemory {
    /// What it takes.
    pub kib: usize,
}

impl Secret {
    /// Reads a configured password; the head of this module has the forms.
    ///
    /// # Errors
    ///
    /// When it begins like a hash and is none, or one that is too costly.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        if let Some(digits) = text.strip_prefix(SHA1_PREFIX) {
            return parse_hex(digits).map(|digest| Self(Stored::Sha1(digest))).ok_or(SecretError::Sha1);
        }
        for kind in Salted::ALL {
            if let Some(encoded) = text.strip_prefix(kind.prefix()) {
                return parse_salted(kind, encoded).map(Self).ok_or(SecretError::Salted(kind.prefix()));
            }
        }
        if text.starts_with(ARGON2_PREFIX) {
            return parse_argon2(text).map(Self);
        }
        if BCRYPT_PREFIXES.iter().any(|prefix| text.starts_with(prefix)) {
            return parse_bcrypt(text).map(Self);
        }
        Ok(Self(Stored::Plain(text.to_owned())))
    }

    /// Whether `password` is the one that was stored.
    ///
    /// # Errors
    ///
    /// When the memory that a hash of Argon2 wants is not there.
    pub fn verify(&self, password: &str) -> Result<bool, NoMemory> {
        self.matches(password).map(bool::from)
    }

    /// Whether a comparison takes long and much memory, on purpose; the others take microseconds.
    #[must_use]
    pub fn is_slow(&self) -> bool {
        matches!(self.0, Stored::Argon2(_) | Stored::Bcrypt(_))
    }

    /// Compares digests even for plain text: they have one length, so the time does not tell the length of
    /// the stored password.
    pub(super) fn matches(&self, password: &str) -> Result<subtle::Choice, NoMemory> {
        Ok(match &self.0 {
            Stored::Plain(stored) => digest(stored).ct_eq(&digest(password)),
            Stored::Sha1(stored) => stored.ct_eq(&<[u8; 20]>::from(Sha1::digest(password))),
            Stored::Salted { kind, digest, salt } => digest.ct_eq(&kind.digest(password, salt)),
            Stored::Argon2(slow) => slow.matches(password)?,
            // Compares in constant time itself. What could fail was tried when the hash was read.
            Stored::Bcrypt(hash) => u8::from(bcrypt::verify(password, hash).unwrap_or(false)).into(),
        })
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.0 {
            Stored::Plain(_) => "plain",
            Stored::Sha1(_) => SHA1_PREFIX,
            Stored::Salted { kind, .. } => kind.prefix(),
            Stored::Argon2(_) => "argon2",
            Stored::Bcrypt(_) => "bcrypt",
        };
        f.debug_tuple("Secret").field(&kind).finish()
    }
}

/// A hash of the password to store in its place: argon2id with 19 MiB and two passes, which takes some 20 ms. The salt
/// must be random and used once.
///
/// # Panics
///
/// Never: the parameters are the library's own.
#[must_use]
pub fn hash_password(password: &str, salt: [u8; 16]) -> String {
    let mut text = [0; Salt::MAX_LENGTH];
    let salt = spelled(&salt, &mut text);
    let hash = Argon2::default().hash_password(password.as_bytes(), salt);
    hash.expect("invariant: the default parameters and a salt of 16 bytes are valid").to_string()
}

/// The salt as hashes spell it.
fn spelled<'a>(salt: &[u8; 16], text: &'a mut [u8; Salt::MAX_LENGTH]) -> Salt<'a> {
    let encoded = base64::encode(salt);
    let encoded = encoded.trim_end_matches('=').as_bytes();
    text[..encoded.len()].copy_from_slice(encoded);
    let text = std::str::from_utf8(&text[..encoded.len()]).expect("invariant: base64 is ASCII");
    Salt::from_b64(text).expect("invariant: 22 characters are neither too few nor too many")
}

fn parse_salted(kind: Salted, encoded: &str) -> Option<Stored> {
    let mut digest = base64::decode_strictly(encoded)?;
    let salt = (digest.len() > kind.length()).then(|| digest.split_off(kind.length()))?;
    SALT_BYTES.contains(&salt.len()).then_some(Stored::Salted { kind, digest, salt })
}

fn parse_argon2(text: &str) -> Result<Stored, SecretError> {
    let hash = PasswordHash::new(text).map_err(|_| SecretError::Argon2)?;
    let params = Params::try_from(&hash).map_err(|_| SecretError::Argon2)?;
    let (Some(salt), Some(output)) = (hash.salt, hash.hash) else {
        return Err(SecretError::Argon2);
    };
    let algorithm = Algorithm::try_from(hash.algorithm).map_err(|_| SecretError::Argon2)?;
    // Before there were versions, it was this one.
    let version = Version::try_from(hash.version.unwrap_or(0x10)).map_err(|_| SecretError::Argon2)?;
    let mut bytes = [0; Salt::MAX_LENGTH];
    let salt = salt.decode_b64(&mut bytes).map_err(|_| SecretError::Argon2)?.to_vec();
    let work = u64::from(params.m_cost()) * u64::from(params.t_cost());
    if params.m_cost() > MAX_MEMORY_KIB || work > MAX_WORK_KIB {
        return Err(SecretError::TooCostly);
    }
    let argon2 = Argon2::new(algorithm, version, params);
    Ok(Stored::Argon2(Slow { argon2, salt, hash: output.as_bytes().to_vec() }))
}

fn parse_bcrypt(text: &str) -> Result<Stored, SecretError> {
    let parts: bcrypt::HashParts = text.parse().map_err(|_| SecretError::Bcrypt)?;
    if text.len() != BCRYPT_LENGTH || !text.is_ascii() || text.starts_with("$2x$") {
        return Err(SecretError::Bcrypt);
    }
    if parts.get_cost() > MAX_BCRYPT_COST {
        return Err(SecretError::TooCostly);
    }
    // Reads all of it once, at the lowest cost: what fails now would fail at every comparison.
    let (version, rest) = (&text[..4], &text[6..]);
    bcrypt::verify("", &format!("{version}04{rest}")).map_err(|_| SecretError::Bcrypt)?;
    Ok(Stored::Bcrypt(text.to_owned()))
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

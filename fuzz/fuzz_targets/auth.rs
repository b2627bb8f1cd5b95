//! The value of an `Authorization` header, and a stored password: read or refused, and what was read can be
//! presented again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use provost_wire::auth::{Account, Credentials, Secret};

fuzz_target!(|header: &[u8]| {
    let Ok(credentials) = Credentials::from_header(header) else { return };
    let presented = credentials.to_header();
    assert_eq!(Credentials::from_header(presented.as_bytes()).as_ref(), Ok(&credentials));
    let Ok(secret) = Secret::parse(&credentials.password) else { return };
    let hashed = credentials.password.starts_with("{SHA}");
    let account = Account::new(credentials.user.as_str(), secret);
    assert_eq!(account.admits(&credentials), !hashed, "plain text admits itself, a digest does not");
});

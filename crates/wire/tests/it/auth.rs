//! Credentials. Each header was sent to the reference too; the answer of the reference stands beside it.

use provost_wire::auth::{
    Account, AuthError, Credentials, Fingerprint, NoMemory, Secret, SecretError, hash_password,
};

/// The SHA-1 of `thepassword`.
const DIGEST: &str = "82ab876d1387bfafe46cc1c8a2ef074eae50cb1d";

#[track_caller]
fn check(header: &str, expect: Result<(&str, &str), AuthError>) {
    let expect =
        expect.map(|(user, password)| Credentials { user: user.to_owned(), password: password.to_owned() });
    assert_eq!(Credentials::from_header(header.as_bytes()), expect, "{header}");
}

#[test]
fn headers() {
    let ours = Ok(("user", "thepassword"));
    check("Basic dXNlcjp0aGVwYXNzd29yZA==", ours); // 200
    check("bAsIc dXNlcjp0aGVwYXNzd29yZA==", ours); // 200
    check("Basic  dXNlcjp0aGVwYXNzd29yZA==", ours); // 200
    check("Basic dXNlcjp0aGVwYXNzd29yZA== ", ours); // 200
    check("Basic dXNlcjp0aGU6cGFzc3dvcmQ=", Ok(("user", "the:password")));
    check("Basic Og==", Ok(("", "")));
    check("Basic dTrDpA==", Ok(("u", "ä")));
    check(" Basic dXNlcjp0aGVwYXNzd29yZA==", ours);
    check("Bearer x", Err(AuthError::OtherScheme)); // 401
    check("Digest username=\"x\"", Err(AuthError::OtherScheme)); // 401
    check("", Err(AuthError::OtherScheme)); // 401
    check("Basic\tdXNlcjp0aGVwYXNzd29yZA==", Err(AuthError::OtherScheme)); // 401
    check("BasicdXNlcjp4", Err(AuthError::OtherScheme));
    check("Basic a", Err(AuthError::NotBase64)); // 400
    check("Basic dXNlcjp4dXNlcg", Err(AuthError::NotBase64)); // 400
    check("Basic /w==", Err(AuthError::NotUtf8)); // 400
    check("Basic dXNlcg==", Err(AuthError::NoColon)); // 500
    check("Basic !!!", Err(AuthError::NoColon)); // 500
    check("Basic ", Err(AuthError::NoColon)); // 500
    check("Basic", Err(AuthError::NoColon)); // 401
}

#[test]
fn the_header_of_a_client_is_what_the_server_reads() {
    let credentials = Credentials { user: "user".to_owned(), password: "thepassword".to_owned() };
    assert_eq!(credentials.to_header(), "Basic dXNlcjp0aGVwYXNzd29yZA==");
    for (user, password) in [("", ""), ("u", "p:q"), ("ü", "пароль"), ("u", "p\n ")] {
        let credentials = Credentials { user: user.to_owned(), password: password.to_owned() };
        assert_eq!(Credentials::from_header(credentials.to_header().as_bytes()), Ok(credentials));
    }
}

#[track_caller]
fn check_secret(stored: &str, password: &str, expect: bool) {
    let secret = Secret::parse(stored).expect("a stored password");
    assert_eq!(secret.verify(password), Ok(expect), "{stored} and {password}");
}

#[test]
fn stored_passwords() {
    check_secret("thepassword", "thepassword", true);
    check_secret("thepassword", "thepasswore", false);
    check_secret("thepassword", "thepasswor", false);
    check_secret("thepassword", "", false);
    check_secret("", "", true);
    check_secret("", "x", false);
    check_secret(DIGEST, DIGEST, true);
    check_secret(DIGEST, "thepassword", false);
    check_secret("{sha}x", "{sha}x", true);
    check_secret("$2 a day", "$2 a day", true);
    check_secret("$argon", "$argon", true);
    let sha = format!("{{SHA}}{DIGEST}");
    check_secret(&sha, "thepassword", true);
    check_secret(&sha, "Thepassword", false);
    check_secret(&sha, &sha, false);
    check_secret(&format!("{{SHA}}{}", DIGEST.to_uppercase()), "thepassword", true);
}

#[test]
fn a_digest_that_cannot_match_is_refused() {
    let mut wrong = vec![String::new(), DIGEST[1..].to_owned(), format!("{DIGEST}0"), format!("{DIGEST} ")];
    wrong.push(format!("g{}", &DIGEST[1..]));
    wrong.push(format!("+{}", &DIGEST[1..]));
    wrong.push("ä".repeat(20));
    for digits in wrong {
        assert!(Secret::parse(&format!("{{SHA}}{digits}")).is_err(), "{digits}");
    }
}

/// Hashes of `thepassword` that other programs made.
const SALTED: [&str; 10] = [
    // LDAP's forms, computed as RFC 2307 and OpenLDAP's module pw-sha2 say.
    "{SSHA}r8Ujf2NN3IW8gYeSFJ8b94uTnPqSTVelh3RtKg==",
    "{SSHA256}QeP0K6AFC83is8sKjbpoSsdedWv4PcVU58eU2e5IC0CSTVelh3RtKg==",
    "{SSHA512}OWXR75lGMWVDZBMLenSWF7uGlDnMht0pbezla3F6PlmP2UrFJeOe+FmrzUYZ+0efUTrm4hYkj1jQxW1qlWjq85JNV6WHdG0q",
    // Python's bcrypt, PHP's password_hash, and Python's argon2_cffi.
    "$2b$06$G7y48x4MGPxJaHbMfg8E5eCTD/H22KaQyBKvHqkdi.c1o3g3J6nI.",
    "$2y$06$/ttXz6VRRmvTYWr8ud23O.S3uzDkbRqaz6Zpsg3.LK1cl1HIpFn2u",
    "$argon2id$v=19$m=256,t=2,p=2$D4CRX2OekH/lbMNpY9XHZg$ziESDV+BvNnLFlEM+C95Oyvi5awC56hwqay9y1Lt0GU",
    "$argon2i$v=19$m=256,t=2,p=2$BWPNTgyamJEBN0khVQh+DA$MmZue8rvBVkVXRR3P2tjzQXMyWFAejDesRwFEIbx7sA",
    "$argon2d$v=19$m=256,t=2,p=2$n75bLZG3N6GZc4+FYBg2XQ$8OKp6tQfvgI1gmrk6cHQ/p2DqVVEFPbLAm8wlVEVveg",
    // The same of the first version of Argon2, which was not written down at first.
    "$argon2i$v=16$m=256,t=2,p=1$c2FsdHNhbHRzYWx0$+mpAyDuJb69D6JIXncTimmdUkuNvlG8kI2oFBN0P0Go",
    "$argon2i$m=256,t=2,p=1$c2FsdHNhbHRzYWx0$+mpAyDuJb69D6JIXncTimmdUkuNvlG8kI2oFBN0P0Go",
];

#[test]
fn hashes_of_other_programs() {
    for stored in SALTED {
        check_secret(stored, "thepassword", true);
        check_secret(stored, "thepasswor", false);
        check_secret(stored, "Thepassword", false);
        check_secret(stored, "", false);
        check_secret(stored, stored, false);
    }
}

#[test]
fn a_hash_is_made_and_read() {
    for password in ["", "thepassword", "пароль", "a b:c;d%e$", &"long".repeat(100)] {
        let stored = hash_password(password, *b"sixteen bytes of");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(
            !stored.contains(['%', ';', ' ', '#']),
            "nothing that a configuration file would take for something else"
        );
        check_secret(&stored, password, true);
        check_secret(&stored, "other", false);
    }
    assert_ne!(hash_password("x", [1; 16]), hash_password("x", [2; 16]));
}

#[test]
fn only_slow_hashes_are_slow() {
    for (stored, expect) in
        [("plain", false), (SALTED[0], false), (SALTED[2], false), (SALTED[3], true), (SALTED[5], true)]
    {
        assert_eq!(Secret::parse(stored).expect("a stored password").is_slow(), expect, "{stored}");
    }
}

/// A process that may not have the memory says so, and goes on: the test runs once more, with less than it needs.
#[test]
fn memory_that_is_not_there_is_an_error() {
    const CHILD: &str = "PROVOST_TEST_LITTLE_MEMORY";
    if std::env::var_os(CHILD).is_some() {
        let stored = "$argon2id$v=19$m=262144,t=1,p=1$c2l4dGVlbiBieXRlcyBvZg$vyhb0SgbDTvzSiaqVXFkOg";
        let secret = Secret::parse(stored).expect("a stored password");
        assert_eq!(secret.verify("x"), Err(NoMemory { kib: 262_144 }));
        return;
    }
    let script = "ulimit -v 262144; exec \"$0\" --exact auth::memory_that_is_not_there_is_an_error";
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", script]).arg(std::env::current_exe().expect("own path")).env(CHILD, "1");
    let output = shell.output().expect("there is a shell");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{output:?}");
}

#[test]
fn what_begins_like_a_hash_and_is_none_is_refused() {
    for (stored, expect) in [
        ("{SSHA}", SecretError::Salted("{SSHA}")),
        ("{SSHA}x", SecretError::Salted("{SSHA}")),
        ("{SSHA}gquHbROHv6/kbMHIoq8HTq4gyx0=", SecretError::Salted("{SSHA}")),
        ("{SSHA256}gquHbROHv6/kbMHIoq8HTq4gyx0=", SecretError::Salted("{SSHA256}")),
        ("{SSHA512}not base64", SecretError::Salted("{SSHA512}")),
        ("$argon2id$", SecretError::Argon2),
        ("$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlcyBvZg", SecretError::Argon2),
        ("$argon2x$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlcyBvZg$vyhb0SgbDTvzSiaqVXFkOg", SecretError::Argon2),
        ("$argon2id$v=19$m=1,t=2,p=1$c2l4dGVlbiBieXRlcyBvZg$vyhb0SgbDTvzSiaqVXFkOg", SecretError::Argon2),
        (
            "$argon2id$v=19$m=262145,t=2,p=1$c2l4dGVlbiBieXRlcyBvZg$vyhb0SgbDTvzSiaqVXFkOg",
            SecretError::TooCostly,
        ),
        (
            "$argon2id$v=19$m=65536,t=65,p=1$c2l4dGVlbiBieXRlcyBvZg$vyhb0SgbDTvzSiaqVXFkOg",
            SecretError::TooCostly,
        ),
        ("$2b$", SecretError::Bcrypt),
        ("$2y$10$short", SecretError::Bcrypt),
        ("$2b$4$abcdefghijklmnopqrstuuKfMNdWOPTyRdV8AjHPZLfWlZ6VXRVI2.", SecretError::Bcrypt),
        ("$2x$04$abcdefghijklmnopqrstuuKfMNdWOPTyRdV8AjHPZLfWlZ6VXRVI2", SecretError::Bcrypt),
        ("$2b$04$abcdefghijklmnopqrstu!KfMNdWOPTyRdV8AjHPZLfWlZ6VXRVI2", SecretError::Bcrypt),
        ("$2b$17$abcdefghijklmnopqrstuuKfMNdWOPTyRdV8AjHPZLfWlZ6VXRVI2", SecretError::TooCostly),
    ] {
        assert_eq!(Secret::parse(stored).err(), Some(expect), "{stored}");
    }
}

#[test]
fn fingerprints_are_of_the_whole_and_of_the_key() {
    let print = |user: &str, password: &str, key: u8| {
        Fingerprint::new(&Credentials { user: user.to_owned(), password: password.to_owned() }, &[key; 32])
    };
    assert!(print("user", "pw", 1).is(&print("user", "pw", 1)));
    for other in
        [print("user", "px", 1), print("userp", "w", 1), print("use", "rpw", 1), print("user", "pw", 2)]
    {
        assert!(!print("user", "pw", 1).is(&other));
    }
}

#[test]
fn accounts_need_both_parts_right() {
    let account = Account::new("user", Secret::parse("pw").expect("a stored password"));
    let admits = |user: &str, password: &str| {
        let presented = Credentials { user: user.to_owned(), password: password.to_owned() };
        account.admits(&presented).expect("a comparison that takes no memory")
    };
    assert!(admits("user", "pw"));
    assert!(!admits("user", "PW"));
    assert!(!admits("USER", "pw"));
    assert!(!admits("", "pw"));
    assert!(!admits("", ""));
}

#[test]
fn nothing_prints_a_password() {
    let secret = Secret::parse("hunter2").expect("a stored password");
    let credentials = Credentials { user: "user".to_owned(), password: "hunter2".to_owned() };
    let printed = format!("{credentials:?} {:?}", Account::new("user", secret));
    assert!(!printed.contains("hunter2"), "{printed}");
    assert!(printed.contains("user"), "{printed}");
}

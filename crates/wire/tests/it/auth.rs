//! Credentials. Each header was sent to the reference too; the answer of the reference stands beside it.

use provost_wire::auth::{Account, AuthError, Credentials, Secret};

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
    assert_eq!(secret.verify(password), expect, "{stored} and {password}");
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
    check_secret("{SSHA}x", "{SSHA}x", true);
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

#[test]
fn accounts_need_both_parts_right() {
    let account = Account::new("user", Secret::parse("pw").expect("a stored password"));
    let admits = |user: &str, password: &str| {
        account.admits(&Credentials { user: user.to_owned(), password: password.to_owned() })
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

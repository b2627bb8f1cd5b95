//! Which values of a dump are nobody's business.
//!
//! Names decide, and the form of URLs; a secret that a command line has as a bare word cannot be told from other words.

use super::{Dumped, Value};

/// What stands for a secret.
const MASK: &str = "***";

/// Parts of names that give a secret away.
const PARTS: &[&str] = &[
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "SECRET",
    "TOKEN",
    "CREDENTIAL",
    "APIKEY",
    "API_KEY",
    "ACCESS_KEY",
    "PRIVATE_KEY",
];

/// Ends of names that do.
const ENDS: &[&str] = &["_KEY", "_PASS", "_PWD", "_PW", "_AUTH", "_DSN", "_SALT"];

/// Masks the secrets of a section. What is empty stays: it tells that there is none.
pub(super) fn mask(dumped: &mut Dumped) {
    for option in &mut dumped.options {
        let is_password = option.name == "password";
        match &mut option.value {
            Value::Text(text) if is_password && !text.is_empty() => *text = MASK.to_owned(),
            Value::Text(text) => *text = without_passwords(text),
            Value::Pairs(pairs) => {
                for (key, value) in pairs.iter_mut().filter(|(_, value)| !value.is_empty()) {
                    *value = if is_secret(key) { MASK.to_owned() } else { without_passwords(value) };
                }
            }
            Value::Nothing | Value::Flag(_) | Value::Number(_) | Value::List(_) => {}
        }
    }
}

/// Whether a variable of that name holds a secret.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    PARTS.iter().any(|part| name.contains(part)) || ENDS.iter().any(|end| name.ends_with(end))
}

/// The text with `scheme://user:password@` masked.
fn without_passwords(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, authority) = rest.split_at(at + 3);
        masked.push_str(before);
        let end =
            authority.find(|c: char| "/?#\"'".contains(c) || c.is_whitespace()).unwrap_or(authority.len());
        let (host, behind) = authority.split_at(end);
        match host.rsplit_once('@').and_then(|(user, host)| Some((user.split_once(':')?.0, host))) {
            Some((user, host)) => masked.push_str(&format!("{user}:{MASK}@{host}")),
            None => masked.push_str(host),
        }
        rest = behind;
    }
    masked.push_str(rest);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_give_secrets_away() {
        for (name, expect) in [
            ("DB_PASSWORD", true),
            ("db_passwd", true),
            ("AWS_SECRET_ACCESS_KEY", true),
            ("GITHUB_TOKEN", true),
            ("STRIPE_KEY", true),
            ("MYSQL_PWD", true),
            ("SENTRY_DSN", true),
            ("PWD", false),
            ("PATH", false),
            ("KEYBOARD", false),
            ("HOME", false),
        ] {
            assert_eq!(is_secret(name), expect, "{name}");
        }
    }

    #[test]
    fn passwords_are_cut_out_of_urls() {
        for (text, expect) in [
            ("postgres://me:pw@db/x", "postgres://me:***@db/x"),
            ("a http://u:p@h b https://v:q@i/?x=y@z", "a http://u:***@h b https://v:***@i/?x=y@z"),
            ("redis://:p@h:6379", "redis://:***@h:6379"),
            ("http://u:p@q@h", "http://u:***@h"),
            ("http://user@host", "http://user@host"),
            ("http://host:80/a:b@c", "http://host:80/a:b@c"),
            ("unix:///x/y:z@w", "unix:///x/y:z@w"),
            ("plain a:b@c", "plain a:b@c"),
        ] {
            assert_eq!(without_passwords(text), expect, "{text}");
        }
    }
}

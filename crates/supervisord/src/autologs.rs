//! Removes the AUTO logs that earlier runs left in `childlogdir`.
//!
//! Only files that this daemon could have made: `<process>-<channel>---<identifier>-<8 characters>.log`, with or
//! without the number of a backup. Called after the servers are open, so that a second daemon that is refused has
//! touched nothing of the first.

use std::path::Path;

/// Removes them; one message for each thing that could not be done.
pub(crate) fn remove_old(directory: &str, identifier: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return vec!["Could not clear childlog dir".to_owned()];
    };
    let old = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_str().is_some_and(|name| is_auto_log(name, identifier)));
    old.filter_map(|entry| {
        let path = entry.path();
        std::fs::remove_file(&path).err().map(|_| format!("Failed to clean up '{}'", shown(&path)))
    })
    .collect()
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Whether a file of that name is an AUTO log of a daemon with that identifier.
fn is_auto_log(name: &str, identifier: &str) -> bool {
    let Some((process, rest)) = name.split_once("---") else { return false };
    let Some(rest) = rest.strip_prefix(identifier).and_then(|rest| rest.strip_prefix('-')) else {
        return false;
    };
    let Some((random, backup)) = rest.split_once(".log") else { return false };
    let is_random = random.len() == 8
        && random.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let is_backup = match backup.strip_prefix('.') {
        Some(number) => !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()),
        None => backup.is_empty(),
    };
    !process.is_empty() && is_random && is_backup
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expect: bool) {
        assert_eq!(is_auto_log(name, "a.b"), expect, "{name}");
    }

    #[test]
    fn only_our_own_logs_are_old_logs() {
        check("web-stdout---a.b-x1_yz09q.log", true);
        check("web-stdout---a.b-x1_yz09q.log.1", true);
        check("web-stdout---a.b-x1_yz09q.log.12", true);
        check("web-stdout---aXb-x1_yz09q.log", false);
        check("web-stdout---a.b-x1_yz09q.log.bak", false);
        check("web-stdout---a.b-x1_yz09q.log.1.gz", false);
        check("web-stdout---a.b-short.log", false);
        check("web-stdout---a.b-x1_yz09q.log12", false);
        check("---a.b-x1_yz09q.log", false);
        check("web.log", false);
    }

    #[test]
    fn a_directory_is_cleared_of_them_and_of_nothing_else() {
        let directory = tempfile::tempdir().expect("a directory");
        for name in ["p-stderr---sup-abcdefgh.log", "p-stderr---sup-abcdefgh.log.3", "keep.log"] {
            std::fs::write(directory.path().join(name), "x").expect("a file");
        }
        let messages = remove_old(directory.path().to_str().expect("a plain path"), "sup");
        assert_eq!(messages, Vec::<String>::new());
        let left: Vec<_> = std::fs::read_dir(directory.path()).expect("readable").collect();
        assert_eq!(left.len(), 1);
        assert_eq!(remove_old("/no/such/directory", "sup"), ["Could not clear childlog dir"]);
    }
}

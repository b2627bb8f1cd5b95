//! Lexical paths: the reference's rules for joining and cleaning them. Nothing here touches the file system.

/// Everything before the last slash, as Python's `dirname` cuts it: trailing slashes go unless nothing else is
/// left.
pub fn dirname(path: &str) -> &str {
    let Some(end) = path.rfind('/') else { return "" };
    let head = &path[..=end];
    let trimmed = head.trim_end_matches('/');
    if trimmed.is_empty() { head } else { trimmed }
}

/// `tail` below `base`; an absolute `tail` stands for itself.
pub fn join(base: &str, tail: &str) -> String {
    if tail.starts_with('/') || base.is_empty() {
        tail.to_owned()
    } else if base.ends_with('/') {
        format!("{base}{tail}")
    } else {
        format!("{base}/{tail}")
    }
}

/// `path` without `.`, `..` and doubled slashes, by its text alone (a symbolic link is not followed). Exactly
/// two leading slashes stay, as POSIX allows them a meaning of their own.
pub fn normalize(path: &str) -> String {
    let root = match path.len() - path.trim_start_matches('/').len() {
        0 => "",
        2 => "//",
        _ => "/",
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if !root.is_empty() => {}
            part => parts.push(part),
        }
    }
    let cleaned = format!("{root}{}", parts.join("/"));
    if cleaned.is_empty() { ".".to_owned() } else { cleaned }
}

/// `path` made absolute against `cwd` and cleaned.
pub fn absolute(path: &str, cwd: &str) -> String {
    normalize(&join(cwd, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dirname_cuts_like_python() {
        for (path, expect) in [
            ("a", ""),
            ("", ""),
            ("/a", "/"),
            ("a/b", "a"),
            ("a//b", "a"),
            ("//a", "//"),
            ("a/", "a"),
            ("/a/b/", "/a/b"),
        ] {
            assert_eq!(dirname(path), expect, "{path:?}");
        }
    }

    #[test]
    fn paths_are_joined_and_cleaned_by_their_text() {
        for (cwd, path, expect) in [
            ("/w", "x", "/w/x"),
            ("/w", "/x", "/x"),
            ("/w", "../x/./y//z", "/x/y/z"),
            ("/", "x", "/x"),
            ("/w", "", "/w"),
            ("/w", "//x", "//x"),
            ("/w", "///x", "/x"),
            ("/w", "/../..", "/"),
        ] {
            assert_eq!(absolute(path, cwd), expect, "{path:?}");
        }
        assert_eq!(normalize("a/../.."), "..");
        assert_eq!(normalize("."), ".");
    }
}

//! What handlers that print make of an answer: the known form of `supervisor_stdout` and its copies.
//!
//! The answer is the payload of an event about output, sent back by the listener: a line of `key:value` tokens, then
//! the output. Each of its lines is printed behind the names of the process and the channel.

/// The lines to print; none if the answer does not begin with a line that names a process.
pub(super) fn relay(answer: &[u8]) -> Vec<u8> {
    let (head, output) = match memchr::memchr(b'\n', answer) {
        Some(end) => (&answer[..end], &answer[end + 1..]),
        None => (answer, &[][..]),
    };
    let Some(process) = token(head, b"processname:") else { return Vec::new() };
    let mut prefix = process.to_vec();
    // Events of captured messages do not name their channel.
    if let Some(channel) = token(head, b"channel:") {
        prefix.push(b' ');
        prefix.extend_from_slice(channel);
    }
    prefix.extend_from_slice(b" | ");
    let mut printed = Vec::with_capacity(output.len() + prefix.len() + 1);
    for line in output.split_inclusive(|byte| *byte == b'\n') {
        printed.extend_from_slice(&prefix);
        printed.extend_from_slice(line);
    }
    if !output.is_empty() && !output.ends_with(b"\n") {
        printed.push(b'\n');
    }
    printed
}

/// The value of a token of the line.
fn token<'a>(head: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    head.split(u8::is_ascii_whitespace).find_map(|token| token.strip_prefix(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(answer: &str, expect: &str) {
        assert_eq!(String::from_utf8_lossy(&relay(answer.as_bytes())), expect);
    }

    #[test]
    fn every_line_is_printed_behind_its_origin() {
        const HEAD: &str = "processname:web groupname:g pid:1 channel:stderr\n";
        check(&format!("{HEAD}one\n"), "web stderr | one\n");
        check(&format!("{HEAD}one\ntwo\n"), "web stderr | one\nweb stderr | two\n");
        check(&format!("{HEAD}one\n\nhalf"), "web stderr | one\nweb stderr | \nweb stderr | half\n");
        check(&format!("{HEAD}grüße €"), "web stderr | grüße €\n");
        check(HEAD, "");
        check("processname:web groupname:g pid:1\nmessage", "web | message\n");
    }

    #[test]
    fn what_names_no_process_prints_nothing() {
        check("", "");
        check("OK", "");
        check("when:5", "");
        check("groupname:g\nx", "");
    }
}

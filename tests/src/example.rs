//! The checked-in examples, moved into a scratch so that a test can run them as they are.
//!
//! An example is a folder an operator could use: its ports are real numbers and its paths begin with
//! `%(here)s`. Only what cannot stay is changed in the copy: each port becomes a free one, and `user=nobody`
//! becomes the caller when the caller may not become somebody else.

use std::fs;
use std::path::Path;

use rustix::process::geteuid;

use crate::implementation::workspace;
use crate::scratch::Scratch;

/// Copies `examples/NAME` into the scratch; `ports` are the numbers to replace, the first by `$PORT1`.
///
/// # Panics
///
/// When the example is not there.
pub fn copy(scratch: &mut Scratch, name: &str, ports: &[u16]) {
    let folder = workspace().join("examples").join(name);
    copy_folder(scratch, &folder, "", ports);
}

fn copy_folder(scratch: &mut Scratch, folder: &Path, inside: &str, ports: &[u16]) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let entry = entry.expect("a readable folder");
        let name = format!("{inside}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            fs::create_dir_all(scratch.file(&name)).expect("a folder in our own directory");
            copy_folder(scratch, &entry.path(), &format!("{name}/"), ports);
        } else if !is_left_over(&name) {
            let text = fs::read_to_string(entry.path()).expect("examples are text");
            scratch.write(&name, &adapted(&text, ports));
        }
    }
}

/// Whether somebody who tried the example in its place has left this file.
fn is_left_over(name: &str) -> bool {
    [".log", ".pid", ".sock", ".history", ".pyc"].iter().any(|end| name.ends_with(end))
}

fn adapted(text: &str, ports: &[u16]) -> String {
    let mut text = text.to_owned();
    for (number, port) in (1..).zip(ports) {
        text = text.replace(&port.to_string(), &format!("$PORT{number}"));
    }
    if geteuid().is_root() {
        text
    } else {
        text.replace("user=nobody", &format!("user={}", geteuid().as_raw()))
    }
}

//! temp
use crate::settings::*;
use provost_wire::auth::Credentials;
use std::ffi::OsString;
use std::process::ExitCode;
/// x
pub struct Early;
impl Early {
    /// x
    pub fn tell(self) -> ExitCode {
        ExitCode::from(2)
    }
}
/// x
pub fn understand(arguments: impl IntoIterator<Item = OsString>) -> Result<Settings, Early> {
    let mut a: Vec<String> = arguments.into_iter().skip(1).map(|a| a.into_string().unwrap()).collect();
    let mut s = Settings {
        server_url: "http://localhost:9001".into(),
        credentials: None,
        prompt: "supervisor".into(),
        history_file: None,
        task: Task::Prompt,
    };
    let (mut u, mut p, mut i) = (None, None, false);
    while a.first().is_some_and(|x| x.starts_with('-')) {
        match a.remove(0).as_str() {
            "-s" => s.server_url = a.remove(0),
            "-u" => u = Some(a.remove(0)),
            "-p" => p = Some(a.remove(0)),
            "-r" => s.history_file = Some(a.remove(0).into()),
            "-i" => i = true,
            _ => return Err(Early),
        }
    }
    if let (Some(user), Some(password)) = (u, p) {
        s.credentials = Some(Credentials { user, password });
    }
    if !a.is_empty() {
        s.task = if i { Task::Attended(a.join(" ")) } else { Task::Script(a.join(" ")) };
    }
    Ok(s)
}

//! Settings: what the command line and the configuration file said, once both are understood.

use std::collections::BTreeMap;
use std::path::PathBuf;

use provost_wire::auth::Credentials;

use crate::explain::Surroundings;

/// Everything this program can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The server's URL, as written.
    pub server_url: String,
    /// What to present to the server, if a name and a password were given.
    pub credentials: Option<Credentials>,
    /// What the prompt shows before `> `.
    pub prompt: String,
    /// Where the lines of the prompt are kept, if anywhere.
    pub history_file: Option<PathBuf>,
    /// Whether answers are JSON.
    pub json: bool,
    /// What explanations of failures are made of.
    pub surroundings: Surroundings,
    /// Commands that the file has programs for: their names, and command lines.
    pub plugins: BTreeMap<String, String>,
    /// Commands that the file has Python code for: their names, and why they are not there.
    pub python_plugins: BTreeMap<String, String>,
    /// What to do.
    pub task: Task,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Read lines until the user is done.
    Prompt,
    /// Carry out the line that these words are and exit with its code, without asking anything.
    Script(Vec<String>),
    /// Carry out the line that these words are and exit with its code; there is a user to ask.
    Attended(Vec<String>),
}

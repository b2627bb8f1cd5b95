//! Names of AUTO logs: `<process>-<channel>---<identifier>-<8 characters>.log` in `childlogdir`.
//!
//! The reference lets `mkstemp` choose the last part. Here it comes from a seed, so that the core stays a function
//! of its inputs; the log plane creates the file exclusively.

use std::sync::Arc;

use provost_config::model::{Channel, LogFile, Process, Supervisord};

const ALPHABET: &[u8; 37] = b"abcdefghijklmnopqrstuvwxyz0123456789_";

/// Makes the names.
#[derive(Clone, Debug)]
pub(crate) struct LogNames {
    directory: Option<String>,
    identifier: String,
    random: u64,
}

impl LogNames {
    pub(crate) fn new(settings: &Supervisord, seed: u64) -> Self {
        Self {
            directory: settings.childlogdir.clone(),
            identifier: settings.identifier.clone(),
            random: seed,
        }
    }

    /// Effective paths of the stdout and stderr logs of a process that is being registered.
    pub(crate) fn of(&mut self, recipe: &Process) -> (Option<Arc<str>>, Option<Arc<str>>) {
        let stdout = self.path(recipe, &recipe.stdout, "stdout");
        let stderr = if recipe.redirect_stderr { None } else { self.path(recipe, &recipe.stderr, "stderr") };
        (stdout, stderr)
    }

    fn path(&mut self, recipe: &Process, channel: &Channel, channel_name: &str) -> Option<Arc<str>> {
        match &channel.logfile {
            LogFile::None => None,
            LogFile::Path(path) => Some(Arc::clone(path)),
            LogFile::Auto => {
                let directory = self.directory.as_deref()?.trim_end_matches('/').to_owned();
                let tail = self.eight_characters();
                Some(
                    format!("{directory}/{}-{channel_name}---{}-{tail}.log", recipe.name, self.identifier)
                        .into(),
                )
            }
        }
    }

    fn eight_characters(&mut self) -> String {
        let mut bits = self.next();
        (0..8)
            .map(|_| {
                let index = (bits % ALPHABET.len() as u64) as usize;
                bits /= ALPHABET.len() as u64;
                char::from(ALPHABET[index])
            })
            .collect()
    }

    /// splitmix64 (Steele, Lea, Flood 2014): every seed gives a full period.
    fn next(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

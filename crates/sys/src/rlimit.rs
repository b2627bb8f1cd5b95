//! The daemon's own limits, which its children inherit.

use rustix::process::{Resource as Raw, Rlimit, getrlimit, setrlimit};

/// A limit the daemon can ask to be raised.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resource {
    /// Open descriptors (`minfds`).
    OpenFiles,
    /// Processes of the user (`minprocs`).
    Processes,
}

impl Resource {
    fn raw(self) -> Raw {
        match self {
            Self::OpenFiles => Raw::Nofile,
            Self::Processes => Raw::Nproc,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::OpenFiles => "RLIMIT_NOFILE",
            Self::Processes => "RLIMIT_NPROC",
        }
    }
}

/// The system allows less than the configuration asks for. The texts are the reference's, with the limit that
/// really stands in the way (the reference repeats the number asked for).
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RlimitError {
    /// Too few descriptors.
    #[error(
        "The minimum number of file descriptors required to run this process is {minimum} as per the \"minfds\" \
         command-line argument or config file setting. The current environment will only allow you to open {} file \
         descriptors.  Either raise the number of usable file descriptors in your environment (see README.rst) or \
         lower the minfds setting in the config file to allow the process to start.",
        shown(*.hard)
    )]
    OpenFiles {
        /// What was asked for.
        minimum: u64,
        /// The hard limit; `None` if there is none.
        hard: Option<u64>,
    },
    /// Too few processes.
    #[error(
        "The minimum number of available processes required to run this program is {minimum} as per the \"minprocs\" \
         command-line argument or config file setting. The current environment will only allow you to open {} \
         processes.  Either raise the number of usable processes in your environment (see README.rst) or lower the \
         minprocs setting in the config file to allow the program to start.",
        shown(*.hard)
    )]
    Processes {
        /// What was asked for.
        minimum: u64,
        /// The hard limit; `None` if there is none.
        hard: Option<u64>,
    },
}

fn shown(limit: Option<u64>) -> String {
    limit.map_or_else(|| "unlimited".to_owned(), |limit| limit.to_string())
}

/// Sees to it that the soft limit is at least `minimum`, raising the hard limit too if it must. Never lowers
/// one. Gives the line for the activity log if something was changed.
///
/// # Errors
/// [`RlimitError`] if the system refuses.
pub fn raise(resource: Resource, minimum: u64) -> Result<Option<String>, RlimitError> {
    let Rlimit { current, maximum: hard } = getrlimit(resource.raw());
    if current.is_none_or(|soft| soft >= minimum) {
        return Ok(None);
    }
    let wanted = Rlimit { current: Some(minimum), maximum: hard.map(|hard| hard.max(minimum)) };
    match setrlimit(resource.raw(), wanted) {
        Ok(()) => Ok(Some(format!("Increased {} limit to {minimum}", resource.name()))),
        Err(_) => Err(match resource {
            Resource::OpenFiles => RlimitError::OpenFiles { minimum, hard },
            Resource::Processes => RlimitError::Processes { minimum, hard },
        }),
    }
}

/// Has the kernel make its table of this process's descriptors large enough for so many, or for the limit.
///
/// A table that is too small is doubled when it is full, and with several threads each doubling waits for all
/// processors (some 10 ms each, seven times on the way to 1000 programs). So this is for a process that has one thread
/// still; with more it only waits here instead of later.
pub fn make_room(descriptors: u64) {
    let limit = getrlimit(Raw::Nofile).current.unwrap_or(u64::MAX);
    let highest = descriptors.min(limit).saturating_sub(1);
    // The table grows to the number of a descriptor and never shrinks. If it does not work, it grows later.
    if let Ok(highest) = i32::try_from(highest) {
        let _closed_at_once = rustix::io::fcntl_dupfd_cloexec(std::io::stdin(), highest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enough_is_left_alone() {
        assert_eq!(raise(Resource::OpenFiles, 1), Ok(None));
        assert_eq!(raise(Resource::Processes, 0), Ok(None));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_real_limit_is_reported() {
        // Beyond what the kernel allows anybody, root included.
        let minimum = u64::MAX - 1;
        let hard = getrlimit(Raw::Nofile).maximum;
        let error = raise(Resource::OpenFiles, minimum).expect_err("beyond the kernel's limit");
        assert_eq!(error, RlimitError::OpenFiles { minimum, hard });
        let expect = format!("will only allow you to open {} file descriptors.  Either", shown(hard));
        assert!(error.to_string().contains(&expect), "{error}");
    }

    #[test]
    fn texts() {
        let text = RlimitError::OpenFiles { minimum: 5000, hard: Some(4096) }.to_string();
        assert_eq!(
            text,
            "The minimum number of file descriptors required to run this process is 5000 as per the \"minfds\" \
             command-line argument or config file setting. The current environment will only allow you to open 4096 \
             file descriptors.  Either raise the number of usable file descriptors in your environment (see \
             README.rst) or lower the minfds setting in the config file to allow the process to start."
        );
        let text = RlimitError::Processes { minimum: 200, hard: Some(100) }.to_string();
        assert_eq!(
            text,
            "The minimum number of available processes required to run this program is 200 as per the \"minprocs\" \
             command-line argument or config file setting. The current environment will only allow you to open 100 \
             processes.  Either raise the number of usable processes in your environment (see README.rst) or lower \
             the minprocs setting in the config file to allow the program to start."
        );
    }
}

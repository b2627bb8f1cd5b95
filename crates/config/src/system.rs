//! What reading a configuration must ask the system, as one trait.
//!
//! Questions about files, the working directory and the environment are answered by the standard library unless
//! an implementation says otherwise; users, groups, the host name and permissions need system calls, and
//! come from whoever may make them. Tests answer everything from memory ([`FakeSystem`]).

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use crate::model::User;
use crate::path;

/// The questions. No answer changes anything.
pub trait System {
    /// The user of that login name.
    fn user_by_name(&self, name: &str) -> Option<User>;
    /// The user of that id.
    fn user_by_id(&self, uid: u32) -> Option<User>;
    /// The id of the group of that name.
    fn group_by_name(&self, name: &str) -> Option<u32>;
    /// Whether a group of that id exists.
    fn group_exists(&self, gid: u32) -> bool;
    /// The home directory that the user database gives to a login name, or to the caller's own uid.
    fn home_of(&self, name: Option<&str>) -> Option<String>;
    /// The node name, as `uname -n` prints it.
    fn hostname(&self) -> String;
    /// The caller's effective user id.
    fn own_uid(&self) -> u32;
    /// Whether the caller can make files in that directory.
    fn is_writable_dir(&self, path: &str) -> bool;

    /// The bytes of a file.
    fn read_file(&self, path: &str) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    /// Whether something exists there (a dangling symbolic link does not).
    fn exists(&self, path: &str) -> bool {
        std::path::Path::new(path).exists()
    }

    /// Whether a directory is there.
    fn is_dir(&self, path: &str) -> bool {
        std::path::Path::new(path).is_dir()
    }

    /// Whether a file is there that somebody may execute.
    fn is_executable(&self, path: &str) -> bool {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
    }

    /// The user id of a file's owner, if it has one that can be told.
    fn owner(&self, path: &str) -> Option<u32> {
        use std::os::unix::fs::MetadataExt as _;
        std::fs::metadata(path).ok().map(|file| file.uid())
    }

    /// The names in a directory, in any order, without `.` and `..`; names that are not UTF-8 are left out.
    fn list_dir(&self, path: &str) -> io::Result<Vec<String>> {
        let entries = std::fs::read_dir(if path.is_empty() { "." } else { path })?;
        Ok(entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect())
    }

    /// Why a stored password of a server could let nobody in, if so: the forms are known to who compares them.
    fn password_fault(&self, _stored: &str) -> Option<String> {
        None
    }

    /// The environment the daemon was started with; variables that are not UTF-8 are left out.
    fn environment(&self) -> BTreeMap<String, String> {
        let text = |(key, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((key.into_string().ok()?, value.into_string().ok()?))
        };
        std::env::vars_os().filter_map(text).collect()
    }

    /// The working directory; `/` if it has none that can be named.
    fn current_dir(&self) -> String {
        std::env::current_dir()
            .ok()
            .and_then(|path| path.into_os_string().into_string().ok())
            .unwrap_or("/".into())
    }
}

/// `path` with a leading `~` or `~user` replaced; as it is, if that has no home. `HOME` wins over the user
/// database.
pub(crate) fn expand_user(path: &str, system: &dyn System, environment: &BTreeMap<String, String>) -> String {
    let Some(rest) = path.strip_prefix('~') else { return path.to_owned() };
    let (user, tail) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let home = match user {
        "" => environment.get("HOME").cloned().or_else(|| system.home_of(None)),
        user => system.home_of(Some(user)),
    };
    match home {
        Some(home) => match format!("{}{tail}", home.trim_end_matches('/')) {
            empty if empty.is_empty() => "/".to_owned(),
            full => full,
        },
        None => path.to_owned(),
    }
}

/// The directory for AUTO logs when none is configured: the first that is usable of `$TMPDIR`, `$TEMP`, `$TMP`,
/// the usual temporary directories, and the working directory.
pub(crate) fn temp_dir(system: &dyn System, environment: &BTreeMap<String, String>) -> Option<String> {
    let cwd = system.current_dir();
    let named = ["TMPDIR", "TEMP", "TMP"].iter().filter_map(|key| environment.get(*key).map(String::as_str));
    let usual = ["/tmp", "/var/tmp", "/usr/tmp", cwd.as_str()];
    let mut candidates =
        named.filter(|path| !path.is_empty()).chain(usual).map(|dir| path::absolute(dir, &cwd));
    candidates.find(|dir| system.is_writable_dir(dir))
}

/// A system that exists in memory only.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct FakeSystem {
    /// Files by absolute path; their parents are directories.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Further directories, by absolute path.
    pub dirs: BTreeSet<String>,
    /// Whether every absolute path is a directory.
    pub all_dirs: bool,
    /// Files that cannot be opened.
    pub locked: BTreeSet<String>,
    /// Users; each has a group of its own name and gid, and the home `/home/NAME`.
    pub users: Vec<User>,
    /// Files that can be executed, by absolute path; everything can be if this is not known.
    pub programs: Option<BTreeSet<String>>,
    /// The environment.
    pub environment: BTreeMap<String, String>,
    /// The working directory.
    pub cwd: String,
    /// The caller.
    pub uid: u32,
    /// Whose files these are, by path as it is asked for; others have no owner that can be told.
    pub owners: BTreeMap<String, u32>,
}

impl Default for FakeSystem {
    fn default() -> Self {
        Self {
            files: BTreeMap::new(),
            dirs: ["/", "/tmp", "/w"].map(str::to_owned).into(),
            all_dirs: false,
            locked: BTreeSet::new(),
            users: vec![User::new("root", 0, 0), User::new("web", 33, 34), User::new("op", 1000, 1000)],
            programs: None,
            environment: BTreeMap::new(),
            cwd: "/w".to_owned(),
            uid: 0,
            owners: BTreeMap::new(),
        }
    }
}

impl FakeSystem {
    /// A system with these files, by absolute path.
    pub fn with_files(files: &[(&str, &str)]) -> Self {
        let mut system = Self::default();
        for (path, text) in files {
            system.add_file(path, text.as_bytes());
        }
        system
    }

    /// Adds a file and its parents.
    pub fn add_file(&mut self, path: &str, bytes: &[u8]) {
        self.files.insert(path.to_owned(), bytes.to_vec());
        let mut parent = path::dirname(path);
        while self.dirs.insert(parent.to_owned()) {
            parent = path::dirname(parent);
        }
    }

    fn full(&self, path: &str) -> String {
        path::absolute(path, &self.cwd)
    }
}

impl System for FakeSystem {
    fn user_by_name(&self, name: &str) -> Option<User> {
        self.users.iter().find(|user| user.name == name).cloned()
    }

    fn user_by_id(&self, uid: u32) -> Option<User> {
        self.users.iter().find(|user| user.uid == uid).cloned()
    }

    fn group_by_name(&self, name: &str) -> Option<u32> {
        self.user_by_name(name).map(|user| user.gid)
    }

    fn group_exists(&self, gid: u32) -> bool {
        self.users.iter().any(|user| user.gid == gid)
    }

    fn home_of(&self, name: Option<&str>) -> Option<String> {
        let name = name
            .map_or_else(|| self.user_by_id(self.uid).map(|user| user.name), |name| Some(name.to_owned()))?;
        self.user_by_name(&name).map(|user| format!("/home/{}", user.name))
    }

    /// Only one form is unusable here.
    fn password_fault(&self, stored: &str) -> Option<String> {
        stored.starts_with("{BAD}").then(|| "it is bad".to_owned())
    }

    fn hostname(&self) -> String {
        "node1".to_owned()
    }

    fn own_uid(&self) -> u32 {
        self.uid
    }

    fn owner(&self, path: &str) -> Option<u32> {
        self.owners.get(path).copied()
    }

    fn is_writable_dir(&self, path: &str) -> bool {
        self.is_dir(path) && !self.locked.contains(path)
    }

    fn read_file(&self, path: &str) -> io::Result<Vec<u8>> {
        let path = self.full(path);
        match self.files.get(&path) {
            Some(bytes) if !self.locked.contains(&path) => Ok(bytes.clone()),
            _ => Err(io::ErrorKind::PermissionDenied.into()),
        }
    }

    fn exists(&self, path: &str) -> bool {
        !path.is_empty() && (self.files.contains_key(&self.full(path)) || self.is_dir(path))
    }

    fn is_dir(&self, path: &str) -> bool {
        let full = self.full(path);
        !path.is_empty()
            && (self.dirs.contains(&full)
                || self.all_dirs && path.starts_with('/') && !self.files.contains_key(&full))
    }

    fn is_executable(&self, path: &str) -> bool {
        self.programs.as_ref().is_none_or(|programs| programs.contains(&self.full(path)))
    }

    fn list_dir(&self, path: &str) -> io::Result<Vec<String>> {
        let path = self.full(path);
        let children = self.files.keys().chain(&self.dirs).filter(|child| *child != &path);
        let names = children.filter(|child| path::dirname(child) == path);
        Ok(names.filter_map(|child| child.rsplit('/').next().map(str::to_owned)).collect())
    }

    fn environment(&self) -> BTreeMap<String, String> {
        self.environment.clone()
    }

    fn current_dir(&self) -> String {
        self.cwd.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tilde_is_the_home_of_its_user() {
        let system = FakeSystem::default();
        let with_home = BTreeMap::from([("HOME".to_owned(), "/h/".to_owned())]);
        for (path, environment, expect) in [
            ("~", &with_home, "/h"),
            ("~/x", &with_home, "/h/x"),
            ("~/x", &BTreeMap::new(), "/home/root/x"),
            ("~op/x", &with_home, "/home/op/x"),
            ("~nobody/x", &with_home, "~nobody/x"),
            ("x~", &with_home, "x~"),
        ] {
            assert_eq!(expand_user(path, &system, environment), expect, "{path}");
        }
        let root = BTreeMap::from([("HOME".to_owned(), "/".to_owned())]);
        assert_eq!(expand_user("~", &system, &root), "/");
    }

    #[test]
    fn the_first_usable_directory_takes_temporary_files() {
        let mut system = FakeSystem::default();
        let mut environment = BTreeMap::from([("TEMP".to_owned(), "sub".to_owned())]);
        assert_eq!(temp_dir(&system, &environment).as_deref(), Some("/tmp"));
        system.dirs.insert("/w/sub".into());
        assert_eq!(temp_dir(&system, &environment).as_deref(), Some("/w/sub"));
        environment.insert("TMPDIR".into(), "/tmp".into());
        assert_eq!(temp_dir(&system, &environment).as_deref(), Some("/tmp"));
        system.dirs.clear();
        assert_eq!(temp_dir(&system, &environment), None);
    }
}

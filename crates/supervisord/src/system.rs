//! Answers what reading a configuration asks of the system; used by the daemon and its helper programs.
//!
//! Relative paths start where the program was started, also after the daemon went to another directory: a
//! configuration that is read again means what it meant before.

use std::io;
use std::path::PathBuf;

use provost_config::model;
use provost_config::system::System;
use provost_sys::{Gid, Uid, user};
use provost_wire::auth::Secret;
use rustix::fs::{Access, AtFlags, CWD};

/// The system this runs on.
#[derive(Clone, Debug)]
pub(crate) struct RealSystem {
    start: PathBuf,
}

impl RealSystem {
    /// The system as it is seen from here; `/` if this directory has no name.
    pub(crate) fn new() -> Self {
        Self { start: std::env::current_dir().unwrap_or_else(|_| "/".into()) }
    }

    /// The path from here; an empty one names nothing.
    fn full(&self, path: &str) -> PathBuf {
        if path.is_empty() { PathBuf::new() } else { self.start.join(path) }
    }
}

fn known(user: user::User) -> model::User {
    let groups = user::supplementary_groups(&user).unwrap_or_else(|_| vec![user.gid]);
    let groups = groups.into_iter().map(Gid::raw).collect();
    model::User { name: user.name, uid: user.uid.raw(), gid: user.gid.raw(), groups }
}

impl System for RealSystem {
    fn user_by_name(&self, name: &str) -> Option<model::User> {
        user::lookup_user(name).ok().filter(|user| user.name == name).map(known)
    }

    fn user_by_id(&self, uid: u32) -> Option<model::User> {
        user::user_by_id(Uid::new(uid)).ok().flatten().map(known)
    }

    fn group_by_name(&self, name: &str) -> Option<u32> {
        user::lookup_group(name).ok().map(|gid| gid.raw())
    }

    fn group_exists(&self, gid: u32) -> bool {
        user::lookup_group(&gid.to_string()).is_ok()
    }

    fn home_of(&self, name: Option<&str>) -> Option<String> {
        let user = match name {
            Some(name) => user::lookup_user(name).ok().filter(|user| user.name == name),
            None => user::user_by_id(Uid::current()).ok().flatten(),
        };
        user.and_then(|user| user.home.into_os_string().into_string().ok())
    }

    fn hostname(&self) -> String {
        rustix::system::uname().nodename().to_string_lossy().into_owned()
    }

    fn own_uid(&self) -> u32 {
        Uid::effective().raw()
    }

    fn is_writable_dir(&self, path: &str) -> bool {
        let rights = Access::WRITE_OK | Access::EXEC_OK;
        self.is_dir(path) && rustix::fs::accessat(CWD, self.full(path), rights, AtFlags::EACCESS).is_ok()
    }

    fn read_file(&self, path: &str) -> io::Result<Vec<u8>> {
        std::fs::read(self.full(path))
    }

    fn exists(&self, path: &str) -> bool {
        self.full(path).exists()
    }

    fn is_dir(&self, path: &str) -> bool {
        self.full(path).is_dir()
    }

    fn is_executable(&self, path: &str) -> bool {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::metadata(self.full(path))
            .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
    }

    fn list_dir(&self, path: &str) -> io::Result<Vec<String>> {
        let entries = std::fs::read_dir(self.start.join(path))?;
        Ok(entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect())
    }

    fn password_fault(&self, stored: &str) -> Option<String> {
        Secret::parse(stored).err().map(|error| error.to_string())
    }

    fn current_dir(&self) -> String {
        self.start.to_string_lossy().into_owned()
    }
}

//! Answers what reading a configuration asks of the system; used by the daemon and its helper programs.

use provost_config::model;
use provost_config::system::System;
use provost_sys::{Uid, user};
use rustix::fs::{Access, AtFlags, CWD};

/// The system this runs on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RealSystem;

fn known(user: user::User) -> model::User {
    model::User { name: user.name, uid: user.uid.raw(), gid: user.gid.raw() }
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
        self.is_dir(path)
            && rustix::fs::accessat(CWD, path, Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS).is_ok()
    }
}

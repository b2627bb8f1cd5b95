//! The system, as far as reading the client's section asks about it.
//!
//! That section knows no users, groups or permissions, except for the home directories that `~` stands for;
//! the other questions are never asked on this path and get the answer that there is nothing.

use nix::unistd::{User as Account, geteuid, getuid};
use provost_config::model::User;
use provost_config::system::System;

/// The system this program runs on.
#[derive(Debug, Clone, Copy)]
pub struct RealSystem;

impl System for RealSystem {
    fn user_by_name(&self, _: &str) -> Option<User> {
        None
    }

    fn user_by_id(&self, _: u32) -> Option<User> {
        None
    }

    fn group_by_name(&self, _: &str) -> Option<u32> {
        None
    }

    fn group_exists(&self, _: u32) -> bool {
        false
    }

    fn home_of(&self, name: Option<&str>) -> Option<String> {
        let account = match name {
            Some(name) => Account::from_name(name),
            None => Account::from_uid(getuid()),
        };
        // A user database that cannot be read knows nobody; the path then keeps its `~`.
        account.ok().flatten()?.dir.into_os_string().into_string().ok()
    }

    fn hostname(&self) -> String {
        String::new()
    }

    fn own_uid(&self) -> u32 {
        geteuid().as_raw()
    }

    fn is_writable_dir(&self, _: &str) -> bool {
        false
    }
}

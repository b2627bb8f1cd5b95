//! Users and groups of the system, and giving up the rights of root.
//!
//! Look-ups go through the C library, hence through NSS: they may read files or ask a directory service. They
//! belong to the reading of the configuration, never to a start, let alone between fork and exec.

use std::ffi::CString;
use std::path::PathBuf;

use nix::errno::Errno as NixErrno;
use nix::unistd;

use crate::errno::Errno;
use crate::id::{Gid, Uid};
use crate::number::parse_integer;

/// An account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct User {
    /// Its number.
    pub uid: Uid,
    /// Its primary group.
    pub gid: Gid,
    /// Its name.
    pub name: String,
    /// Its home directory.
    pub home: PathBuf,
    /// Its login shell.
    pub shell: PathBuf,
}

/// A name or number that stands for nobody. The texts are the reference's.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LookupError {
    /// No user of that name.
    #[error("Invalid user name {0}")]
    UserName(String),
    /// No user with that number.
    #[error("Invalid user id {0}")]
    UserId(String),
    /// No group of that name.
    #[error("Invalid group name {0}")]
    GroupName(String),
    /// No group with that number.
    #[error("Invalid group id {0}")]
    GroupId(String),
    /// The user database itself could not be read.
    #[error("could not look up {0} in the user database: {1}")]
    Database(String, Errno),
}

/// Finds a user by name or by number. What reads as a number is a number, as in the reference.
///
/// # Errors
/// [`LookupError`] naming the text as it was given.
pub fn lookup_user(text: &str) -> Result<User, LookupError> {
    let (found, missing) = match parse_integer(text) {
        Some(number) => {
            let found = u32::try_from(number).map_or(Ok(None), |uid| user_by_id(Uid::new(uid)));
            (found, LookupError::UserId(text.to_owned()))
        }
        None => {
            let found = present(unistd::User::from_name(text)).map(|user| user.map(User::from));
            (found, LookupError::UserName(text.to_owned()))
        }
    };
    found.map_err(|errno| LookupError::Database(text.to_owned(), errno))?.ok_or(missing)
}

/// Finds a group by name or by number.
///
/// # Errors
/// [`LookupError`] naming the text as it was given.
pub fn lookup_group(text: &str) -> Result<Gid, LookupError> {
    let (found, missing) = match parse_integer(text) {
        Some(number) => {
            let found = u32::try_from(number)
                .map_or(Ok(None), |gid| present(unistd::Group::from_gid(unistd::Gid::from_raw(gid))));
            (found, LookupError::GroupId(text.to_owned()))
        }
        None => (present(unistd::Group::from_name(text)), LookupError::GroupName(text.to_owned())),
    };
    found
        .map_err(|errno| LookupError::Database(text.to_owned(), errno))?
        .map(|group| Gid::new(group.gid.as_raw()))
        .ok_or(missing)
}

/// The account with this number, if there is one.
///
/// # Errors
/// If the user database cannot be read.
pub fn user_by_id(uid: Uid) -> Result<Option<User>, Errno> {
    present(unistd::User::from_uid(unistd::Uid::from_raw(uid.raw()))).map(|user| user.map(User::from))
}

/// Every group the user is in: the primary one first, then those that list the user. Never empty.
///
/// # Errors
/// If the group database cannot be read.
pub fn supplementary_groups(user: &User) -> Result<Vec<Gid>, Errno> {
    let name = CString::new(user.name.as_str()).map_err(|_| Errno::new(libc::EINVAL))?;
    #[cfg(not(target_vendor = "apple"))]
    let listed = unistd::getgrouplist(&name, unistd::Gid::from_raw(user.gid.raw()))?;
    // No safe wrapper there; the system resolves memberships by itself for the user of a process.
    #[cfg(target_vendor = "apple")]
    let listed: Vec<unistd::Gid> = {
        drop(name);
        Vec::new()
    };
    let mut groups = vec![user.gid];
    for gid in listed.into_iter().map(|gid| Gid::new(gid.as_raw())) {
        if !groups.contains(&gid) {
            groups.push(gid);
        }
    }
    Ok(groups)
}

/// What became of the daemon's own rights.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Privileges {
    /// No user is configured and the daemon is not root: nothing to do, nothing to say.
    Untouched,
    /// No user is configured and the daemon is root: to be said at level critical.
    StillRoot,
    /// The daemon is the configured user (now, or it was already): to be said at level info.
    Taken(Uid),
}

impl Privileges {
    /// The line for the activity log.
    pub fn message(self) -> Option<String> {
        match self {
            Self::Untouched => None,
            Self::StillRoot => Some(
                "Supervisor is running as root.  Privileges were not dropped because no user is specified in the \
                 config file.  If you intend to run as root, you can set user=root in the config file to avoid this \
                 message."
                    .to_owned(),
            ),
            Self::Taken(uid) => Some(format!("Set uid to user {uid} succeeded")),
        }
    }
}

/// Why the daemon could not become its configured user. The texts are the reference's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PrivilegeError {
    /// There is no such account.
    #[error("Can't find uid {0}")]
    NoAccount(Uid),
    /// Another user is asked for, and the daemon is not root.
    #[error("Can't drop privilege as nonroot user")]
    NotRoot,
    /// The supplementary groups could not be set.
    #[error("Could not set groups of effective user")]
    Groups,
    /// The group could not be set.
    #[error("Could not set group id of effective user")]
    Group,
    /// The user could not be set.
    #[error("Could not set user id of effective user")]
    User,
    /// The user database itself could not be read.
    #[error("could not look up uid {0} in the user database: {1}")]
    Database(Uid, Errno),
}

/// Makes the daemon itself run as `user` for good: groups, then group, then user. With `None`, or when it is
/// that user already, changes nothing. Environment variables stay as they are.
///
/// Changes all threads of the process; meant for the start, before there are any.
///
/// # Errors
/// [`PrivilegeError`]; the daemon must then end, as its rights are in between.
pub fn drop_privileges(user: Option<Uid>) -> Result<Privileges, PrivilegeError> {
    let own = Uid::current();
    let Some(uid) = user else {
        return Ok(if own == Uid::ROOT { Privileges::StillRoot } else { Privileges::Untouched });
    };
    let database = |errno| PrivilegeError::Database(uid, errno);
    let user = user_by_id(uid).map_err(database)?.ok_or(PrivilegeError::NoAccount(uid))?;
    if own == uid {
        return Ok(Privileges::Taken(uid));
    }
    if own != Uid::ROOT {
        return Err(PrivilegeError::NotRoot);
    }
    let groups = supplementary_groups(&user).map_err(database)?;
    set_groups(&groups).map_err(|_| PrivilegeError::Groups)?;
    unistd::setgid(unistd::Gid::from_raw(user.gid.raw())).map_err(|_| PrivilegeError::Group)?;
    unistd::setuid(unistd::Uid::from_raw(uid.raw())).map_err(|_| PrivilegeError::User)?;
    Ok(Privileges::Taken(uid))
}

#[cfg(not(target_vendor = "apple"))]
fn set_groups(groups: &[Gid]) -> nix::Result<()> {
    let groups: Vec<_> = groups.iter().map(|gid| unistd::Gid::from_raw(gid.raw())).collect();
    unistd::setgroups(&groups)
}

#[cfg(target_vendor = "apple")]
fn set_groups(_groups: &[Gid]) -> nix::Result<()> {
    Ok(())
}

/// The name of the effective user, or its number if it has none; for messages.
pub(crate) fn effective_user_name() -> String {
    let uid = Uid::effective();
    user_by_id(uid).ok().flatten().map_or_else(|| uid.to_string(), |user| user.name)
}

/// Some sources of users report "no such entry" as an error; the manual page lists these.
fn present<T>(found: nix::Result<Option<T>>) -> Result<Option<T>, Errno> {
    match found {
        Err(NixErrno::ENOENT | NixErrno::ESRCH | NixErrno::EBADF | NixErrno::EPERM) => Ok(None),
        other => other.map_err(Errno::from),
    }
}

impl From<unistd::User> for User {
    fn from(user: unistd::User) -> Self {
        Self {
            uid: Uid::new(user.uid.as_raw()),
            gid: Gid::new(user.gid.as_raw()),
            name: user.name,
            home: user.dir,
            shell: user.shell,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No system gives out this number.
    const NOBODY_AT_ALL: u32 = 4_000_000_123;

    #[track_caller]
    fn check_user(text: &str, expect: Result<u32, &str>) {
        let found = lookup_user(text).map(|user| user.uid.raw()).map_err(|error| error.to_string());
        assert_eq!(found, expect.map_err(str::to_owned));
    }

    #[track_caller]
    fn check_group(text: &str, expect: Result<u32, &str>) {
        let found = lookup_group(text).map(Gid::raw).map_err(|error| error.to_string());
        assert_eq!(found, expect.map_err(str::to_owned));
    }

    #[test]
    fn users() {
        check_user("root", Ok(0));
        check_user("0", Ok(0));
        check_user(" 0 ", Ok(0));
        check_user("no-such-user", Err("Invalid user name no-such-user"));
        check_user("", Err("Invalid user name "));
        check_user("4000000123", Err("Invalid user id 4000000123"));
        check_user("-1", Err("Invalid user id -1"));
        check_user("99999999999", Err("Invalid user id 99999999999"));
    }

    #[test]
    fn groups() {
        check_group("0", Ok(0));
        check_group("no-such-group", Err("Invalid group name no-such-group"));
        check_group("4000000123", Err("Invalid group id 4000000123"));
        check_group("-1", Err("Invalid group id -1"));
    }

    #[test]
    fn the_primary_group_comes_first_and_once() {
        let root = lookup_user("root").expect("root exists");
        let groups = supplementary_groups(&root).expect("groups");
        assert_eq!(groups[0], root.gid);
        assert_eq!(groups.iter().filter(|gid| **gid == root.gid).count(), 1);
    }

    #[test]
    fn staying_who_one_is() {
        let own = Uid::current();
        let taken = drop_privileges(Some(own)).expect("own account");
        assert_eq!(taken.message(), Some(format!("Set uid to user {own} succeeded")));
        let missing = drop_privileges(Some(Uid::new(NOBODY_AT_ALL))).expect_err("no account");
        assert_eq!(missing.to_string(), "Can't find uid 4000000123");
        let unset = drop_privileges(None).expect("nothing to do");
        let expect = if own == Uid::ROOT { Privileges::StillRoot } else { Privileges::Untouched };
        assert_eq!(unset, expect);
        assert_eq!(Privileges::Untouched.message(), None);
    }
}

//! The system as both sides see it: files of the stage, and users as the reference's interpreter lists them.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use provost_config::model::User;
use provost_config::system::System;
use serde_json::Value;

use crate::oracle::Place;

/// See the [module](self).
#[derive(Debug)]
pub(crate) struct StageSystem {
    place: Place,
    users: Vec<(User, String)>,
    groups: Vec<(String, u32)>,
    uid: u32,
    hostname: String,
}

impl StageSystem {
    /// A system of these facts, as the oracle says them when it starts.
    pub(crate) fn new(place: Place, facts: &Value) -> Self {
        let rows = |list: &str| facts[list].as_array().expect("invariant: the oracle lists them").clone();
        let text = |row: &Value, key: &str| row[key].as_str().expect("invariant: it has a name").to_owned();
        let user = |row: &Value| {
            let user = User::new(&text(row, "name"), number(&row["uid"]), number(&row["gid"]));
            (user, text(row, "home"))
        };
        Self {
            place,
            users: rows("users").iter().map(user).collect(),
            groups: rows("groups").iter().map(|row| (text(row, "name"), number(&row["gid"]))).collect(),
            uid: number(&facts["uid"]),
            hostname: text(facts, "hostname"),
        }
    }

    /// The stage's directory is the working directory of the reference, and not of this process.
    fn full(&self, path: &str) -> String {
        if path.starts_with('/') { path.to_owned() } else { format!("{}/{path}", self.place.directory) }
    }

    fn find(&self, wanted: impl Fn(&User) -> bool) -> Option<&(User, String)> {
        self.users.iter().find(|(user, _)| wanted(user))
    }
}

fn number(value: &Value) -> u32 {
    value.as_u64().and_then(|id| u32::try_from(id).ok()).expect("invariant: ids have 32 bits")
}

impl System for StageSystem {
    fn user_by_name(&self, name: &str) -> Option<User> {
        self.find(|user| user.name == name).map(|(user, _)| user.clone())
    }

    fn user_by_id(&self, uid: u32) -> Option<User> {
        self.find(|user| user.uid == uid).map(|(user, _)| user.clone())
    }

    fn group_by_name(&self, name: &str) -> Option<u32> {
        self.groups.iter().find(|group| group.0 == name).map(|group| group.1)
    }

    fn group_exists(&self, gid: u32) -> bool {
        self.groups.iter().any(|group| group.1 == gid)
    }

    fn home_of(&self, name: Option<&str>) -> Option<String> {
        let found = self.find(|user| name.map_or(user.uid == self.uid, |name| user.name == name));
        found.map(|(_, home)| home.clone())
    }

    fn hostname(&self) -> String {
        self.hostname.clone()
    }

    fn own_uid(&self) -> u32 {
        self.uid
    }

    fn is_writable_dir(&self, path: &str) -> bool {
        self.is_dir(path)
    }

    fn read_file(&self, path: &str) -> io::Result<Vec<u8>> {
        std::fs::read(self.full(path))
    }

    fn exists(&self, path: &str) -> bool {
        !path.is_empty() && Path::new(&self.full(path)).exists()
    }

    fn is_dir(&self, path: &str) -> bool {
        !path.is_empty() && Path::new(&self.full(path)).is_dir()
    }

    fn list_dir(&self, path: &str) -> io::Result<Vec<String>> {
        let entries = std::fs::read_dir(self.full(path))?;
        Ok(entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect())
    }

    fn environment(&self) -> BTreeMap<String, String> {
        self.place.environment.clone()
    }

    fn current_dir(&self) -> String {
        self.place.directory.clone()
    }
}

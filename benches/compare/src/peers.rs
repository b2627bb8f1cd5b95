//! Other supervisors, set up as their manuals say, for the same programs.
//!
//! Each adapter writes a configuration and gives the command that runs it in the foreground. They have no logs to
//! write here, which makes their part easier than ours; what is compared is starting, watching and starting again.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use provost_tests::Scratch;
use serde_json::json;

use crate::archive::root;
use crate::contender::{Contender, Plan, Programs};

/// The peers that this machine has, with their daemons.
pub(crate) fn find() -> BTreeMap<Contender, PathBuf> {
    let on_path = |name: &str| {
        let folders = env::var_os("PATH").unwrap_or_default();
        env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.exists())
    };
    let in_tree = |path: &str| Some(root().join(".venv").join(path)).filter(|path| path.exists());
    [
        (Contender::S6, on_path("s6-svscan")),
        (Contender::Runit, on_path("runsvdir")),
        (Contender::Circus, in_tree("circus/bin/circusd")),
        (Contender::Pm2, in_tree("pm2/node_modules/.bin/pm2-runtime")),
    ]
    .into_iter()
    .filter_map(|(peer, daemon)| Some((peer, daemon?)))
    .collect()
}

/// The command that runs a peer with the plan's programs.
pub(crate) fn prepare(peer: Contender, scratch: &mut Scratch, programs: &Programs, plan: &Plan) -> Command {
    let mut command = scratch.command(&programs.peers[&peer]);
    let mark = &programs.mark;
    match peer {
        Contender::S6 => {
            let services = services(scratch, mark, plan.count);
            // It plans for 500 services unless told otherwise.
            command.args(["-c", "8192"]).arg(services);
        }
        Contender::Runit => {
            command.arg("-P").arg(services(scratch, mark, plan.count));
        }
        Contender::Circus => {
            scratch.write("circus.ini", &circus(mark, plan.count));
            command.arg(scratch.file("circus.ini"));
        }
        Contender::Pm2 => {
            scratch.write("pm2.json", &pm2(scratch, mark, plan.count));
            command.args(["start", "pm2.json"]).env("PM2_HOME", scratch.file("pm2"));
        }
        Contender::Floor | Contender::Reference | Contender::Ours => unreachable!("{peer:?} is no peer"),
    }
    command
}

/// The folder with a service for each program, as s6 and runit want it.
fn services(scratch: &mut Scratch, mark: &Path, count: usize) -> PathBuf {
    for index in 0..count {
        let tag = format!("t{index:04}");
        let run = format!("services/{tag}/run");
        let line = format!("#!/bin/sh\nexec {} $DIR/marks {tag}\n", mark.display());
        scratch.write(&run, &line);
        fs::set_permissions(scratch.file(&run), fs::Permissions::from_mode(0o755)).expect("our own file");
    }
    scratch.file("services")
}

/// One watcher with as many processes; its three sockets stand in the directory.
fn circus(mark: &Path, count: usize) -> String {
    format!(
        "[circus]\nendpoint = ipc://$DIR/endpoint\npubsub_endpoint = ipc://$DIR/pubsub\n\
         [watcher:t]\ncmd = {} $DIR/marks t$(circus.wid)\nnumprocesses = {count}\nwarmup_delay = 0\n\
         copy_env = True\nmax_retry = -1\n",
        mark.display()
    )
}

/// One application for each program.
fn pm2(scratch: &Scratch, mark: &Path, count: usize) -> String {
    let app = |index: usize| {
        let name = format!("t{index:04}");
        let args = [scratch.file("marks").display().to_string(), name.clone()];
        json!({
            "name": name, "script": mark, "args": args, "interpreter": "none", "exec_mode": "fork",
            "out_file": "/dev/null", "error_file": "/dev/null", "vizion": false, "pmx": false,
        })
    };
    json!({ "apps": (0..count).map(app).collect::<Vec<_>>() }).to_string()
}

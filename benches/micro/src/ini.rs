//! Configuration files.

use std::fmt::Write as _;

use provost_config::cli::Overrides;
use provost_config::ini::Document;
use provost_config::model::Config;
use provost_config::resolve::{ConfigFile, Request, load as load_config};
use provost_config::system::FakeSystem;

use crate::{PROGRAMS, Work};

const PATH: &str = "/w/supervisord.conf";

/// A file as people write them: comments, expansions, and a section for each program.
fn text() -> String {
    let mut text = String::from(
        "[unix_http_server]\nfile=/w/supervisor.sock\n\n[supervisord]\nlogfile=/w/supervisord.log\n\
         pidfile=/w/supervisord.pid\n\n[rpcinterface:supervisor]\n\
         supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n\n",
    );
    for index in 0..PROGRAMS {
        write!(
            text,
            "; Worker number {index}.\n[program:worker{index:04}]\n\
             command = /usr/bin/worker --queue %(program_name)s --config %(here)s/worker.conf ; not a shell\n\
             autostart=true\nautorestart=unexpected\nstartsecs=0\nexitcodes=0,2\npriority={}\n\
             environment=QUEUE=\"%(program_name)s\",LEVEL=\"info\"\n\
             stdout_logfile=%(here)s/%(program_name)s.log\nstdout_logfile_maxbytes=50MB\nredirect_stderr=true\n\n",
            index % 10
        )
        .expect("invariant: writing to a String cannot fail");
    }
    text
}

fn request() -> (Request, FakeSystem) {
    let request = Request { file: ConfigFile::Given(PATH.to_owned()), overrides: Overrides::default() };
    (request, FakeSystem::with_files(&[(PATH, &text())]))
}

/// The configuration of that file.
pub(crate) fn config() -> Config {
    let (request, system) = request();
    load_config(&request, &system).expect("invariant: the file is right").config
}

pub(crate) fn parse() -> Work {
    let text = text();
    Box::new(move || {
        let mut document = Document::default();
        document.read(PATH, text.as_bytes()).expect("invariant: the file is right");
        document.sections().len()
    })
}

pub(crate) fn load() -> Work {
    let (request, system) = request();
    Box::new(move || {
        load_config(&request, &system).expect("invariant: the file is right").config.groups.len()
    })
}

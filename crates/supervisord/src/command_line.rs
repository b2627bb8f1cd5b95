//! From the words of the command line to what is to be done.

use std::path::Path;

use provost_config::cli::{Command, DumpOptions, Invocation, Mode, supervisord, supervisord_help};
use provost_config::resolve::{ConfigFile, ROOT_SEARCH_WARNING, Request};
use provost_config::system::System as _;
use provost_config::value::Asked;

use crate::demo::Demo;
use crate::system::RealSystem;
use crate::terminal;

/// The version of the reference that this is a drop-in for, and our own.
const VERSION: &str = concat!("4.3.0 (provost ", env!("CARGO_PKG_VERSION"), ")\n");

/// What the command line asks for.
#[derive(Debug)]
pub(crate) enum Wish {
    /// Print this and exit.
    Print(String),
    /// Say whether the configuration is valid.
    Check(Request),
    /// Print what the configuration comes to.
    DumpConfig(DumpOptions, Request),
    /// Make a hash of a password.
    HashPassword,
    /// Run it.
    Run(Request),
    /// Run the demonstration.
    Demo(Demo, Request),
}

/// Reads the command line, the program's own name first.
///
/// # Errors
/// What follows `Error: ` on standard error.
pub(crate) fn read(arguments: &[String]) -> Result<Wish, String> {
    let (program, options) =
        arguments.split_first().map_or(("supervisord", arguments), |(own, rest)| (own.as_str(), rest));
    let system = RealSystem::new();
    let environment = system.environment();
    let asked = Asked { system: &system, environment: &environment };
    match supervisord(options, &asked).map_err(|error| error.to_string())? {
        Command::Help => Ok(Wish::Print(supervisord_help(program))),
        Command::Version => Ok(Wish::Print(VERSION.to_owned())),
        Command::Start(invocation) => act(*invocation, program),
    }
}

fn act(invocation: Invocation, program: &str) -> Result<Wish, String> {
    if invocation.profile_options.is_some() {
        terminal::complain("Warning: --profile_options has no effect: there is no Python here to profile\n");
    }
    if invocation.mode == Mode::Demo {
        let demo = Demo::set_up().map_err(|error| format!("failed to set up the demonstration: {error}"))?;
        let file = ConfigFile::Given(demo.config_file().to_string_lossy().into_owned());
        let request = Request { file, overrides: invocation.overrides };
        return Ok(Wish::Demo(demo, request));
    }
    if invocation.mode == Mode::HashPassword {
        return Ok(Wish::HashPassword);
    }
    let file = match invocation.configuration {
        Some(file) => ConfigFile::Given(file),
        None => {
            if RealSystem::new().own_uid() == 0 {
                terminal::complain(format_args!("Warning: {ROOT_SEARCH_WARNING}\n"));
            }
            ConfigFile::Search { program: executable(program) }
        }
    };
    let request = Request { file, overrides: invocation.overrides };
    Ok(match invocation.mode {
        Mode::Check => Wish::Check(request),
        Mode::DumpConfig(options) => Wish::DumpConfig(options, request),
        _ => Wish::Run(request),
    })
}

/// The path under which this program was called, links not followed: the search for a configuration file begins
/// beside it.
fn executable(program: &str) -> String {
    if program.contains('/') {
        return program.to_owned();
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let found =
        path.split(':').map(|directory| Path::new(directory).join(program)).find(|path| path.is_file());
    let found = found.or_else(|| std::env::current_exe().ok());
    found.map_or_else(|| program.to_owned(), |path| path.to_string_lossy().into_owned())
}

//! What can be learnt about a configuration without running it: `--check` and `--dump-config`.
//!
//! Both read exactly as a start does, and change nothing.

use std::process::ExitCode;

use provost_config::check::lint;
use provost_config::cli::DumpOptions;
use provost_config::diagnostic::{Diagnostic, Failure};
use provost_config::dump::{Dump, Secrets};
use provost_config::resolve::{Loaded, Request, load};

use crate::system::RealSystem;
use crate::terminal;

/// `--check`: what is wrong with a configuration. A mistake that a start would only skip over is still one.
pub(crate) fn check(request: &Request) -> ExitCode {
    let system = RealSystem::new();
    let loaded = match load(request, &system) {
        Ok(loaded) => loaded,
        Err(failure) => return refused(&failure),
    };
    tell(&loaded.skipped);
    tell(&loaded.warnings);
    tell(&lint(&loaded, &system));
    let Loaded { config, skipped, .. } = &loaded;
    let file = &config.supervisord.config_file;
    let programs: usize = config.groups.iter().map(|group| group.processes.len()).sum();
    if skipped.is_empty() {
        let processes = if programs == 1 { "process" } else { "processes" };
        terminal::print(format_args!("{file}: valid, {programs} {processes}\n"));
        return ExitCode::SUCCESS;
    }
    terminal::print(format_args!("{file}: has mistakes; a start would run what has none\n"));
    ExitCode::from(2)
}

/// `--dump-config`: what a configuration comes to.
pub(crate) fn dump(request: &Request, options: DumpOptions) -> ExitCode {
    let loaded = match load(request, &RealSystem::new()) {
        Ok(loaded) => loaded,
        Err(failure) => return refused(&failure),
    };
    let secrets = if options.show_secrets { Secrets::Shown } else { Secrets::Masked };
    let dump = Dump::new(&loaded, secrets);
    terminal::print(if options.json { dump.to_json() } else { dump.to_string() });
    ExitCode::SUCCESS
}

fn refused(failure: &Failure) -> ExitCode {
    terminal::complain(failure.render());
    ExitCode::from(2)
}

fn tell(diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        terminal::complain(diagnostic);
    }
}

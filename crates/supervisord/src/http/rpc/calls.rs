//! Methods that change something, as calls to the supervision plane.

use provost_config::signal;
use provost_core::call::{Call, Target};
use provost_wire::fault::{Fault, FaultCode};
use provost_wire::namespec;

use super::args::Args;

pub(super) fn start(args: &Args) -> Result<Call, Fault> {
    Ok(Call::Start { target: named(args.text(0, "name")?), wait: args.wait(1) })
}

pub(super) fn start_group(args: &Args) -> Result<Call, Fault> {
    Ok(Call::Start { target: group(args.text(0, "name")?), wait: args.wait(1) })
}

pub(super) fn start_all(args: &Args) -> Result<Call, Fault> {
    Ok(Call::Start { target: Target::All, wait: args.wait(0) })
}

pub(super) fn stop(args: &Args) -> Result<Call, Fault> {
    Ok(Call::Stop { target: named(args.text(0, "name")?), wait: args.wait(1) })
}

pub(super) fn stop_group(args: &Args) -> Result<Call, Fault> {
    Ok(Call::Stop { target: group(args.text(0, "name")?), wait: args.wait(1) })
}

pub(super) fn stop_all(args: &Args) -> Result<Call, Fault> {
    Ok(Call::Stop { target: Target::All, wait: args.wait(0) })
}

pub(super) fn signal(args: &Args) -> Result<Call, Fault> {
    Ok(signalled(named(args.text(0, "name")?), args.any_text(1).into_owned()))
}

pub(super) fn signal_group(args: &Args) -> Result<Call, Fault> {
    Ok(signalled(group(args.text(0, "name")?), args.any_text(1).into_owned()))
}

pub(super) fn signal_all(args: &Args) -> Result<Call, Fault> {
    Ok(signalled(Target::All, args.any_text(0).into_owned()))
}

pub(super) fn send_stdin(args: &Args) -> Result<Call, Fault> {
    let Ok(chars) = args.text(1, "chars") else {
        return Err(Fault::with_detail(FaultCode::IncorrectParameters, args.any_text(1)));
    };
    match named(args.text(0, "name")?) {
        target @ Target::Process { .. } => Ok(Call::SendStdin { target, data: chars.as_bytes().to_vec() }),
        Target::Group { given, .. } => Err(Fault::bad_name(&given)),
        Target::All => unreachable!("a name never stands for everything"),
    }
}

pub(super) fn send_remote_event(args: &Args) -> Result<Call, Fault> {
    Ok(Call::SendRemoteEvent { kind: args.any_text(0).into_owned(), data: args.any_text(1).into_owned() })
}

pub(super) fn add_group(args: &Args) -> Result<Call, Fault> {
    Ok(Call::AddGroup(args.text(0, "name")?.to_owned()))
}

pub(super) fn remove_group(args: &Args) -> Result<Call, Fault> {
    Ok(Call::RemoveGroup(args.text(0, "name")?.to_owned()))
}

pub(super) fn shutdown(_: &Args) -> Result<Call, Fault> {
    Ok(Call::Shutdown)
}

/// One process, or all of a group if the name says so.
fn named(given: &str) -> Target {
    match namespec::split(given) {
        (group, Some(process)) => {
            Target::Process { group: group.to_owned(), process: process.to_owned(), given: given.to_owned() }
        }
        (group, None) => Target::Group { group: group.to_owned(), given: given.to_owned() },
    }
}

/// A group by its bare name.
fn group(given: &str) -> Target {
    Target::Group { group: given.to_owned(), given: given.to_owned() }
}

pub(in crate::http) fn signalled(target: Target, given: String) -> Call {
    Call::Signal { target, signal: signal_number(&given), given }
}

/// The signal that a client means. Zero is none, but asks whether the process can be signalled at all.
fn signal_number(given: &str) -> Option<i32> {
    match given.trim().parse::<i32>() {
        Ok(number) => (number == 0 || signal::exists(number)).then_some(number),
        Err(_) => signal::by_name(given),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_are_numbers_or_names() {
        for (given, expect) in [
            ("TERM", Some(15)),
            ("sigterm", Some(15)),
            ("15", Some(15)),
            (" 9 ", Some(9)),
            ("0", Some(0)),
            ("34", Some(34)),
            ("RTMAX", Some(64)),
            ("35", None),
            ("32", None),
            ("99", None),
            ("-1", None),
            ("RTMIN+1", None),
            ("", None),
            ("SIG_IGN", None),
            ("_IGN", None),
            ("SIG_DFL", None),
            ("True", None),
        ] {
            assert_eq!(signal_number(given), expect, "{given:?}");
        }
    }

    #[test]
    fn names_stand_for_one_process_or_a_group() {
        let process = |group: &str, process: &str, given: &str| Target::Process {
            group: group.into(),
            process: process.into(),
            given: given.into(),
        };
        let group = |group: &str, given: &str| Target::Group { group: group.into(), given: given.into() };
        for (given, expect) in [
            ("x", process("x", "x", "x")),
            ("x:x", process("x", "x", "x:x")),
            ("g:p", process("g", "p", "g:p")),
            ("a:b:c", process("a", "b:c", "a:b:c")),
            ("*", process("*", "*", "*")),
            ("g:*", group("g", "g:*")),
            ("g:", group("g", "g:")),
            ("", process("", "", "")),
        ] {
            assert_eq!(named(given), expect, "{given:?}");
        }
    }
}

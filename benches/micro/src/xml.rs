//! XML-RPC documents.

use provost_wire::xmlrpc::{ValueWriter, decode_call, decode_response, encode_call, write_response};

use crate::{PROGRAMS, Work};

/// The members of the reference's answer about one process.
fn write_process(to: ValueWriter<'_>, index: usize) {
    let name = format_args!("worker{index:04}");
    to.structure(|info| {
        info.member("name").display(name);
        info.member("group").display(name);
        info.member("start").int(1_790_000_000);
        info.member("stop").int(0);
        info.member("now").int(1_790_086_400);
        info.member("state").int(20);
        info.member("statename").string("RUNNING");
        info.member("spawnerr").string("");
        info.member("exitstatus").int(0);
        info.member("logfile").display(format_args!("/var/log/supervisor/{name}.log"));
        info.member("stdout_logfile").display(format_args!("/var/log/supervisor/{name}.log"));
        info.member("stderr_logfile").string("");
        info.member("pid").int(10_000 + i64::try_from(index).expect("invariant: there are a thousand"));
        info.member("description").display(format_args!("pid {}, uptime 1 day, 0:00:00", 10_000 + index));
    });
}

fn write_all(out: &mut Vec<u8>) {
    write_response(out, |to| {
        to.array(|array| (0..PROGRAMS).for_each(|index| write_process(array.item(), index)));
    });
}

pub(crate) fn encode() -> Work {
    let mut out = Vec::new();
    Box::new(move || {
        out.clear();
        write_all(&mut out);
        out.len()
    })
}

pub(crate) fn decode() -> Work {
    let mut document = Vec::new();
    write_all(&mut document);
    Box::new(move || match decode_response(&document) {
        Ok(Ok(value)) => value.as_array().map_or(0, <[_]>::len),
        _ => 0,
    })
}

pub(crate) fn call() -> Work {
    let document = encode_call("supervisor.startProcess", &["worker0000:worker0000"]);
    Box::new(move || decode_call(&document).map_or(0, |call| call.params.len()))
}

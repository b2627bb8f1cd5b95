//! `getProcessInfo` and `getAllProcessInfo`: the rows of the snapshot as structs.

use provost_core::status::{ProcessStatus, Snapshot};
use provost_core::time::Wall;
use provost_wire::xmlrpc::ValueWriter;

use super::clock::Clock;
use super::description::Description;

/// Every process, in the snapshot's order, which is the interface's: by group and then by name.
pub(super) fn write_all(to: ValueWriter<'_>, snapshot: &Snapshot, clock: &Clock) {
    to.array(|array| snapshot.processes.iter().for_each(|row| write(array.item(), row, clock)));
}

/// One process. The order of the members is the reference's.
pub(super) fn write(to: ValueWriter<'_>, row: &ProcessStatus, clock: &Clock) {
    let stdout = row.stdout_logfile.as_deref().unwrap_or_default();
    let stderr = row.stderr_logfile.as_deref().unwrap_or_default();
    to.structure(|info| {
        info.member("name").string(&row.recipe.name);
        info.member("group").string(&row.group);
        info.member("start").int(seconds(row.started));
        // The time of a failed start is no stop: nothing ran.
        info.member("stop").int(seconds(row.last_exit.and(row.stopped)));
        info.member("now").int(clock.now);
        info.member("state").int(row.state.code().into());
        info.member("statename").string(row.state.name());
        info.member("spawnerr").string(&row.spawn_error);
        info.member("exitstatus").int(row.exit_status.unwrap_or(0).into());
        info.member("logfile").string(stdout);
        info.member("stdout_logfile").string(stdout);
        info.member("stderr_logfile").string(stderr);
        info.member("pid").int(row.pid.map_or(0, |pid| pid.0.into()));
        info.member("description").display(Description::new(row, clock));
    });
}

fn seconds(at: Option<Wall>) -> i64 {
    at.map_or(0, Wall::secs)
}

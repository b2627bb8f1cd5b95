//! What calls answer, each with its form on the wire.
//!
//! An answer holds values, not text: the rows of a thousand processes are written straight from the snapshot into
//! the response, once, without a tree in between.

use std::borrow::Cow;
use std::sync::Arc;

use provost_core::call::{BulkItem, Changes};
use provost_core::status::{Mood, ProcessStatus, Snapshot};
use provost_wire::fault::{BULK_OK, Fault, FaultCode};
use provost_wire::xmlrpc::{ToXml, Value, ValueWriter};

use super::clock::Clock;
use super::details::Details;
use super::reload::Plan;
use super::{configs, fault, infos};

/// The result of a call.
#[derive(Debug)]
pub(super) enum Answer {
    /// It is done.
    Done,
    /// A number.
    Int(i64),
    /// A text.
    Text(Cow<'static, str>),
    /// A slice of a log, which may begin or end inside a character, or be no text at all.
    Slice(Vec<u8>),
    /// The end of a log.
    Tail(Tail),
    /// The daemon's mood.
    State(Mood),
    /// One process.
    Info(Arc<ProcessStatus>, Clock),
    /// Every process.
    Infos(Arc<Snapshot>, Clock),
    /// One process, in full.
    Detail(Details),
    /// Every process, in full.
    Details(Details),
    /// The configuration of every process.
    Configs(Arc<Snapshot>),
    /// How it went for each process.
    Bulk(Vec<BulkItem>),
    /// What a configuration changes.
    Changes(Changes),
    /// What a configuration would change, and why.
    Plan(Plan),
    /// Names.
    Names(Vec<Cow<'static, str>>),
    /// What a process answered that serves a namespace.
    Value(Value),
    /// The results of several calls, in their order.
    Many(Vec<Result<Answer, Fault>>),
}

/// The end of a log and where it is.
#[derive(Debug, Default)]
pub(super) struct Tail {
    /// Its bytes.
    pub(super) data: Vec<u8>,
    /// Where the log ends, or what the client sent if that cannot be told.
    pub(super) offset: i64,
    /// There is more before than the client asked for.
    pub(super) overflow: bool,
}

impl Answer {
    /// Roughly how many bytes it takes in a response.
    pub(super) fn weight(&self) -> usize {
        const ROW: usize = 1400;
        const CONFIG: usize = 2900;
        const DETAIL: usize = 2200;
        const ITEM: usize = 400;
        match self {
            Self::Done | Self::Int(_) | Self::State(_) => ITEM,
            Self::Text(text) => ITEM + text.len(),
            Self::Slice(data) | Self::Tail(Tail { data, .. }) => ITEM + data.len(),
            Self::Info(..) => ROW,
            Self::Detail(details) | Self::Details(details) => ITEM + DETAIL * details.len(),
            Self::Infos(snapshot, _) => ITEM + ROW * snapshot.processes.len(),
            Self::Configs(snapshot) => {
                let groups = &snapshot.configured.groups;
                ITEM + CONFIG * groups.iter().map(|group| group.processes.len()).sum::<usize>()
            }
            Self::Bulk(items) => ITEM * (1 + items.len()),
            Self::Changes(changes) => {
                ITEM + 64 * (changes.added.len() + changes.changed.len() + changes.removed.len())
            }
            Self::Plan(plan) => ITEM * (1 + plan.len()),
            Self::Names(names) => ITEM + 80 * names.len(),
            Self::Value(value) => weight_of(value),
            Self::Many(results) => {
                results.iter().map(|result| result.as_ref().map_or(ITEM, Self::weight)).sum::<usize>() + ITEM
            }
        }
    }
}

impl ToXml for Answer {
    fn to_xml(&self, to: ValueWriter<'_>) {
        match self {
            Self::Done => to.boolean(true),
            Self::Int(number) => to.int(*number),
            Self::Text(text) => to.string(text),
            Self::Slice(data) => to.lossy_string(data),
            Self::Tail(tail) => to.array(|items| {
                items.item().lossy_string(&tail.data);
                items.item().int(tail.offset);
                items.item().boolean(tail.overflow);
            }),
            Self::State(mood) => to.structure(|state| {
                state.member("statecode").int(mood.code().into());
                state.member("statename").string(mood.name());
            }),
            Self::Info(row, clock) => infos::write(to, row, clock),
            Self::Infos(snapshot, clock) => infos::write_all(to, snapshot, clock),
            Self::Detail(details) => details.write_first(to),
            Self::Details(details) => details.write_all(to),
            Self::Configs(snapshot) => configs::write_all(to, snapshot),
            Self::Bulk(items) => {
                to.array(|array| items.iter().for_each(|item| write_item(array.item(), item)));
            }
            Self::Changes(changes) => to.array(|outer| {
                outer.item().array(|inner| {
                    for names in [&changes.added, &changes.changed, &changes.removed] {
                        names.to_xml(inner.item());
                    }
                });
            }),
            Self::Plan(plan) => plan.to_xml(to),
            Self::Names(names) => to.array(|array| names.iter().for_each(|name| array.item().string(name))),
            Self::Value(value) => value.to_xml(to),
            Self::Many(results) => to.array(|array| {
                for result in results {
                    match result {
                        Ok(answer) => answer.to_xml(array.item()),
                        Err(fault) => fault.to_xml(array.item()),
                    }
                }
            }),
        }
    }
}

/// Roughly how many bytes a value takes in a response.
fn weight_of(value: &Value) -> usize {
    const MARKUP: usize = 60;
    match value {
        Value::Str(text) => MARKUP + text.len(),
        Value::Array(items) => MARKUP + items.iter().map(weight_of).sum::<usize>(),
        Value::Struct(members) => {
            MARKUP + members.iter().map(|(name, value)| MARKUP + name.len() + weight_of(value)).sum::<usize>()
        }
        _ => MARKUP,
    }
}

fn write_item(to: ValueWriter<'_>, item: &BulkItem) {
    let fault = item.outcome.as_ref().err().map(fault::from_core);
    to.structure(|entry| {
        entry.member("name").string(&item.name);
        entry.member("group").string(&item.group);
        let status = fault.as_ref().map_or(FaultCode::Success.number(), |fault| fault.code);
        entry.member("status").int(status.into());
        entry.member("description").string(fault.as_ref().map_or(BULK_OK, |fault| &fault.string));
    });
}

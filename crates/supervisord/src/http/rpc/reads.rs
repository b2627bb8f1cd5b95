//! Methods that are answered from the snapshot alone.

use std::borrow::Cow;
use std::sync::Arc;

use provost_wire::fault::Fault;

use super::Asked;
use super::answer::Answer;

/// The interface's version, unchanged since Supervisor 3.
const API_VERSION: &str = "3.0";
/// Clients compare this with versions of Supervisor to find out what they can use.
pub(in crate::http) const SUPERVISOR_VERSION: &str = "4.3.0";

pub(super) fn api_version(_: &Asked<'_>) -> Result<Answer, Fault> {
    Ok(Answer::Text(Cow::Borrowed(API_VERSION)))
}

pub(super) fn supervisor_version(_: &Asked<'_>) -> Result<Answer, Fault> {
    Ok(Answer::Text(Cow::Borrowed(SUPERVISOR_VERSION)))
}

pub(super) fn product_version(_: &Asked<'_>) -> Result<Answer, Fault> {
    Ok(Answer::Text(Cow::Borrowed(env!("CARGO_PKG_VERSION"))))
}

pub(super) fn identification(asked: &Asked<'_>) -> Result<Answer, Fault> {
    Ok(Answer::Text(Cow::Owned(asked.snapshot.identifier.as_ref().to_owned())))
}

pub(super) fn pid(_: &Asked<'_>) -> Result<Answer, Fault> {
    Ok(Answer::Int(std::process::id().into()))
}

pub(super) fn state(asked: &Asked<'_>) -> Result<Answer, Fault> {
    Ok(Answer::State(asked.snapshot.mood))
}

pub(super) fn process_info(asked: &Asked<'_>) -> Result<Answer, Fault> {
    let row = asked.process(asked.args.text(0, "name")?)?;
    Ok(Answer::Info(Arc::clone(row), asked.app.clock()))
}

pub(super) fn all_process_info(asked: &Asked<'_>) -> Result<Answer, Fault> {
    Ok(Answer::Infos(Arc::clone(asked.snapshot), asked.app.clock()))
}

pub(super) fn all_config_info(asked: &Asked<'_>) -> Result<Answer, Fault> {
    Ok(Answer::Configs(Arc::clone(asked.snapshot)))
}

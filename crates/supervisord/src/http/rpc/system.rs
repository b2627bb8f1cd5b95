//! The namespace `system`: what the interface says about itself, and several calls in one.

use std::borrow::Cow;
use std::sync::Arc;

use provost_wire::fault::{Fault, FaultCode};
use provost_wire::xmlrpc::{MethodCall, Value};

use super::answer::Answer;
use super::args::Args;
use super::table::{MAIN, SYSTEM};
use super::{Asked, Order, SYSTEM_NAMESPACE, find};
use crate::http::App;
use crate::http::limits::MAX_MULTICALL_BYTES;

pub(super) fn list_methods(asked: &Asked<'_>) -> Result<Answer, Fault> {
    let spaces = asked.app.namespaces.iter().map(|name| (name.as_str(), MAIN));
    let mut names: Vec<Cow<'static, str>> = spaces
        .chain([(SYSTEM_NAMESPACE, SYSTEM)])
        .flat_map(|(space, table)| table.iter().map(move |method| format!("{space}.{}", method.name).into()))
        .collect();
    names.sort_unstable();
    Ok(Answer::Names(names))
}

pub(super) fn method_help(asked: &Asked<'_>) -> Result<Answer, Fault> {
    let method = find(&asked.app.namespaces, &asked.args.any_text(0)).ok_or_else(unsupported)?;
    Ok(Answer::Text(method.to_string().into()))
}

pub(super) fn method_signature(asked: &Asked<'_>) -> Result<Answer, Fault> {
    let method = find(&asked.app.namespaces, &asked.args.any_text(0)).ok_or_else(unsupported)?;
    Ok(Answer::Names(method.signature().map(Cow::Borrowed).collect()))
}

fn unsupported() -> Fault {
    Fault::bare(FaultCode::SignatureUnsupported)
}

/// Carries out calls strictly in their order; a fault of one does not keep the next from being carried out.
pub(super) async fn multicall(app: &Arc<App>, args: &Args) -> Result<Answer, Fault> {
    let calls = args.array(0)?;
    // Before anything is carried out: half a multicall helps nobody.
    if calls.iter().any(|call| call.as_struct().is_none()) {
        return Err(Fault::with_detail(FaultCode::IncorrectParameters, "each call must be a struct"));
    }
    let mut results = Vec::with_capacity(calls.len());
    let mut weight = 0;
    for call in calls {
        let result = if weight > MAX_MULTICALL_BYTES { Err(too_heavy()) } else { one(app, call).await };
        weight += result.as_ref().map_or(0, Answer::weight);
        results.push(result);
    }
    Ok(Answer::Many(results))
}

async fn one(app: &Arc<App>, call: &Value) -> Result<Answer, Fault> {
    let incorrect = |detail: &str| Fault::with_detail(FaultCode::IncorrectParameters, detail);
    let name = call.get("methodName").ok_or_else(|| incorrect("No methodName"))?;
    let name = name.as_str().ok_or_else(|| incorrect("methodName must be a string"))?;
    if name == "system.multicall" {
        return Err(incorrect("Recursive system.multicall forbidden"));
    }
    let params = match call.get("params") {
        None => Vec::new(),
        Some(params) => params.as_array().ok_or_else(Fault::incorrect_parameters)?.to_vec(),
    };
    Order::prepare(app, MethodCall { method: name.to_owned(), params })?.single().await
}

fn too_heavy() -> Fault {
    let detail = "the results before this one fill the answer; make fewer calls at once";
    Fault::with_detail(FaultCode::Failed, detail)
}

//! The namespace `system`: what the interface says about itself, and several calls in one.

use std::borrow::Cow;
use std::sync::Arc;

use provost_wire::fault::{Fault, FaultCode};
use provost_wire::xmlrpc::{MethodCall, Value};

use super::answer::Answer;
use super::args::Args;
use super::plugins::{self, Told};
use super::table::{MAIN, Method, PRODUCT, SYSTEM};
use super::{Asked, Order, PRODUCT_NAMESPACE, SYSTEM_NAMESPACE, find, has_product};
use crate::http::App;
use crate::http::limits::MAX_MULTICALL_BYTES;

/// The reference's methods in the reference's order, and after them what this product adds.
pub(super) fn list_methods(asked: &Asked<'_>) -> Result<Answer, Fault> {
    let spaces = asked.app.namespaces.iter().map(|name| (name.as_str(), MAIN));
    let mut names: Vec<_> = spaces.chain([(SYSTEM_NAMESPACE, SYSTEM)]).flat_map(full_names).collect();
    names.extend(asked.app.plugins.method_names(asked.app, asked.snapshot).into_iter().map(Cow::Owned));
    names.sort_unstable();
    if has_product(&asked.app.namespaces) {
        names.extend(full_names((PRODUCT_NAMESPACE, PRODUCT)));
    }
    Ok(Answer::Names(names))
}

fn full_names((space, table): (&str, &'static [Method])) -> impl Iterator<Item = Cow<'static, str>> {
    table.iter().map(move |method| format!("{space}.{}", method.name).into())
}

pub(super) fn method_help(asked: &Asked<'_>) -> Result<Answer, Fault> {
    let name = asked.args.any_text(0);
    let help = match find(&asked.app.namespaces, &name) {
        Some(method) => method.to_string(),
        None => told(asked, &name)?.help.ok_or_else(unsupported)?,
    };
    Ok(Answer::Text(help.into()))
}

pub(super) fn method_signature(asked: &Asked<'_>) -> Result<Answer, Fault> {
    let name = asked.args.any_text(0);
    Ok(Answer::Names(match find(&asked.app.namespaces, &name) {
        Some(method) => method.signature().map(Cow::Borrowed).collect(),
        None => {
            let types = told(asked, &name)?.signature.ok_or_else(unsupported)?;
            types.into_iter().map(Cow::Owned).collect()
        }
    }))
}

/// What a process tells of a method of its namespace.
fn told(asked: &Asked<'_>, name: &str) -> Result<Told, Fault> {
    asked.app.plugins.told(asked.app, asked.snapshot, name).ok_or_else(unsupported)
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
    match plugins::take(app, MethodCall { method: name.to_owned(), params }) {
        Ok(errand) => errand.run(app).await.map(Answer::Value),
        Err(call) => Order::prepare(app, call)?.single().await,
    }
}

fn too_heavy() -> Fault {
    let detail = "the results before this one fill the answer; make fewer calls at once";
    Fault::with_detail(FaultCode::Failed, detail)
}

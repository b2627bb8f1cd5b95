//! The configuration that a process would get if it were read now: every effective value, and where it was said.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use provost_config::dump::{Effective, Origin, Value};
use provost_wire::fault::{Fault, FaultCode};
use serde::Serialize;
use tokio::task::spawn_blocking;
use utoipa::ToSchema;

use super::extract::Name;
use super::json;
use super::problem::{ErrorBody, Problem};
use super::processes::find;
use crate::http::App;

/// The configuration of a process as the file says it now, which is not always what runs.
#[derive(Serialize, ToSchema)]
pub(super) struct ConfigView {
    /// The section it comes from.
    section: String,
    /// Its options. Passwords and values of variables that sound like a secret are `***`.
    options: Vec<OptionView>,
}

/// One option.
#[derive(Serialize, ToSchema)]
struct OptionView {
    /// Its name.
    name: &'static str,
    /// What it comes to.
    value: ValueView,
    /// Who said so.
    origin: OriginView,
}

/// An effective value.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum ValueView {
    Nothing,
    Flag(bool),
    Number(i64),
    Text(String),
    List(Vec<String>),
    Pairs(BTreeMap<String, String>),
}

/// Where a value comes from.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum OriginView {
    /// The command line of the daemon.
    CommandLine,
    /// A line of a file.
    File {
        /// The file.
        file: String,
        /// From 1.
        line: u32,
    },
    /// Nobody said anything.
    Default,
}

impl From<Effective> for OptionView {
    fn from(Effective { name, value, origin }: Effective) -> Self {
        let value = match value {
            Value::Nothing => ValueView::Nothing,
            Value::Flag(flag) => ValueView::Flag(flag),
            Value::Number(number) => ValueView::Number(number),
            Value::Text(text) => ValueView::Text(text),
            Value::List(items) => ValueView::List(items),
            Value::Pairs(pairs) => ValueView::Pairs(pairs),
        };
        let origin = match origin {
            Origin::CommandLine => OriginView::CommandLine,
            Origin::File { file, line } => OriginView::File { file, line },
            Origin::Default => OriginView::Default,
        };
        Self { name, value, origin }
    }
}

/// The configuration of a process.
#[utoipa::path(get, path = "/api/v1/processes/{name}/config", tag = "configuration",
    params(("name" = String, Path, description = "The process: `NAME` or `GROUP:NAME`")),
    responses((status = 200, body = ConfigView), (status = 404, body = ErrorBody),
        (status = 409, description = "The file cannot be used", body = ErrorBody)))]
pub(super) async fn of_process(State(app): State<Arc<App>>, Name(name): Name) -> Result<Response, Problem> {
    let row = find(&app.ports.snapshot.load(), &name).map(Arc::clone)?;
    let describe = app.ports.describe.clone();
    let dump = spawn_blocking(move || describe())
        .await
        .unwrap_or_else(|_| {
            Err("reading the configuration failed for a reason that is a bug of the daemon".into())
        })
        .map_err(|message| Fault::with_detail(FaultCode::CantReread, message))?;
    let full_name = format!("{}:{}", row.group, row.recipe.name);
    let found = dump.sections.into_iter().find(|section| section.process.as_ref() == Some(&full_name));
    let found = found.ok_or_else(|| {
        Problem::no_log("the process is no longer in the configuration file; an update would remove it")
    })?;
    let options = found.options.into_iter().map(OptionView::from).collect();
    Ok(json(&ConfigView { section: found.section, options }))
}

//! Sections that name Python code: `[rpcinterface:x]`. Only what is built in can be served.

use super::{Context, Reader, Refusals};
use crate::diagnostic::Failure;
use crate::ini::Section;
use crate::options::{Kind, Names};
use crate::text::{is_space, strip};

/// The factory of the main interface.
const MAIN_INTERFACE: &str = "supervisor.rpcinterface:make_main_rpcinterface";

/// The option that names a factory.
const FACTORY: &str = "supervisor.rpcinterface_factory";

/// The namespaces under which the main interface is served.
pub(super) fn rpc_namespaces(context: &Context<'_>) -> Result<Vec<String>, Failure> {
    let mut namespaces = Vec::new();
    let mut refusals = Refusals::default();
    for section in context.document.sections() {
        let Some(namespace) = section.name.strip_prefix("rpcinterface:") else { continue };
        if refusals.ok(check_factory(context, section)).is_some() {
            namespaces.push(namespace.to_owned());
        }
    }
    refusals.finish(namespaces)
}

fn check_factory(context: &Context<'_>, section: &Section) -> Result<(), Failure> {
    let reader =
        Reader::new(context.document, section, Kind::RpcInterface, context.names(Names::Environment));
    let Some(factory) = reader.text(FACTORY)? else {
        let message = format!("section [{}] does not specify a {FACTORY}", section.name);
        return Err(reader.refuse_section(message).with_help(&format!("write {FACTORY} = {MAIN_INTERFACE}")));
    };
    if means(&factory, MAIN_INTERFACE) {
        return Ok(());
    }
    let reason = format!(
        "Python RPC interfaces cannot be loaded; remove the section, or write {FACTORY} = {MAIN_INTERFACE}"
    );
    Err(reader.refuse(FACTORY, unresolved(&factory, section, &reason)))
}

/// Whether a text names that `module:callable`. Blanks may stand around the colon and at the end, but not in front.
pub(super) fn means(text: &str, known: &str) -> bool {
    let parts =
        text.split_once(':').map(|(module, callable)| (module.trim_end_matches(is_space), strip(callable)));
    parts == known.split_once(':')
}

/// The reference's words for Python code that cannot be had.
pub(super) fn unresolved(what: &str, section: &Section, reason: &str) -> String {
    format!("{what} cannot be resolved within [{}]: {reason}", section.name)
}

//! The core's refusals as faults of the interface.

use provost_core::call;
use provost_wire::fault::{Fault, FaultCode};

/// The fault that tells a client what the core refused.
pub(in crate::http) fn from_core(fault: &call::Fault) -> Fault {
    use call::Fault as Core;
    let (code, detail) = match fault {
        Core::ShutdownState => return Fault::shutdown_state(),
        Core::BadName(detail) => (FaultCode::BadName, detail),
        Core::BadSignal(detail) => (FaultCode::BadSignal, detail),
        Core::NoFile(detail) => (FaultCode::NoFile, detail),
        Core::NotExecutable(detail) => (FaultCode::NotExecutable, detail),
        Core::Failed(detail) => (FaultCode::Failed, detail),
        Core::AbnormalTermination(detail) => (FaultCode::AbnormalTermination, detail),
        Core::SpawnError(detail) => (FaultCode::SpawnError, detail),
        Core::AlreadyStarted(detail) => (FaultCode::AlreadyStarted, detail),
        Core::NotRunning(detail) => (FaultCode::NotRunning, detail),
        Core::AlreadyAdded(detail) => (FaultCode::AlreadyAdded, detail),
        Core::StillRunning(detail) => (FaultCode::StillRunning, detail),
    };
    Fault::with_detail(code, detail)
}

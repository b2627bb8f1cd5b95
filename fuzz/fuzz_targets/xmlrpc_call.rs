//! The body of a request to `/RPC2`: read or refused, and what was read can be written and read again with
//! the same shape.

#![no_main]

use libfuzzer_sys::fuzz_target;
use provost_wire::xmlrpc::{DecodeError, decode_call, encode_call};

fuzz_target!(|document: &[u8]| {
    let Ok(call) = decode_call(document) else { return };
    let again = match decode_call(&encode_call(&call.method, &call.params)) {
        Ok(again) => again,
        // The proper spelling of a value can take more elements than the loose one that was read.
        Err(
            DecodeError::TooDeep { .. } | DecodeError::TooManyElements { .. } | DecodeError::TooLarge { .. },
        ) => return,
        Err(refusal) => panic!("our own document is refused: {refusal}"),
    };
    assert_eq!(again.method, call.method);
    assert_eq!(again.params.len(), call.params.len());
    for (read, written) in call.params.iter().zip(&again.params) {
        assert_eq!(read.type_name(), written.type_name());
    }
});

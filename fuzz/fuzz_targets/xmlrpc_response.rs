//! The answer of a server that `supervisorctl` was pointed at: read or refused, and a result can be written
//! and read again with the same type.

#![no_main]

use libfuzzer_sys::fuzz_target;
use provost_wire::xmlrpc::{DecodeError, decode_response, encode_fault, encode_response};

fuzz_target!(|document: &[u8]| {
    match decode_response(document) {
        Ok(Ok(value)) => {
            match decode_response(&encode_response(&value)) {
                Ok(again) => assert_eq!(again.expect("a result").type_name(), value.type_name()),
                // The proper spelling of a value can take more elements than the loose one that was read.
                Err(
                    DecodeError::TooDeep { .. }
                    | DecodeError::TooManyElements { .. }
                    | DecodeError::TooLarge { .. },
                ) => {}
                Err(refusal) => panic!("our own document is refused: {refusal}"),
            }
        }
        Ok(Err(fault)) => {
            let again = decode_response(&encode_fault(&fault)).expect("our own document is a response");
            assert_eq!(again.expect_err("a fault").code, fault.code);
        }
        Err(refusal) => assert!(!refusal.to_string().is_empty()),
    }
});

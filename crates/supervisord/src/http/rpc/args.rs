//! The arguments of a call, and what the reference takes for what.
//!
//! Where the reference fails with an internal error on a wrong type, a fault says here what is wrong with which
//! argument.

use std::borrow::Cow;

use provost_wire::fault::{Fault, FaultCode};
use provost_wire::xmlrpc::Value;

/// Positional arguments whose number has been checked against the method's table row.
#[derive(Debug)]
pub(super) struct Args(Vec<Value>);

impl Args {
    pub(super) fn new(values: Vec<Value>) -> Self {
        Self(values)
    }

    fn value(&self, index: usize) -> &Value {
        self.0.get(index).unwrap_or(&Value::Nil)
    }

    /// A string; `what` names the argument in the fault.
    pub(super) fn text(&self, index: usize, what: &str) -> Result<&str, Fault> {
        let value = self.value(index);
        value.as_str().ok_or_else(|| {
            let detail = format!("{what} must be a string, not {}", value.type_name());
            Fault::with_detail(FaultCode::IncorrectParameters, detail)
        })
    }

    /// Whether to wait: yes unless the client says no, in whatever type.
    pub(super) fn wait(&self, index: usize) -> bool {
        self.0.get(index).is_none_or(Value::is_truthy)
    }

    /// A number of bytes. Numeric text and fractions are taken, as the reference takes them.
    pub(super) fn bytes(&self, index: usize, what: &str) -> Result<i64, Fault> {
        match self.value(index) {
            Value::Int(number) => Ok(*number),
            Value::Bool(truth) => Ok(i64::from(*truth)),
            // The fraction is cut off, and `as` saturates.
            Value::Double(number) if number.is_finite() => Ok(*number as i64),
            Value::Str(text) => text.trim().parse().map_err(|_| Fault::bare(FaultCode::BadArguments)),
            Value::Double(_) => Err(Fault::bare(FaultCode::BadArguments)),
            other => {
                let detail = format!("{what} must be an int, not {}", other.type_name());
                Err(Fault::with_detail(FaultCode::IncorrectParameters, detail))
            }
        }
    }

    /// Anything, as the text the reference makes of it.
    pub(super) fn any_text(&self, index: usize) -> Cow<'_, str> {
        printed(self.value(index))
    }

    /// The elements of an array.
    pub(super) fn array(&self, index: usize) -> Result<&[Value], Fault> {
        self.value(index).as_array().ok_or_else(Fault::incorrect_parameters)
    }
}

/// A value as Python's `str` prints it; containers and dates, which nobody sends, by their type.
pub(super) fn printed(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Str(text) | Value::DateTime(text) => Cow::Borrowed(text),
        Value::Int(number) => Cow::Owned(number.to_string()),
        Value::Bool(true) => Cow::Borrowed("True"),
        Value::Bool(false) => Cow::Borrowed("False"),
        Value::Double(number) => Cow::Owned(format!("{number:?}")),
        Value::Nil => Cow::Borrowed("None"),
        Value::Array(_) | Value::Struct(_) => Cow::Borrowed(value.type_name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_bytes(value: Value, expect: Result<i64, i32>) {
        let shown = format!("{value:?}");
        let found = Args::new(vec![value]).bytes(0, "offset").map_err(|fault| fault.code);
        assert_eq!(found, expect, "{shown}");
    }

    #[test]
    fn numbers_come_in_several_types() {
        check_bytes(3.into(), Ok(3));
        check_bytes("3".into(), Ok(3));
        check_bytes(" -3 ".into(), Ok(-3));
        check_bytes(1.9.into(), Ok(1));
        check_bytes((-1.9).into(), Ok(-1));
        check_bytes(true.into(), Ok(1));
        check_bytes(1e300.into(), Ok(i64::MAX));
        check_bytes(f64::NAN.into(), Err(3));
        check_bytes("x".into(), Err(3));
        check_bytes("".into(), Err(3));
        check_bytes(Value::Nil, Err(2));
        check_bytes(Value::Array(Vec::new()), Err(2));
    }

    #[test]
    fn waiting_is_the_default_and_anything_can_decline_it() {
        for (values, expect) in [
            (vec![], true),
            (vec![Value::Int(0)], false),
            (vec!["".into()], false),
            (vec![false.into()], false),
            (vec!["no".into()], true),
            (vec![Value::Nil], false),
        ] {
            assert_eq!(Args::new(values).wait(0), expect);
        }
    }

    #[test]
    fn other_types_are_printed_as_python_prints_them() {
        for (value, expect) in [
            (Value::Int(5), "5"),
            (true.into(), "True"),
            (1.0.into(), "1.0"),
            (Value::Nil, "None"),
            ("x".into(), "x"),
        ] {
            assert_eq!(printed(&value), expect);
        }
    }
}

//! Values of XML-RPC as JSON, and back.
//!
//! What one side has and the other has not: a date is an object with the one member `$datetime`, JSON's `null` is
//! `<nil/>`, and whole numbers beyond 64 bits become fractions. A fraction that is no number has no form in JSON.

use serde_json::{Map, Number, Value as Json};

use crate::xmlrpc::Value;
use crate::xmlrpc::scalar::is_date_time;

/// The member that marks a date.
const DATE: &str = "$datetime";

/// A value for a plug-in; `None` for what JSON cannot say: infinity and what is no number.
pub fn from_xml(value: Value) -> Option<Json> {
    Some(match value {
        Value::Int(number) => number.into(),
        Value::Bool(truth) => truth.into(),
        Value::Str(text) => text.into(),
        Value::Double(number) => Json::Number(Number::from_f64(number)?),
        Value::DateTime(text) => Json::Object([(DATE.to_owned(), text.into())].into_iter().collect()),
        Value::Array(items) => items.into_iter().map(from_xml).collect::<Option<Vec<_>>>()?.into(),
        Value::Struct(members) => Json::Object(
            members
                .into_iter()
                .map(|(name, value)| Some((name, from_xml(value)?)))
                .collect::<Option<Map<_, _>>>()?,
        ),
        Value::Nil => Json::Null,
    })
}

/// A value from a plug-in.
pub fn into_xml(value: Json) -> Value {
    match value {
        Json::Null => Value::Nil,
        Json::Bool(truth) => Value::Bool(truth),
        Json::String(text) => Value::Str(text),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::Int(whole),
            (None, Some(_)) if number.is_u64() => Value::Int(i64::MAX),
            (None, fraction) => Value::Double(fraction.unwrap_or_default()),
        },
        Json::Array(items) => Value::Array(items.into_iter().map(into_xml).collect()),
        Json::Object(members) => match date(&members) {
            Some(date) => Value::DateTime(date),
            None => Value::Struct(members.into_iter().map(|(name, value)| (name, into_xml(value))).collect()),
        },
    }
}

/// The date that an object stands for, `20261123T04:08:19`.
fn date(members: &Map<String, Json>) -> Option<String> {
    let text = members.get(DATE)?.as_str().filter(|_| members.len() == 1)?;
    is_date_time(text).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: impl Into<Value>, json: &str) {
        let value = value.into();
        assert_eq!(from_xml(value.clone()).expect("it has a form").to_string(), json);
        let read = serde_json::from_str(json).expect("a case's JSON is valid");
        assert_eq!(into_xml(read), value, "{json}");
    }

    #[test]
    fn values_come_back_as_they_went() {
        check(7, "7");
        check(i64::MIN, "-9223372036854775808");
        check(true, "true");
        check("a \"b\" \n \u{e4} \u{1f600}", "\"a \\\"b\\\" \\n \u{e4} \u{1f600}\"");
        check(1.5, "1.5");
        check(Value::Nil, "null");
        check(Value::DateTime("20261123T04:08:19".into()), r#"{"$datetime":"20261123T04:08:19"}"#);
        check(Value::Array(vec![1.into(), "x".into(), Value::Array(Vec::new())]), r#"[1,"x",[]]"#);
        check(
            [("a", Value::from(1)), ("b", Value::Nil)].into_iter().collect::<Value>(),
            r#"{"a":1,"b":null}"#,
        );
    }

    #[test]
    fn what_json_cannot_say_has_no_form() {
        for number in [f64::NAN, f64::INFINITY] {
            assert_eq!(from_xml(Value::Array(vec![number.into()])), None);
        }
    }

    #[test]
    fn numbers_beyond_64_bits_are_near_and_odd_dates_are_structs() {
        let read = |json: &str| into_xml(serde_json::from_str(json).expect("valid"));
        assert_eq!(read("18446744073709551615"), Value::Int(i64::MAX));
        assert_eq!(read("100000000000000000000"), Value::Double(1e20));
        for json in [
            r#"{"$datetime":"now"}"#,
            r#"{"$datetime":"20261123T84:08:19"}"#,
            r#"{"$datetime":"20261123T04:08:19","x":1}"#,
        ] {
            assert!(matches!(read(json), Value::Struct(_)), "{json}");
        }
    }
}

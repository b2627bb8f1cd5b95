//! JSON-RPC 2.0, one message on each line: what the daemon speaks with plug-ins.
//!
//! Both sides ask and answer: the daemon asks for what clients call, a plug-in for what the daemon's own interface
//! offers. Values cross between JSON and XML-RPC in [`from_xml`] and [`into_xml`].

mod values;

use std::borrow::Cow;

use serde_json::{Value as Json, json};

use crate::fault::{Fault, FaultCode};
use crate::xmlrpc::{MethodCall, Value};
pub use values::{from_xml, into_xml};

/// JSON-RPC's own numbers. Others are faults of the interface.
const METHOD_NOT_FOUND: i64 = -32601;
const INVALID_PARAMS: i64 = -32602;
/// The range that JSON-RPC keeps for itself.
const RESERVED: std::ops::RangeInclusive<i64> = -32768..=-32000;

/// A message of a plug-in.
#[derive(Debug, PartialEq)]
pub enum Message {
    /// The answer to the question of that number.
    Answer {
        /// The question's.
        id: u64,
        /// What came of it.
        result: Result<Json, Fault>,
    },
    /// A question for the daemon; its number is the plug-in's, whatever that is.
    Question {
        /// Comes back with the answer.
        id: Json,
        /// What is to be called.
        call: MethodCall,
    },
    /// Something that wants no answer.
    Note {
        /// What it is about.
        method: String,
        /// What it says.
        params: Json,
    },
}

/// What a namespace offers.
#[derive(Debug, PartialEq, Eq)]
pub struct Description {
    /// By name.
    pub methods: Vec<Method>,
}

/// A method of a namespace.
#[derive(Debug, PartialEq, Eq)]
pub struct Method {
    /// Without the namespace.
    pub name: String,
    /// What it does, if somebody wrote that down.
    pub help: Option<String>,
    /// The types of its result and of its arguments, if known.
    pub signature: Option<Vec<String>>,
}

/// Takes a line apart; `None` if it is no message.
pub fn read(line: &[u8]) -> Option<Message> {
    let Json::Object(mut message) = serde_json::from_slice(line).ok()? else { return None };
    let id = message.remove("id");
    if let Some(method) = message.remove("method") {
        let Json::String(method) = method else { return None };
        let params = message.remove("params").unwrap_or(Json::Null);
        return match id {
            None => Some(Message::Note { method, params }),
            Some(id) => {
                let params = match params {
                    Json::Null => Vec::new(),
                    Json::Array(items) => items.into_iter().map(into_xml).collect(),
                    _ => return None,
                };
                Some(Message::Question { id, call: MethodCall { method, params } })
            }
        };
    }
    let id = id?.as_u64()?;
    let result = match (message.remove("result"), message.remove("error")) {
        (_, Some(error)) if !error.is_null() => Err(fault(&error)),
        (Some(result), _) => Ok(result),
        (None, _) => return None,
    };
    Some(Message::Answer { id, result })
}

/// The fault that an `error` stands for. Numbers outside JSON-RPC's own range are the interface's, and their text
/// is passed on as it is.
fn fault(error: &Json) -> Fault {
    let code = error.get("code").and_then(Json::as_i64).unwrap_or_default();
    let text = error.get("message").and_then(Json::as_str).unwrap_or_default();
    match code {
        METHOD_NOT_FOUND => Fault::unknown_method(),
        INVALID_PARAMS => Fault::incorrect_parameters(),
        code if RESERVED.contains(&code) => Fault::with_detail(FaultCode::Failed, text),
        code => {
            let code = i32::try_from(code).unwrap_or(if code < 0 { i32::MIN } else { i32::MAX });
            match text {
                "" => Fault::numbered(code, None),
                text => Fault { code, string: text.to_owned() },
            }
        }
    }
}

/// A question, as a line.
pub fn question(id: u64, method: &str, params: &Json) -> Vec<u8> {
    line(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
}

/// The parameters of a call.
///
/// # Errors
/// One of them has no form in JSON.
pub fn params(values: Vec<Value>) -> Result<Json, Fault> {
    let detail = "a number that is infinite or none cannot be passed on";
    from_xml(Value::Array(values)).ok_or_else(|| Fault::with_detail(FaultCode::IncorrectParameters, detail))
}

/// The answer to a plug-in's question, as a line.
pub fn answer(id: &Json, result: Result<Value, Fault>) -> Vec<u8> {
    let result = result.and_then(|value| {
        from_xml(value).ok_or_else(|| Fault::with_detail(FaultCode::Failed, "the result is no JSON"))
    });
    line(&match result {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(fault) => {
            json!({ "jsonrpc": "2.0", "id": id, "error": { "code": fault.code, "message": fault.string } })
        }
    })
}

fn line(message: &Json) -> Vec<u8> {
    let mut line = message.to_string().into_bytes();
    line.push(b'\n');
    line
}

impl Description {
    /// Takes the answer to the question for it apart.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(answer: &Json) -> Result<Self, Cow<'static, str>> {
        let Some(items) = answer.get("methods").and_then(Json::as_array) else {
            return Err("it has no list of methods".into());
        };
        let mut methods = items.iter().map(Method::read).collect::<Result<Vec<_>, _>>()?;
        methods.sort_by(|one, other| one.name.cmp(&other.name));
        match methods.windows(2).find(|pair| pair[0].name == pair[1].name) {
            Some(pair) => Err(format!("it has two methods named {}", pair[0].name).into()),
            None => Ok(Self { methods }),
        }
    }

    /// The method of that name.
    pub fn method(&self, name: &str) -> Option<&Method> {
        let at = self.methods.binary_search_by(|method| method.name.as_str().cmp(name)).ok()?;
        Some(&self.methods[at])
    }
}

impl Method {
    fn read(item: &Json) -> Result<Self, Cow<'static, str>> {
        let name = item.get("name").and_then(Json::as_str).ok_or("it has a method without a name")?;
        // As in the reference, what begins so cannot be called; and a dot ends a namespace.
        if name.is_empty() || name.starts_with('_') || name.contains('.') {
            return Err(format!("no method can be named {name:?}").into());
        }
        let signature = match item.get("signature") {
            None | Some(Json::Null) => None,
            Some(types) => {
                let types = types.as_array().filter(|types| !types.is_empty());
                let types =
                    types.and_then(|types| types.iter().map(|one| one.as_str().map(str::to_owned)).collect());
                Some(types.ok_or_else(|| format!("the signature of {name} is no list of names"))?)
            }
        };
        let help = item.get("help").and_then(Json::as_str).map(str::to_owned);
        Ok(Self { name: name.to_owned(), help, signature })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expect: impl Into<Option<Message>>) {
        assert_eq!(read(line.as_bytes()), expect.into(), "{line}");
    }

    fn failed(code: i32, string: &str) -> Result<Json, Fault> {
        Err(Fault { code, string: string.to_owned() })
    }

    #[test]
    fn answers() {
        let answer = |id, result| Some(Message::Answer { id, result });
        check(r#"{"jsonrpc":"2.0","id":3,"result":[1,null]}"#, answer(3, Ok(json!([1, null]))));
        check(r#"{"id":0,"result":null}"#, answer(0, Ok(Json::Null)));
        check(r#"{"id":1,"result":1,"error":null}"#, answer(1, Ok(json!(1))));
        let error = |error: &str| format!(r#"{{"id":1,"error":{error}}}"#);
        for (text, code, string) in [
            (r#"{"code":10,"message":"BAD_NAME: x"}"#, 10, "BAD_NAME: x"),
            (r#"{"code":230,"message":"UNKNOWN: f"}"#, 230, "UNKNOWN: f"),
            (r#"{"code":10}"#, 10, "BAD_NAME"),
            (r#"{"code":-32601,"message":"Method not found"}"#, 1, "UNKNOWN_METHOD"),
            (r#"{"code":-32602,"message":"why"}"#, 2, "INCORRECT_PARAMETERS"),
            (r#"{"code":-32603,"message":"it broke"}"#, 30, "FAILED: it broke"),
            (r#"{"code":99999999999,"message":"m"}"#, i32::MAX, "m"),
            ("\"text\"", 0, "UNKNOWN"),
        ] {
            check(&error(text), answer(1, failed(code, string)));
        }
    }

    #[test]
    fn questions_and_notes() {
        let call = |params| MethodCall { method: "supervisor.getPID".into(), params };
        let question = |id, params| Some(Message::Question { id, call: call(params) });
        check(r#"{"id":"a","method":"supervisor.getPID"}"#, question(json!("a"), vec![]));
        check(
            r#"{"id":1,"method":"supervisor.getPID","params":["x",{"a":1}]}"#,
            question(json!(1), vec!["x".into(), [("a", 1)].into_iter().collect()]),
        );
        check(
            r#"{"method":"rpc.log","params":{"message":"m"}}"#,
            Some(Message::Note { method: "rpc.log".into(), params: json!({ "message": "m" }) }),
        );
    }

    #[test]
    fn garbage_is_no_message() {
        for line in [
            "",
            "hello",
            "1",
            "[]",
            "{}",
            r#"{"id":1}"#,
            r#"{"id":-1,"result":1}"#,
            r#"{"id":"x","result":1}"#,
            r#"{"result":1}"#,
            r#"{"id":1,"method":5}"#,
            r#"{"id":1,"method":"m","params":{"by":"name"}}"#,
        ] {
            check(line, None);
        }
        check(&"[".repeat(100_000), None);
    }

    #[test]
    fn lines_are_json_rpc() {
        let text = |line: Vec<u8>| String::from_utf8(line).expect("JSON is text");
        assert_eq!(
            text(question(7, "store", &json!(["k", "a\nb"]))),
            "{\"id\":7,\"jsonrpc\":\"2.0\",\"method\":\"store\",\"params\":[\"k\",\"a\\nb\"]}\n"
        );
        assert_eq!(
            text(answer(&json!("x"), Ok(5.into()))),
            "{\"id\":\"x\",\"jsonrpc\":\"2.0\",\"result\":5}\n"
        );
        assert_eq!(
            text(answer(&json!(1), Err(Fault::bad_name("n")))),
            "{\"error\":{\"code\":10,\"message\":\"BAD_NAME: n\"},\"id\":1,\"jsonrpc\":\"2.0\"}\n"
        );
        assert!(params(vec![f64::NAN.into()]).is_err());
    }

    #[test]
    fn descriptions() {
        let read = |text: &str| Description::read(&serde_json::from_str(text).expect("valid"));
        let found = read(
            r#"{"methods":[{"name":"b","signature":["int","string"],"help":"Does it."},{"name":"a","signature":null}]}"#,
        )
        .expect("a description");
        assert_eq!(found.methods[0], Method { name: "a".into(), help: None, signature: None });
        let b = found.method("b").expect("it is there");
        assert_eq!((b.help.as_deref(), b.signature.as_ref().map(Vec::len)), (Some("Does it."), Some(2)));
        assert_eq!(found.method("c"), None);
        for (text, why) in [
            ("[]", "it has no list of methods"),
            (r#"{"methods":[{}]}"#, "it has a method without a name"),
            (r#"{"methods":[{"name":"_x"}]}"#, "no method can be named \"_x\""),
            (r#"{"methods":[{"name":"a.b"}]}"#, "no method can be named \"a.b\""),
            (r#"{"methods":[{"name":"a","signature":[1]}]}"#, "the signature of a is no list of names"),
            (r#"{"methods":[{"name":"a"},{"name":"a"}]}"#, "it has two methods named a"),
        ] {
            assert_eq!(read(text).expect_err("a mistake"), why, "{text}");
        }
    }
}

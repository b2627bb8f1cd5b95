//! The values of XML-RPC.

/// One value. The variants are the types of XML-RPC, except that `base64` becomes a string when it is read.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `<int>` or `<i4>`. Wider than the wire's 32 bits because clients send more; see
    /// [`ValueWriter::int`](super::ValueWriter::int) for the way out.
    Int(i64),
    /// `<boolean>`.
    Bool(bool),
    /// `<string>`, or a `<value>` without a type.
    Str(String),
    /// `<double>`.
    Double(f64),
    /// `<dateTime.iso8601>` in the one form that XML-RPC has, `YYYYMMDDTHH:MM:SS`. Without a time zone, and
    /// nothing in the interface computes with it: kept as text.
    DateTime(String),
    /// `<array>`.
    Array(Vec<Value>),
    /// `<struct>` with its members in the order of the document.
    Struct(Vec<(String, Value)>),
    /// `<nil/>`.
    Nil,
}

impl Value {
    /// The integer, if it is one.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The truth value, if it is a boolean; see [`Value::is_truthy`] for the looser question.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(truth) => Some(*truth),
            _ => None,
        }
    }

    /// The text, if it is a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The elements, if it is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The members, if it is a struct.
    #[must_use]
    pub fn as_struct(&self) -> Option<&[(String, Value)]> {
        match self {
            Self::Struct(members) => Some(members),
            _ => None,
        }
    }

    /// The member called `key`, if it is a struct that has one.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_struct()?.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Whether the reference takes this for "yes" where it asks for a boolean, as `wait` of `startProcess`:
    /// zero, nothing and everything empty are "no", all else is "yes", even the text `no`.
    #[must_use]
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::Int(number) => *number != 0,
            Self::Bool(truth) => *truth,
            Self::Str(text) => !text.is_empty(),
            Self::Double(number) => *number != 0.0,
            Self::DateTime(_) => true,
            Self::Array(items) => !items.is_empty(),
            Self::Struct(members) => !members.is_empty(),
            Self::Nil => false,
        }
    }

    /// The name of the type as XML-RPC spells it, for messages.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Int(_) => "int",
            Self::Bool(_) => "boolean",
            Self::Str(_) => "string",
            Self::Double(_) => "double",
            Self::DateTime(_) => "dateTime.iso8601",
            Self::Array(_) => "array",
            Self::Struct(_) => "struct",
            Self::Nil => "nil",
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Int(number.into())
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Double(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Str(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Str(text)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }
}

/// Collects members into a struct, keeping their order.
impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for Value {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(members: I) -> Self {
        Self::Struct(members.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

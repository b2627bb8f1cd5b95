//! Prometheus' text format 0.0.4: families of samples, each with its help and type once.

use std::fmt::{self, Write};

/// What the numbers of a family are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It only grows, until it begins anew.
    Counter,
    /// It goes up and down.
    Gauge,
    /// How often something took how long.
    Histogram,
}

/// The page so far.
#[derive(Debug, Default)]
pub(super) struct Page {
    text: String,
}

/// The family that is being written.
pub(super) struct Family<'a> {
    text: &'a mut String,
    name: &'static str,
}

/// Labels, ready to be written: `a="b",c="d"`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Labels(String);

impl Page {
    /// Begins a family; every family is begun once.
    pub(super) fn family(&mut self, name: &'static str, kind: Kind, help: &str) -> Family<'_> {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        debug_assert!(!help.contains(['\\', '\n']), "a help is one plain line");
        push(&mut self.text, format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
        Family { text: &mut self.text, name }
    }

    /// A family of one sample without labels.
    pub(super) fn single(&mut self, name: &'static str, kind: Kind, (help, value): (&str, f64)) {
        self.family(name, kind, help).sample(&Labels::default(), value);
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

impl Family<'_> {
    /// One sample.
    pub(super) fn sample(&mut self, labels: &Labels, value: f64) {
        self.part("", labels, value);
    }

    /// One sample of those that make up a histogram: `_bucket`, `_sum` or `_count`.
    pub(super) fn part(&mut self, suffix: &str, Labels(labels): &Labels, value: f64) {
        let name = self.name;
        if labels.is_empty() {
            push(self.text, format_args!("{name}{suffix} {value}\n"));
        } else {
            push(self.text, format_args!("{name}{suffix}{{{labels}}} {value}\n"));
        }
    }
}

impl Labels {
    pub(super) fn new<const N: usize>(pairs: [(&str, &str); N]) -> Self {
        Self::default().and(pairs)
    }

    /// The same and more.
    pub(super) fn and<const N: usize>(&self, pairs: [(&str, &str); N]) -> Self {
        let mut text = self.0.clone();
        for (name, value) in pairs {
            let comma = if text.is_empty() { "" } else { "," };
            push(&mut text, format_args!("{comma}{name}=\"{}\"", Escaped(value)));
        }
        Self(text)
    }
}

struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '\\' => f.write_str("\\\\")?,
                '"' => f.write_str("\\\"")?,
                '\n' => f.write_str("\\n")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

fn push(text: &mut String, arguments: fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("invariant: writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_has_its_help_and_type_once() {
        let mut page = Page::default();
        let mut family = page.family("a_b", Kind::Gauge, "What it is.");
        family.sample(&Labels::new([("x", "1"), ("y", "a\\b\"c\nd")]), 1.5);
        family.sample(&Labels::new([("x", "ü<")]), 3e9);
        page.single("c_total", Kind::Counter, ("Help.", 0.0));
        assert_eq!(
            page.finish(),
            "# HELP a_b What it is.\n# TYPE a_b gauge\na_b{x=\"1\",y=\"a\\\\b\\\"c\\nd\"} 1.5\na_b{x=\"ü<\"} 3000000000\n\
             # HELP c_total Help.\n# TYPE c_total counter\nc_total 0\n"
        );
    }
}

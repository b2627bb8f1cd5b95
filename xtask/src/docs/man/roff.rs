//! Text with a little Markdown in it (`code`, **name**, *placeholder*) as the source of a manual page.

/// When the sentences around the tables were last looked through; formatters want a date.
const DATE: &str = "2026-11-23";

/// A page that is being written.
pub(super) struct Page {
    text: String,
}

impl Page {
    /// Begins a page with its head and its name.
    pub(super) fn new(name: &str, chapter: u8, purpose: &str) -> Self {
        let title = name.to_uppercase();
        let head = format!(
            ".\\\" Generated from the tables in the code by `cargo xtask docs`; do not edit.\n\
             .TH {title} {chapter} \"{DATE}\" \"Provost {}\" \"Provost\"\n.SH NAME\n{} \\- {}\n",
            env!("CARGO_PKG_VERSION"),
            escaped(name),
            escaped(purpose),
        );
        Self { text: head }
    }

    /// Begins a section.
    pub(super) fn section(&mut self, title: &str) -> &mut Self {
        self.line(&format!(".SH \"{}\"", escaped(title)))
    }

    /// How a program is called.
    pub(super) fn synopsis(&mut self, program: &str, arguments: &str) -> &mut Self {
        self.line(&format!("\\fB{}\\fR {}", escaped(program), escaped(arguments)))
    }

    /// A paragraph.
    pub(super) fn paragraph(&mut self, text: &str) -> &mut Self {
        // Right behind a title there is a paragraph anyway.
        if !self.follows_title() {
            self.line(".PP");
        }
        self.line(&marked_up(text))
    }

    /// A term and what it means.
    pub(super) fn item(&mut self, term: &str, meaning: &str) -> &mut Self {
        self.line(".TP").line(&marked_up(term)).line(&marked_up(meaning))
    }

    /// Something to type, and what for.
    pub(super) fn example(&mut self, purpose: &str, command: &str) -> &mut Self {
        self.paragraph(purpose);
        self.line(".PP").line(".RS 4").line(".nf").line(&escaped(command)).line(".fi").line(".RE")
    }

    /// The page.
    pub(super) fn finish(self) -> String {
        self.text
    }

    fn line(&mut self, line: &str) -> &mut Self {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
        self
    }

    fn follows_title(&self) -> bool {
        self.text.lines().next_back().is_some_and(|line| line.starts_with(".SH"))
    }
}

/// Text without a meaning to the formatter. A dash is the one that can be typed, not a hyphen.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '\\' => escaped.push_str("\\e"),
            '-' => escaped.push_str("\\-"),
            '\'' => escaped.push_str("\\(aq"),
            '`' => escaped.push_str("\\(ga"),
            '^' => escaped.push_str("\\(ha"),
            '~' => escaped.push_str("\\(ti"),
            '"' => escaped.push_str("\\(dq"),
            other => escaped.push(other),
        }
    }
    // At the beginning of a line it would be a request.
    if escaped.starts_with('.') { format!("\\&{escaped}") } else { escaped }
}

/// Text with its marks turned into fonts. Between backquotes nothing else is a mark; a star with a blank behind it
/// is a star.
fn marked_up(text: &str) -> String {
    let mut page = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['`', '*']) {
        let (before, marked) = rest.split_at(at);
        page.push_str(&escaped(before));
        let found = [("`", 'B'), ("**", 'B'), ("*", 'I')].into_iter().find_map(|(mark, font)| {
            let inner = marked.strip_prefix(mark)?;
            let (inside, after) = inner.split_once(mark)?;
            let opens = mark == "`" || !inside.starts_with(' ');
            (opens && !inside.is_empty()).then_some((font, inside, after))
        });
        rest = match found {
            Some((font, inside, after)) => {
                page.push_str(&format!("\\f{font}{}\\fR", escaped(inside)));
                after
            }
            None => {
                page.push_str(&escaped(&marked[..1]));
                &marked[1..]
            }
        };
    }
    page + &escaped(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_fonts() {
        let check = |text: &str, expect: &str| assert_eq!(marked_up(text), expect, "{text}");
        check("plain", "plain");
        check("a `-c` b", "a \\fB\\-c\\fR b");
        check("**name**(1), *x*", "\\fBname\\fR(1), \\fIx\\fR");
        check("`*:port`", "\\fB*:port\\fR");
        check("*group*`:*`", "\\fIgroup\\fR\\fB:*\\fR");
        check("a * b", "a * b");
        check("`open", "\\(gaopen");
        check("it's \\ \"x\"", "it\\(aqs \\e \\(dqx\\(dq");
        check(".conf", "\\&.conf");
    }

    #[test]
    fn a_page_in_full() {
        let mut page = Page::new("x-y", 1, "does it");
        page.section("DESCRIPTION").paragraph("One.").paragraph("Two.");
        page.section("OPTIONS").item("`-a`", "All.");
        let expect = ".SH NAME\nx\\-y \\- does it\n.SH \"DESCRIPTION\"\nOne.\n.PP\nTwo.\n.SH \"OPTIONS\"\n.TP\n\\fB\\-a\\fR\nAll.\n";
        assert!(page.finish().ends_with(expect));
    }
}

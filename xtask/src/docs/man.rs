//! Manual pages, in the language of `man(7)`.
//!
//! What stands in a table (options of command lines, commands, options of configuration files) is taken from there;
//! the sentences around it are written here. A page says what there is; how it all works together is told by the
//! manual in `docs/`.

mod roff;

use provost_config::cli::{OptionHelp, ctl_options, supervisord_options};
use provost_config::options::{Fallback, Match, Names, OptionRow, SECTIONS, SectionRow};
use provost_supervisorctl::commands::COMMANDS;
use provost_supervisorctl::exit::MEANINGS;

use roff::Page;

/// All pages, for the end of each.
const PAGES: [(&str, u8); 5] = [
    ("supervisord", 1),
    ("supervisorctl", 1),
    ("echo_supervisord_conf", 1),
    ("pidproxy", 1),
    ("supervisord.conf", 5),
];

pub(crate) fn supervisord() -> String {
    let mut page = Page::new("supervisord", 1, "a process supervisor: keeps programs running");
    page.section("SYNOPSIS").synopsis("supervisord", "[options]");
    page.section("DESCRIPTION").paragraph(
        "Reads a configuration file (see **supervisord.conf**(5)), goes to the background unless it is told not to, starts \
         the programs of the file, starts them again when they end, and stores their output. \
         **supervisorctl**(1) talks to it.",
    );
    page.paragraph(
        "Without `-c` the first of these files is read: *../etc/supervisord.conf* and *../supervisord.conf* as seen from \
         the program's own directory, *supervisord.conf* and *etc/supervisord.conf* in the current one, \
         */etc/supervisord.conf*, */etc/supervisor/supervisord.conf*.",
    );
    page.section("OPTIONS");
    options(&mut page, &supervisord_options());
    page.section("SIGNALS");
    for (name, meaning) in [
        ("TERM, INT, QUIT", "Stop all programs and exit."),
        ("HUP", "Read the configuration again and start over with it; a file in error changes nothing."),
        ("USR2", "Close all log files and open them again, after they were moved away."),
    ] {
        page.item(name, meaning);
    }
    page.section("EXIT STATUS");
    page.item("0", "It has stopped all programs, or printed what it was asked for.");
    page.item("2", "The options or the configuration are in error; standard error says how.");
    see_also(page, "supervisord")
}

pub(crate) fn supervisorctl() -> String {
    let mut page = Page::new("supervisorctl", 1, "ask and command a running supervisord");
    page.section("SYNOPSIS").synopsis("supervisorctl", "[options] [command [arguments]]");
    page.section("DESCRIPTION").paragraph(
        "Carries out one command, or reads commands from a prompt with completion and history if none is given. Where the \
         daemon listens stands in the section `[supervisorctl]` of the configuration file, which is searched for where \
         **supervisord**(1) searches.",
    );
    page.section("OPTIONS");
    options(&mut page, &ctl_options());
    page.section("COMMANDS");
    for command in COMMANDS {
        for form in command.forms {
            page.item(&format!("`{}`", form.synopsis), &sentence(form.sentence));
        }
        for switch in command.options {
            page.item(&format!("`{} {}`", command.name, switch.synopsis()), &sentence(switch.sentence));
        }
    }
    page.section("NAMES").paragraph(
        "A process is called *group*`:`*process*, or by one word if both are the same; *group*`:*` is the group as a whole, \
         and `all` is everything. Where names of processes are taken, `*`, `?` and `[`...`]` stand for any text, one \
         character and one of several characters: a pattern without a colon is held against the names of processes, one \
         with a colon against both names; a `*` alone means nothing. Quote patterns, so that the shell leaves them alone.",
    );
    page.section("PLUG-IN COMMANDS").paragraph(
        "A word that is no command runs the program that a section `[ctlplugin:`*word*`]` of the configuration file names with \
         `command`, or else *supervisorctl-word*, if that is found beside `supervisorctl`, in */usr/local/lib/provost/ctl* or in \
         */usr/lib/provost/ctl*; `PATH` is not searched. It gets the words that follow and the environment variables \
         below, and its exit status becomes that of `supervisorctl`.",
    );
    page.paragraph(
        "`help` *word* runs that program with `--help-line` and shows the one line that it prints: a program that does not know \
         that word must not act on it.",
    );
    page.section("ENVIRONMENT");
    page.item(
        "SUPERVISOR_SERVER_URL, SUPERVISOR_USERNAME, SUPERVISOR_PASSWORD",
        "Are set for plug-in commands, and not read: the URL of the server, and name and password, if there are any.",
    );
    page.item("NO_COLOR", "If it is not empty, names of states have no colours. They never have when the output is not a terminal.");
    page.item("TERM", "With `dumb` the output is treated as if it were no terminal.");
    page.section("FILES").paragraph(
        "One configuration file is read: that of `-c`, or the first that exists of the places in which **supervisord**(1) searches. \
         Without any, and with a URL behind `-s`, none is needed. Of the file only the sections `[supervisorctl]` and `[ctlplugin:x]` \
         count, and those of the servers and the pid file, to explain why no server answers. Files that `[include]` names are \
         not read. A file that was found in the current directory and belongs to another user is used with a warning, and names no \
         programs.",
    );
    page.item("`history_file` of `[supervisorctl]`", "Where the prompt keeps its history.");
    page.section("EXIT STATUS");
    for (code, meaning) in MEANINGS {
        page.item(&code.to_string(), meaning);
    }
    page.section("EXAMPLES");
    page.example(
        "What runs, and how the programs are that had to be started again:",
        "supervisorctl status -l",
    );
    page.example("Restart some of a group:", "supervisorctl restart 'web:worker-*'");
    page.example("What an update would do:", "supervisorctl update --dry-run");
    page.example(
        "Names of what does not run, for a script:",
        "supervisorctl --json status | jq -r '.processes[] | select(.pid == null) | .name'",
    );
    see_also(page, "supervisorctl")
}

pub(crate) fn supervisord_conf() -> String {
    let mut page = Page::new("supervisord.conf", 5, "configuration of supervisord and supervisorctl");
    page.section("DESCRIPTION").paragraph(
        "Sections with names in brackets, and in them options, one per line: *name*` = `*value*. A line that begins with a \
         blank continues the value of the line before. A semicolon or a `#` begins a comment at the beginning of a line, and after a \
         blank, even inside quotes. In most values `%(`*name*`)s` stands for a value that depends on the place: \
         each option says which names it knows. A percent sign is written `%%`.",
    );
    page.paragraph(
        "`supervisord --check` says what is wrong with a file and where; `supervisord --dump-config` prints what every \
         option comes to; **echo_supervisord_conf**(1) prints a file to start from.",
    );
    page.paragraph(&Names::legend());
    for section in SECTIONS {
        configuration_section(&mut page, section);
    }
    see_also(page, "supervisord.conf")
}

fn configuration_section(page: &mut Page, section: &SectionRow) {
    let title = match section.matching {
        Match::Named => format!("[{}:{}]", section.name, section.example),
        Match::Exactly | Match::StartsWith => format!("[{}]", section.name),
    };
    page.section(&title).paragraph(section.help);
    for row in section.options() {
        page.item(&format!("`{}`", row.name), &option_text(row));
    }
}

/// What there is to know about an option of a file.
fn option_text(row: &OptionRow) -> String {
    let fallback = match row.fallback {
        Fallback::Text("") => "Default: empty.".to_owned(),
        Fallback::Text(text) => format!("Default: `{text}`."),
        Fallback::Required => "It must be written.".to_owned(),
        Fallback::RequiredWithout(other) => format!("It must be written unless `{other}` is."),
        Fallback::Described(text) => format!("Default: {}.", text.trim_end_matches('.')),
    };
    let (value, names) = (row.value.describe(), row.names.describe());
    format!("{} Value: {value}. {fallback} Expansions: {names}.", sentence(row.help))
}

pub(crate) fn echo_supervisord_conf() -> String {
    let mut page = Page::new("echo_supervisord_conf", 1, "print a sample configuration for supervisord");
    page.section("SYNOPSIS").synopsis("echo_supervisord_conf", "");
    page.section("DESCRIPTION").paragraph(
        "Prints a file for **supervisord**(1) with every option in it, most of them as comments. It takes no options.",
    );
    page.example("To begin with:", "echo_supervisord_conf > supervisord.conf");
    see_also(page, "echo_supervisord_conf")
}

pub(crate) fn pidproxy() -> String {
    let mut page = Page::new("pidproxy", 1, "pass signals on to the process that a pid file names");
    page.section("SYNOPSIS").synopsis("pidproxy", "pidfile command [argument ...]");
    page.section("DESCRIPTION").paragraph(
        "Runs *command* and waits for its end. Signals that it gets meanwhile (HUP, INT, QUIT, TERM, USR1, USR2) go to the \
         process whose id stands in *pidfile* at that moment. So **supervisord**(1) can stop a program that starts \
         another one and would leave it behind. After TERM, INT or QUIT it ends at once.",
    );
    page.paragraph("*command* is a path; it is not searched for in `PATH`.");
    page.section("EXIT STATUS");
    page.item("0", "The command has ended, whatever its own status was, or a signal to stop was passed on.");
    page.item("1", "An argument is missing, or the command could not be run.");
    see_also(page, "pidproxy")
}

fn options(page: &mut Page, options: &[OptionHelp]) {
    for option in options {
        let argument = option.argument.map(|name| format!(" *{name}*")).unwrap_or_default();
        let short = option.short.map(|letter| format!("`-{letter}`"));
        let long = option.long.map(|long| format!("`--{long}`"));
        let spellings: Vec<String> = short.into_iter().chain(long).collect();
        page.item(&format!("{}{argument}", spellings.join(", ")), &sentence(option.help));
    }
}

/// A text of a table as a sentence.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let text: String =
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
    if text.ends_with('.') { text } else { text + "." }
}

fn see_also(mut page: Page, own: &str) -> String {
    let others = PAGES.iter().filter(|(name, _)| *name != own);
    let others: Vec<String> = others.map(|(name, chapter)| format!("**{name}**({chapter})")).collect();
    page.section("SEE ALSO").paragraph(&others.join(", "));
    page.finish()
}

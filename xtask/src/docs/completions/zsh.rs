//! Completion for zsh, as functions for a directory in `fpath`.

use provost_config::cli::OptionHelp;

use super::{
    COMMANDS, Completion, ORIGIN, Operand, Switch, completing, ctl_options, operand, signals, spellings,
    summary, supervisord_options, taking_all, taking_processes, with_switches,
};

pub(crate) fn supervisord() -> String {
    let specs = specs(&supervisord_options());
    format!("#compdef supervisord\n# {ORIGIN}\n\n_arguments -s -S \\\n{specs}    && return 0\n")
}

pub(crate) fn supervisorctl() -> String {
    let commands: String = COMMANDS
        .iter()
        .map(|command| format!("    '{}:{}'\n", command.name, escaped(summary(command), &[':'])))
        .collect();
    let switches: String = with_switches()
        .map(|(command, switches)| {
            let words: String = switches.iter().map(described).collect();
            format!("                {}) switches=({words}); _describe -o switch switches ;;\n", command.name)
        })
        .collect();
    CLIENT
        .replace("@ORIGIN@", ORIGIN)
        .replace("@COMMANDS@", &commands)
        .replace("@SPECS@", &specs(&ctl_options()))
        .replace("@SWITCHES@", &switches)
        .replace("@GROUPS@", &completing(Completion::Groups).join("|"))
        .replace("@PROCESSES@", &taking_processes().join("|"))
        .replace("@ALL@", &taking_all().join("|"))
        .replace("@SIGNALING@", &completing(Completion::SignalAndProcesses).join("|"))
        .replace("@SIGNALS@", &signals())
        .replace("@TOPICS@", &completing(Completion::Commands).join("|"))
}

fn described(Switch { word, sentence }: &Switch) -> String {
    format!("'{word}:{}' ", escaped(sentence, &[':']))
}

/// One specification per option, each on a line of its own.
fn specs(options: &[OptionHelp]) -> String {
    let spec = |option: &OptionHelp| {
        let spellings = spellings(option);
        let (exclusive, words) = match spellings.as_slice() {
            [only] => (String::new(), only.clone()),
            several => (format!("'({})'", several.join(" ")), format!("{{{}}}", several.join(","))),
        };
        let action = match operand(option) {
            None => String::new(),
            Some(operand) => format!(":{}:{}", option.argument.unwrap_or_default(), helper(operand)),
        };
        format!("    {exclusive}{words}'[{}]{action}' \\\n", escaped(option.help, &['[', ']', ':']))
    };
    options.iter().map(spec).collect()
}

fn helper(operand: Operand) -> &'static str {
    match operand {
        Operand::File => "_files",
        Operand::Directory => "_files -/",
        Operand::User => "_users",
        Operand::Other => " ",
    }
}

/// Text between single quotes, with a backslash before what has a meaning there.
fn escaped(text: &str, special: &[char]) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '\'' => escaped.push_str("'\\''"),
            '\\' => escaped.push_str("\\\\"),
            other if special.contains(&other) => escaped.extend(['\\', other]),
            other => escaped.push(other),
        }
    }
    escaped
}

const CLIENT: &str = r#"#compdef supervisorctl
# @ORIGIN@

# Puts the names of processes into `names`; with "groups" those of groups. The same program is asked with the same
# options, so that it is the same daemon.
__supervisorctl_names() {
    local kind=$1 line name state
    local -a limit
    (( $+commands[timeout] )) && limit=(timeout 2)
    names=()
    for line in ${(f)"$($limit $program $options avail 2>/dev/null </dev/null)"}; do
        name=${line%%[[:blank:]]*}
        state=${${line#$name}##[[:blank:]]#}
        case $kind:$state in
            groups:avail*|groups:'in use'*) names+=(${name%%:*}) ;;
            processes:'in use'*)
                names+=($name)
                [[ $name == *:* ]] && names+=("${name%%:*}:*")
                ;;
        esac
    done
}

_supervisorctl() {
    setopt localoptions extendedglob
    local context state line program=${(Q)words[1]/#\~\//$HOME/}
    local -a commands_of_ctl names options switches
    local -A opt_args
    commands_of_ctl=(
@COMMANDS@    )
    _arguments -S -A '-*' \
@SPECS@        '1:command:->command' '2:argument:->first' '*:argument:->argument' && return 0
    case $state in
        command) _describe -t commands 'supervisorctl command' commands_of_ctl ;;
        first|argument)
            local key
            for key in ${(k)opt_args}; do
                options+=($key)
                [[ -n $opt_args[$key] ]] && options+=(${(Q)opt_args[$key]//\\:/:})
            done
            case $line[1] in
@SWITCHES@                @SIGNALING@) [[ $state == first ]] && { compadd -- @SIGNALS@; return } ;;
            esac
            case $line[1] in
                @ALL@) compadd -- all ;;
            esac
            case $line[1] in
                @GROUPS@) __supervisorctl_names groups; compadd -- ${(u)names} ;;
                @PROCESSES@) __supervisorctl_names processes; compadd -- ${(u)names} ;;
                @TOPICS@) _describe -t commands 'supervisorctl command' commands_of_ctl ;;
            esac
            ;;
    esac
}

_supervisorctl "$@"
"#;

//! Completion for bash. It needs none of the functions of the `bash-completion` package: words are taken from the line
//! itself, because bash cuts them at the colons that names have.

use provost_config::cli::OptionHelp;

use super::{
    COMMANDS, Completion, ORIGIN, Operand, completing, ctl_options, operand, signals, spellings,
    supervisord_options, taking_all, taking_processes, with_switches,
};

pub(crate) fn supervisord() -> String {
    format!(
        "# bash completion for supervisord. {ORIGIN}\n{WORDS}\n\
         _supervisord() {{\n    \
             local cur prev words\n    \
             __provost_words\n    \
             __provost_operand_supervisord \"$prev\" && return\n    \
             __provost_offer {}\n\
         }}\n\n{}\n\
         complete -F _supervisord supervisord\n",
        all_spellings(&supervisord_options()),
        operands("supervisord", &supervisord_options()),
    )
}

pub(crate) fn supervisorctl() -> String {
    let options = ctl_options();
    let names: Vec<&str> = COMMANDS.iter().map(|command| command.name).collect();
    let arms: String = with_switches()
        .map(|(command, switches)| {
            let words: Vec<&str> = switches.iter().map(|switch| switch.word).collect();
            format!("        {}) __provost_offer {} ;;\n", command.name, words.join(" "))
        })
        .collect();
    let taking: Vec<String> =
        options.iter().filter(|option| option.argument.is_some()).flat_map(spellings).collect();
    CLIENT
        .replace("@ORIGIN@", ORIGIN)
        .replace("@WORDS@", WORDS)
        .replace("@OPERANDS@", &operands("supervisorctl", &options))
        .replace("@TAKING@", &taking.join("|"))
        .replace("@OPTIONS@", &all_spellings(&options))
        .replace("@COMMANDS@", &names.join(" "))
        .replace("@SWITCHES@", &arms)
        .replace("@GROUPS@", &completing(Completion::Groups).join("|"))
        .replace("@PROCESSES@", &taking_processes().join("|"))
        .replace("@ALL@", &taking_all().join("|"))
        .replace("@SIGNALING@", &completing(Completion::SignalAndProcesses).join("|"))
        .replace("@SIGNALS@", &signals())
        .replace("@TOPICS@", &completing(Completion::Commands).join("|"))
}

fn all_spellings(options: &[OptionHelp]) -> String {
    options.iter().flat_map(spellings).collect::<Vec<_>>().join(" ")
}

/// A function that offers what may follow an option that takes an argument.
fn operands(program: &str, options: &[OptionHelp]) -> String {
    let of = |wanted: Operand| {
        let taking = options.iter().filter(move |option| operand(option) == Some(wanted));
        taking.flat_map(spellings).collect::<Vec<_>>().join("|")
    };
    let arm = |wanted: Operand, action: &str| match of(wanted) {
        none if none.is_empty() => String::new(),
        spellings => format!("        {spellings}) {action} ;;\n"),
    };
    let arms = [
        arm(Operand::File, "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")"),
        arm(Operand::Directory, "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")"),
        arm(Operand::User, "mapfile -t COMPREPLY < <(compgen -u -- \"$cur\")"),
        arm(Operand::Other, ":"),
    ];
    format!(
        "# Offers what may follow the option $1; fails if nothing has to.\n\
         __provost_operand_{program}() {{\n    case $1 in\n{}        *) return 1 ;;\n    esac\n}}\n",
        arms.concat()
    )
}

/// What both scripts need. Each brings its own copy, because each is loaded alone.
const WORDS: &str = r#"
# Sets cur, prev and words from the line up to the cursor.
__provost_words() {
    local line=${COMP_LINE:0:COMP_POINT}
    read -ra words <<<"$line"
    if [[ -z $line || $line == *[[:blank:]] ]]; then words+=(""); fi
    cur=${words[${#words[@]}-1]}
    prev=
    if ((${#words[@]} > 1)); then prev=${words[${#words[@]}-2]}; fi
}

# Offers those of its arguments that begin with the word at the cursor, without the part of it that bash keeps. Names
# may hold what is a command to the shell.
__provost_offer() {
    local word kept=
    if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then kept=${cur%"${cur##*:}"}; fi
    for word in "$@"; do
        if [[ $word != "$cur"* ]]; then continue; fi
        word=${word#"$kept"}
        if [[ $word == *[^[:alnum:]:*._@%+,=/~-]* ]]; then printf -v word %q "$word"; fi
        COMPREPLY+=("$word")
    done
}
"#;

const CLIENT: &str = r#"# bash completion for supervisorctl. @ORIGIN@
@WORDS@
@OPERANDS@
# Prints the names of processes, one per line; with "groups" those of groups.
__supervisorctl_names() {
    local kind=$1 name state limit=()
    shift
    if type -P timeout >/dev/null; then limit=(timeout 2); fi
    "${limit[@]}" "$@" avail 2>/dev/null </dev/null | while read -r name state; do
        case $kind:$state in
            groups:avail*|groups:"in use"*) printf '%s\n' "${name%%:*}" ;;
            processes:"in use"*)
                printf '%s\n' "$name"
                if [[ $name == *:* ]]; then printf '%s\n' "${name%%:*}:*"; fi
                ;;
        esac
    done | sort -u
}

_supervisorctl() {
    local cur prev words names command= at=1
    __provost_words
    while ((at < ${#words[@]} - 1)); do
        case ${words[at]} in
            @TAKING@) ((at += 2)) ;;
            -*) ((at += 1)) ;;
            *) command=${words[at]}; break ;;
        esac
    done
    if [[ -z $command ]]; then
        __provost_operand_supervisorctl "$prev" && return
        if [[ $cur == -* ]]; then __provost_offer @OPTIONS@; else __provost_offer @COMMANDS@; fi
        return
    fi
    # The same program with the same options, so that it is the same daemon.
    local program=("${words[@]:0:at}")
    program[0]=$(type -P -- "${words[0]}") || program[0]=supervisorctl
    case $command in
@SWITCHES@        @SIGNALING@) if ((${#words[@]} == at + 2)); then __provost_offer @SIGNALS@; return; fi ;;
    esac
    case $command in
        @ALL@) __provost_offer all ;;
    esac
    case $command in
        @GROUPS@)
            mapfile -t names < <(__supervisorctl_names groups "${program[@]}")
            __provost_offer "${names[@]}"
            ;;
        @PROCESSES@)
            mapfile -t names < <(__supervisorctl_names processes "${program[@]}")
            __provost_offer "${names[@]}"
            ;;
        @TOPICS@) __provost_offer @COMMANDS@ ;;
    esac
}

complete -F _supervisorctl supervisorctl
"#;

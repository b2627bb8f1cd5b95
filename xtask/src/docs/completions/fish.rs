//! Completion for fish.

use provost_config::cli::OptionHelp;

use super::{
    COMMANDS, Completion, ORIGIN, Operand, Switch, completing, ctl_options, operand, signals, summary,
    supervisord_options, taking_all, taking_processes, with_switches,
};

pub(crate) fn supervisord() -> String {
    let options = lines("supervisord", &supervisord_options(), "");
    format!("# fish completion for supervisord. {ORIGIN}\n\ncomplete -c supervisord -f\n{options}")
}

pub(crate) fn supervisorctl() -> String {
    let options = ctl_options();
    let mut script = CLIENT
        .replace("@ORIGIN@", ORIGIN)
        .replace("@TAKING@", &taking(&options))
        .replace("@OPTIONS@", &lines("supervisorctl", &options, "-n __supervisorctl_wants_command "));
    for command in COMMANDS {
        script += &format!(
            "complete -c supervisorctl -n __supervisorctl_wants_command -a {} -d {}\n",
            command.name,
            quoted(summary(command))
        );
    }
    for (command, switches) in with_switches() {
        for Switch { word, sentence } in switches {
            let name = match word.strip_prefix("--") {
                Some(long) => format!("-l {long}"),
                None => format!("-s {}", word.trim_start_matches('-')),
            };
            script += &format!(
                "complete -c supervisorctl -n '__supervisorctl_has_command {}' {name} -d {}\n",
                command.name,
                quoted(sentence)
            );
        }
    }
    let arguments = [
        (completing(Completion::Groups), "(__supervisorctl_names groups)"),
        (taking_processes(), "(__supervisorctl_names processes)"),
        (taking_all(), "(__supervisorctl_all)"),
        (completing(Completion::SignalAndProcesses), "(__supervisorctl_signals)"),
        (completing(Completion::Commands), "(__supervisorctl_commands)"),
    ];
    for (commands, words) in arguments {
        let commands = commands.join(" ");
        script +=
            &format!("complete -c supervisorctl -n '__supervisorctl_has_command {commands}' -a '{words}'\n");
    }
    let names: Vec<&str> = COMMANDS.iter().map(|command| command.name).collect();
    script
        .replace("@COMMANDS@", &names.join(" "))
        .replace("@SIGNALING@", &completing(Completion::SignalAndProcesses).join(" "))
        .replace("@SIGNALS@", &signals())
}

/// One line per option.
fn lines(program: &str, options: &[OptionHelp], condition: &str) -> String {
    let line = |option: &OptionHelp| {
        let short = option.short.map(|letter| format!(" -s {letter}")).unwrap_or_default();
        let long = option.long.map(|long| format!(" -l {long}")).unwrap_or_default();
        let action = match operand(option) {
            None => "",
            Some(Operand::File) => " -r -F",
            Some(Operand::Directory) => " -x -a '(__fish_complete_directories)'",
            Some(Operand::User) => " -x -a '(__fish_complete_users)'",
            Some(Operand::Other) => " -x",
        };
        format!("complete -c {program} {condition}{short}{long}{action} -d {}\n", quoted(option.help))
            .replace("  ", " ")
    };
    options.iter().map(line).collect()
}

/// The spellings of the options that take an argument.
fn taking(options: &[OptionHelp]) -> String {
    let taking = options.iter().filter(|option| option.argument.is_some());
    taking.flat_map(super::spellings).collect::<Vec<_>>().join(" ")
}

/// Text as one word.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

const CLIENT: &str = r"# fish completion for supervisorctl. @ORIGIN@

# Prints the words before the cursor up to and including the command; fails if there is none yet.
function __supervisorctl_head
    set -l words (commandline -opc)
    set -l at 2
    while test $at -le (count $words)
        if contains -- $words[$at] @TAKING@
            set at (math $at + 2)
        else if string match -q -- '-*' $words[$at]
            set at (math $at + 1)
        else
            printf '%s\n' $words[1..$at]
            return 0
        end
    end
    return 1
end

function __supervisorctl_wants_command
    not __supervisorctl_head >/dev/null
end

function __supervisorctl_has_command
    set -l head (__supervisorctl_head); or return 1
    contains -- $head[-1] $argv
end

function __supervisorctl_commands
    printf '%s\n' @COMMANDS@
end

# A signal stands before the names of those it goes to.
function __supervisorctl_wants_signal
    set -l head (__supervisorctl_head); or return 1
    contains -- $head[-1] @SIGNALING@; and test (count $head) -eq (count (commandline -opc))
end

function __supervisorctl_signals
    __supervisorctl_wants_signal; and printf '%s\n' (string split ' ' '@SIGNALS@')
end

function __supervisorctl_all
    __supervisorctl_wants_signal; or echo all
end

# Prints the names of processes, one per line; with 'groups' those of groups. The same program is asked with the same
# options, so that it is the same daemon.
function __supervisorctl_names
    set -l head (__supervisorctl_head); or return
    __supervisorctl_wants_signal; and return
    set -l program $head[1..-2]
    type -q timeout; and set -p program timeout 2
    command $program avail 2>/dev/null </dev/null | while read -l line
        set -l parts (string match -r '^(\S+)\s+(in use|avail)\s' -- $line); or continue
        set -l group (string split -m 1 : -- $parts[2])
        switch $argv[1]:$parts[3]
            case 'groups:*'
                echo $group[1]
            case 'processes:in use'
                echo $parts[2]
                test (count $group) -gt 1; and echo $group[1]':*'
        end
    end | sort -u
end

complete -c supervisorctl -f
@OPTIONS@";

# bash completion for supervisorctl. Generated from the tables in the code by `cargo xtask docs`; do not edit.

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

# Offers what may follow the option $1; fails if nothing has to.
__provost_operand_supervisorctl() {
    case $1 in
        -c|--configuration|-r|--history_file) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        -s|--serverurl|-u|--username|-p|--password) : ;;
        *) return 1 ;;
    esac
}

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
            -c|--configuration|-s|--serverurl|-u|--username|-p|--password|-r|--history_file) ((at += 2)) ;;
            -*) ((at += 1)) ;;
            *) command=${words[at]}; break ;;
        esac
    done
    if [[ -z $command ]]; then
        __provost_operand_supervisorctl "$prev" && return
        if [[ $cur == -* ]]; then __provost_offer -c --configuration -h --help -i --interactive -s --serverurl -u --username -p --password -r --history_file --json; else __provost_offer add avail clear exit fg help maintail open pid quit reload remove reread restart shutdown signal start status stop tail update version; fi
        return
    fi
    # The same program with the same options, so that it is the same daemon.
    local program=("${words[@]:0:at}")
    program[0]=$(type -P -- "${words[0]}") || program[0]=supervisorctl
    case $command in
        maintail) __provost_offer -f ;;
        status) __provost_offer -l --long --watch ;;
        tail) __provost_offer -f -n --grep --both --stderr ;;
        update) __provost_offer --dry-run ;;
        signal) if ((${#words[@]} == at + 2)); then __provost_offer HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH POLL PWR SYS RTMIN RTMAX; return; fi ;;
    esac
    case $command in
        clear|pid|restart|start|status|stop|signal) __provost_offer all ;;
    esac
    case $command in
        add|remove|update)
            mapfile -t names < <(__supervisorctl_names groups "${program[@]}")
            __provost_offer "${names[@]}"
            ;;
        clear|fg|pid|restart|signal|start|status|stop|tail)
            mapfile -t names < <(__supervisorctl_names processes "${program[@]}")
            __provost_offer "${names[@]}"
            ;;
        help) __provost_offer add avail clear exit fg help maintail open pid quit reload remove reread restart shutdown signal start status stop tail update version ;;
    esac
}

complete -F _supervisorctl supervisorctl

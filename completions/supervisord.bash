# bash completion for supervisord. Generated from the tables in the code by `cargo xtask docs`; do not edit.

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

_supervisord() {
    local cur prev words
    __provost_words
    __provost_operand_supervisord "$prev" && return
    __provost_offer -c --configuration -n --nodaemon -s --silent -h --help -v --version -u --user -m --umask -d --directory -l --logfile -y --logfile_maxbytes -z --logfile_backups -e --loglevel -j --pidfile -i --identifier -q --childlogdir -k --nocleanup -a --minfds -t --strip_ansi --minprocs --profile_options --check --dump-config --json --show-secrets --demo --hash-password
}

# Offers what may follow the option $1; fails if nothing has to.
__provost_operand_supervisord() {
    case $1 in
        -c|--configuration|-l|--logfile|-j|--pidfile) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        -d|--directory|-q|--childlogdir) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
        -u|--user) mapfile -t COMPREPLY < <(compgen -u -- "$cur") ;;
        -m|--umask|-y|--logfile_maxbytes|-z|--logfile_backups|-e|--loglevel|-i|--identifier|-a|--minfds|--minprocs|--profile_options) : ;;
        *) return 1 ;;
    esac
}

complete -F _supervisord supervisord

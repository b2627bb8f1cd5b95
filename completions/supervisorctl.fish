# fish completion for supervisorctl. Generated from the tables in the code by `cargo xtask docs`; do not edit.

# Prints the words before the cursor up to and including the command; fails if there is none yet.
function __supervisorctl_head
    set -l words (commandline -opc)
    set -l at 2
    while test $at -le (count $words)
        if contains -- $words[$at] -c --configuration -s --serverurl -u --username -p --password -r --history_file
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
    printf '%s\n' add avail clear exit fg help maintail open pid quit reload remove reread restart shutdown signal start status stop tail update version
end

# A signal stands before the names of those it goes to.
function __supervisorctl_wants_signal
    set -l head (__supervisorctl_head); or return 1
    contains -- $head[-1] signal; and test (count $head) -eq (count (commandline -opc))
end

function __supervisorctl_signals
    __supervisorctl_wants_signal; and printf '%s\n' (string split ' ' 'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH POLL PWR SYS RTMIN RTMAX')
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
complete -c supervisorctl -n __supervisorctl_wants_command -s c -l configuration -r -F -d 'read the configuration from FILENAME instead of searching for it'
complete -c supervisorctl -n __supervisorctl_wants_command -s h -l help -d 'print this help and exit'
complete -c supervisorctl -n __supervisorctl_wants_command -s i -l interactive -d 'let actions ask questions, and start the prompt if none is given'
complete -c supervisorctl -n __supervisorctl_wants_command -s s -l serverurl -x -d 'where supervisord listens: unix:///path or http://host:port (default http://localhost:9001)'
complete -c supervisorctl -n __supervisorctl_wants_command -s u -l username -x -d 'user name for supervisord'
complete -c supervisorctl -n __supervisorctl_wants_command -s p -l password -x -d 'password for supervisord; other users can see it in the process list'
complete -c supervisorctl -n __supervisorctl_wants_command -s r -l history_file -r -F -d 'keep the history of the prompt in FILENAME'
complete -c supervisorctl -n __supervisorctl_wants_command -l json -d 'print one JSON object for each command; docs/json.md tells its members'
complete -c supervisorctl -n __supervisorctl_wants_command -a add -d 'Make configured groups active'
complete -c supervisorctl -n __supervisorctl_wants_command -a avail -d 'List every configured process, active or not'
complete -c supervisorctl -n __supervisorctl_wants_command -a clear -d 'Empty the log files of a process'
complete -c supervisorctl -n __supervisorctl_wants_command -a exit -d 'Leave the prompt'
complete -c supervisorctl -n __supervisorctl_wants_command -a fg -d 'Talk to a process as if it ran in this terminal; Ctrl-C to leave it'
complete -c supervisorctl -n __supervisorctl_wants_command -a help -d 'List the commands'
complete -c supervisorctl -n __supervisorctl_wants_command -a maintail -d 'Print the last 1600 bytes of the daemon\'s own log'
complete -c supervisorctl -n __supervisorctl_wants_command -a open -d 'Turn to another daemon: http://HOST:PORT or unix:///PATH'
complete -c supervisorctl -n __supervisorctl_wants_command -a pid -d 'Print the pid of the daemon'
complete -c supervisorctl -n __supervisorctl_wants_command -a quit -d 'Leave the prompt'
complete -c supervisorctl -n __supervisorctl_wants_command -a reload -d 'Stop every process and let the daemon start over with its files read anew'
complete -c supervisorctl -n __supervisorctl_wants_command -a remove -d 'Drop stopped groups from the active configuration'
complete -c supervisorctl -n __supervisorctl_wants_command -a reread -d 'Let the daemon read its files and tell what `update` would change'
complete -c supervisorctl -n __supervisorctl_wants_command -a restart -d 'Stop a process and start it again, as configured when it was added'
complete -c supervisorctl -n __supervisorctl_wants_command -a shutdown -d 'Stop every process and end the daemon'
complete -c supervisorctl -n __supervisorctl_wants_command -a signal -d 'Send a signal to a process'
complete -c supervisorctl -n __supervisorctl_wants_command -a start -d 'Start a process and wait until it runs'
complete -c supervisorctl -n __supervisorctl_wants_command -a status -d 'Show the states of all processes'
complete -c supervisorctl -n __supervisorctl_wants_command -a stop -d 'Stop a process and wait until it has ended'
complete -c supervisorctl -n __supervisorctl_wants_command -a tail -d 'Print the end of a process\'s log (default stdout)'
complete -c supervisorctl -n __supervisorctl_wants_command -a update -d 'Let the daemon read its files; add, remove and restart what changed'
complete -c supervisorctl -n __supervisorctl_wants_command -a version -d 'Print the version of the daemon'
complete -c supervisorctl -n '__supervisorctl_has_command maintail' -s f -d 'Follow the daemon\'s own log; Ctrl-C to leave it'
complete -c supervisorctl -n '__supervisorctl_has_command status' -s l -d 'Show restarts, the last exit, failures, memory and processor time as well'
complete -c supervisorctl -n '__supervisorctl_has_command status' -l long -d 'Show restarts, the last exit, failures, memory and processor time as well'
complete -c supervisorctl -n '__supervisorctl_has_command status' -l watch -d 'Show it anew every two seconds, or as often as said; Ctrl-C to leave it'
complete -c supervisorctl -n '__supervisorctl_has_command tail' -s f -d 'Print the end of a process\'s log (default stdout)'
complete -c supervisorctl -n '__supervisorctl_has_command tail' -s n -d 'Print, or with -f begin with, the last 20 lines'
complete -c supervisorctl -n '__supervisorctl_has_command tail' -l grep -d 'Show only lines in which the regular expression is found'
complete -c supervisorctl -n '__supervisorctl_has_command tail' -l both -d 'Show stdout and stderr'
complete -c supervisorctl -n '__supervisorctl_has_command tail' -l stderr -d 'Show stderr only'
complete -c supervisorctl -n '__supervisorctl_has_command update' -l dry-run -d 'Say what would be added, removed and restarted, and why; change nothing'
complete -c supervisorctl -n '__supervisorctl_has_command add remove update' -a '(__supervisorctl_names groups)'
complete -c supervisorctl -n '__supervisorctl_has_command clear fg pid restart signal start status stop tail' -a '(__supervisorctl_names processes)'
complete -c supervisorctl -n '__supervisorctl_has_command clear pid restart start status stop signal' -a '(__supervisorctl_all)'
complete -c supervisorctl -n '__supervisorctl_has_command signal' -a '(__supervisorctl_signals)'
complete -c supervisorctl -n '__supervisorctl_has_command help' -a '(__supervisorctl_commands)'

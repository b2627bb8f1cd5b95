Starts that fail in the child: two lines on its standard error, and status 127.

  @ write nointerpreter
  | #!/no/such/interpreter
  @ executable nointerpreter
  @ write noformat
  | echo "no first line that names an interpreter"
  @ executable noformat
  @ config
  | [program:directory]
  | command=/bin/cat
  | directory=/no/such/directory
  | autostart=false
  | startsecs=5
  | startretries=0
  | stdout_logfile=%(here)s/directory.out
  | stderr_logfile=%(here)s/directory.err
  | [program:file]
  | command=/bin/cat
  | directory=/etc/passwd
  | autostart=false
  | startsecs=5
  | startretries=0
  | redirect_stderr=true
  | stdout_logfile=%(here)s/file.out
  | [program:interpreter]
  | command=%(here)s/nointerpreter with arguments
  | autostart=false
  | startsecs=5
  | startretries=0
  | stderr_logfile=%(here)s/interpreter.err
  | [program:format]
  | command=%(here)s/noformat
  | autostart=false
  | startsecs=5
  | startretries=0
  | stderr_logfile=%(here)s/format.err
  | [program:lasting]
  | command=/bin/cat
  | directory=/no/such/directory
  | autostart=false
  | startsecs=0
  | autorestart=false
  | exitcodes=127
  @ start
  @ skip-log
  > supervisor.startProcess('directory')
  fault 50 SPAWN_ERROR: directory
  @ wait directory FATAL
  @ log
  TIME INFO spawned: 'directory' with pid PID
  TIME WARN exited: directory (exit status 127; not expected)
  TIME INFO gave up: directory entered FATAL state, too many start retries too quickly
  @ file directory.out
  @ file directory.err
  supervisor: couldn't chdir to /no/such/directory: ENOENT
  supervisor: child process was not spawned
  > [supervisor.getProcessInfo('directory')[key] for key in ('exitstatus', 'spawnerr')]
  [0, 'Exited too quickly (process log may have details)']
  > supervisor.startProcess('file')
  fault 50 SPAWN_ERROR: file
  @ wait file FATAL
  @ file file.out
  supervisor: couldn't chdir to /etc/passwd: ENOTDIR
  supervisor: child process was not spawned
  > supervisor.startProcess('interpreter')
  fault 50 SPAWN_ERROR: interpreter
  @ wait interpreter FATAL
  @ file interpreter.err
  supervisor: couldn't exec $DIR/nointerpreter: ENOENT
  supervisor: child process was not spawned
  > supervisor.startProcess('format')
  fault 50 SPAWN_ERROR: format
  @ wait format FATAL
  @ file format.err
  supervisor: couldn't exec $DIR/noformat: ENOEXEC
  supervisor: child process was not spawned
  @ skip-log

Without `startsecs` it is an exit like any other.

  > supervisor.startProcess('lasting', False)
  True
  @ wait lasting EXITED
  @ log without success: lasting
  TIME INFO spawned: 'lasting' with pid PID
  TIME INFO exited: lasting (exit status 127; expected)

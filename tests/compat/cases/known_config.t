Differences that are wanted: configurations. Each is listed in docs/quirks.md.

What the reference accepts and ours refuses.

  @ refuse
  | [program:x]
  | command=/bin/cat
  | stopsignal=0
  (not refused)
  ~ daemon: a stop that sends nothing would wait for SIGKILL
  2| Error: value '0' is not a valid signal number in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | stopsignal=SIG_IGN
  (not refused)
  ~ daemon: a stop that sends nothing would wait for SIGKILL
  2| Error: value 'SIG_IGN' is not a valid signal name in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/echo %s
  (not refused)
  ~ daemon: the reference prints all names and values into the command
  2| Error: Format string '/bin/echo %s' for 'program:x.command' is badly formatted: format requires a mapping key, as in %(name)s; write %% for a percent sign in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [inet_http_server]
  | port=127.0.0.1:$PORT1
  | username=
  | password=secret
  (not refused)
  ~ daemon: the reference serves without any password
  2| Error: Section [inet_http_server] contains incomplete authentication: If a username or a password is specified, both the username and password must be specified
  [2]

What is refused in other words.

  @ refuse
  | [fcgi-program:f]
  | command=/bin/cat
  | socket=foo
  2| Error: ('Bad socket format %s', 'foo') in [fcgi-program:f] socket
  [2]
  ~ daemon: the reference prints a Python tuple
  2| Error: Bad socket format foo in [fcgi-program:f] socket
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | stdout_logfile=%(here)s/50%%.log
  | autostart=false
  2| Error: Format string '$DIR/50%.log' for 'stdout_logfile' is badly formatted: %o format: an integer is required, not dict in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  ~ daemon: names of log files are expanded once
  (not refused)

What a reread notices.

  @ config
  | [include]
  | files = *.ini
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | stdout_logfile=%(here)s/x.log
  @ start
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  $ reread
  No config updates to processes
  ~ daemon: update must act on every edit
  x: changed

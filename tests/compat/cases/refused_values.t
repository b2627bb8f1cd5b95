Values that are refused: the first line of the complaint, and exit code 2. Two that look wrong are accepted.

The daemon's own section.

  @ refuse
  | [supervisord]
  | loglevel=loud
  2| Error: bad logging level name 'loud'
  [2]
  @ refuse
  | [supervisord]
  | loglevel=warning
  2| Error: bad logging level name 'warning'
  [2]
  @ refuse
  | [supervisord]
  | logfile_maxbytes=5xb
  2| Error: invalid literal for int() with base 10: '5xb'
  [2]
  @ refuse
  | [supervisord]
  | logfile_maxbytes=1.5
  2| Error: invalid literal for int() with base 10: '1.5'
  [2]
  @ refuse
  | [supervisord]
  | logfile_backups=many
  2| Error: invalid literal for int() with base 10: 'many'
  [2]
  @ refuse
  | [supervisord]
  | logfile=/no/such/folder/x.log
  2| Error: The directory named as part of the path /no/such/folder/x.log does not exist
  [2]
  @ refuse
  | [supervisord]
  | pidfile=/no/such/folder/x.pid
  2| Error: The directory named as part of the path /no/such/folder/x.pid does not exist
  [2]
  @ refuse
  | [supervisord]
  | umask=9
  2| Error: 9 can not be converted to an octal type
  [2]
  @ refuse
  | [supervisord]
  | umask=x
  2| Error: x can not be converted to an octal type
  [2]
  @ refuse
  | [supervisord]
  | nodaemon=maybe
  2| Error: not a valid boolean value: 'maybe'
  [2]
  @ refuse
  | [supervisord]
  | silent=2
  2| Error: not a valid boolean value: '2'
  [2]
  @ refuse
  | [supervisord]
  | minfds=x
  2| Error: invalid literal for int() with base 10: 'x'
  [2]
  @ refuse
  | [supervisord]
  | minfds=
  2| Error: invalid literal for int() with base 10: ''
  [2]
  @ refuse
  | [supervisord]
  | minprocs=1e3
  2| Error: invalid literal for int() with base 10: '1e3'
  [2]
  @ refuse
  | [supervisord]
  | nocleanup=
  2| Error: not a valid boolean value: ''
  [2]
  @ refuse
  | [supervisord]
  | strip_ansi=ja
  2| Error: not a valid boolean value: 'ja'
  [2]
  @ refuse
  | [supervisord]
  | childlogdir=/no/such/folder
  2| Error: /no/such/folder is not an existing directory
  [2]
  @ refuse
  | [supervisord]
  | directory=/etc/passwd
  2| Error: /etc/passwd is not an existing directory
  [2]
  @ refuse
  | [supervisord]
  | user=nosuchuser
  2| Error: Invalid user name nosuchuser
  [2]
  @ refuse
  | [supervisord]
  | user=99999999999
  2| Error: Invalid user id 99999999999
  [2]
  @ refuse
  | [supervisord]
  | environment=A
  2| Error: Unexpected end of key/value pairs in value 'A'
  [2]
  @ refuse
  | [supervisord]
  | environment=A=
  2| Error: Unexpected end of key/value pairs in value 'A='
  [2]
  @ refuse
  | [supervisord]
  | environment=A=b C
  (not refused)
  @ refuse
  | [supervisord]
  | environment=A="b
  2| Error: No closing quotation
  [2]
  @ refuse
  | [supervisord]
  | environment==b
  2| Error: Unexpected end of key/value pairs in value '=b'
  [2]
  @ refuse
  | [supervisord]
  | logfile=%(nosuch)s
  2| Error: Format string '%(nosuch)s' for 'supervisord.logfile' contains names ('nosuch') which cannot be expanded. Available names: ENV_HOME, ENV_LC_ALL, ENV_PATH, ENV_PROVOST_TEST_WORLD, ENV_TERM, ENV_TZ, here
  [2]
  @ refuse
  | [supervisord]
  | logfile=%(ENV_NOSUCH)s
  2| Error: Format string '%(ENV_NOSUCH)s' for 'supervisord.logfile' contains names ('ENV_NOSUCH') which cannot be expanded. Available names: ENV_HOME, ENV_LC_ALL, ENV_PATH, ENV_PROVOST_TEST_WORLD, ENV_TERM, ENV_TZ, here
  [2]
  @ refuse
  | [supervisord]
  | identifier=%(here
  2| Error: Format string '%(here' for 'supervisord.identifier' is badly formatted: incomplete format key
  [2]
  @ refuse
  | [supervisord]
  | identifier=%y
  2| Error: Format string '%y' for 'supervisord.identifier' is badly formatted: unsupported format character 'y' (0x79) at index 1
  [2]
  @ refuse
  | [supervisord]
  | identifier=%(here)d
  2| Error: Format string '%(here)d' for 'supervisord.identifier' is badly formatted: %d format: a real number is required, not str
  [2]
  @ refuse
  | [supervisord]
  | environment=A="%(nosuch)s"
  2| Error: Format string 'A="%(nosuch)s"' for 'supervisord.environment' contains names ('nosuch') which cannot be expanded. Available names: ENV_HOME, ENV_LC_ALL, ENV_PATH, ENV_PROVOST_TEST_WORLD, ENV_TERM, ENV_TZ, here
  [2]
  ~ daemon: the environment is expanded once, as in 4.4, and knows the host's name
  2| Error: Format string 'A="%(nosuch)s"' for 'environment' contains names ('nosuch') which cannot be expanded. Available names: ENV_HOME, ENV_LC_ALL, ENV_PATH, ENV_PROVOST_TEST_WORLD, ENV_TERM, ENV_TZ, here, host_node_name
  [2]

Programs. The section and the file are named.

  @ refuse
  | [program:x]
  | command=/bin/cat
  | autostart=maybe
  2| Error: not a valid boolean value: 'maybe' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | autorestart=sometimes
  2| Error: invalid 'autorestart' value 'sometimes' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | startsecs=soon
  2| Error: invalid literal for int() with base 10: 'soon' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | startsecs=
  2| Error: invalid literal for int() with base 10: '' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | startsecs=0x10
  2| Error: invalid literal for int() with base 10: '0x10' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | startretries=x
  2| Error: invalid literal for int() with base 10: 'x' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | stopsignal=FOO
  2| Error: value 'FOO' is not a valid signal name in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | stopsignal=99
  2| Error: value '99' is not a valid signal number in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | stopsignal=35
  2| Error: value '35' is not a valid signal number in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | stopwaitsecs=1.5
  2| Error: invalid literal for int() with base 10: '1.5' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | exitcodes=0,x
  2| Error: not a valid list of exit codes: '0,x' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | exitcodes=256
  2| Error: not a valid list of exit codes: '256' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | exitcodes=-1
  2| Error: not a valid list of exit codes: '-1' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | killasgroup=false
  | stopasgroup=true
  2| Error: Cannot set stopasgroup=true and killasgroup=false in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | redirect_stderr=2
  2| Error: not a valid boolean value: '2' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | numprocs=x
  2| Error: invalid literal for int() with base 10: 'x' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | numprocs=2
  2| Error: %(process_num) must be present within process_name when numprocs > 1 in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | numprocs=2
  | process_name=%(program_name)s
  2| Error: %(process_num) must be present within process_name when numprocs > 1 in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | numprocs_start=x
  2| Error: invalid literal for int() with base 10: 'x' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | priority=high
  2| Error: invalid literal for int() with base 10: 'high'
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | umask=8
  2| Error: 8 can not be converted to an octal type in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | user=nosuchuser
  2| Error: Invalid user name nosuchuser in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | user=4000000000
  2| Error: Invalid user id 4000000000 in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | stdout_logfile=/no/such/folder/x
  2| Error: The directory named as part of the path /no/such/folder/x does not exist in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | stderr_logfile=/no/such/folder/x
  2| Error: The directory named as part of the path /no/such/folder/x does not exist in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | stdout_logfile_maxbytes=10K
  2| Error: invalid literal for int() with base 10: '10k' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | stderr_logfile_maxbytes=x
  2| Error: invalid literal for int() with base 10: 'x' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | stdout_logfile_backups=x
  2| Error: invalid literal for int() with base 10: 'x' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | stdout_capture_maxbytes=x
  2| Error: invalid literal for int() with base 10: 'x' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | stdout_events_enabled=x
  2| Error: not a valid boolean value: 'x' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | stderr_syslog=x
  2| Error: not a valid boolean value: 'x' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | environment=A
  2| Error: Unexpected end of key/value pairs in value 'A' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | environment=A=1;B
  2| Error: Unexpected end of key/value pairs in value 'A=1;B' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | process_name=a b
  2| Error: Invalid name: 'a b' because of character: ' ' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | process_name=a:b
  2| Error: Invalid name: 'a:b' because of character: ':' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | process_name=a/b
  2| Error: Invalid name: 'a/b' because of character: '/' in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | process_name=%(nosuch)s
  2| Error: Format string '%(nosuch)s' for 'process_name' contains names ('nosuch') which cannot be expanded. Available names: ENV_HOME, ENV_LC_ALL, ENV_PATH, ENV_PROVOST_TEST_WORLD, ENV_TERM, ENV_TZ, group_name, here, host_node_name, numprocs, process_num, program_name in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | directory=%(nosuch)s
  2| Error: Format string '%(nosuch)s' for 'program:x.directory' contains names ('nosuch') which cannot be expanded. Available names: ENV_HOME, ENV_LC_ALL, ENV_PATH, ENV_PROVOST_TEST_WORLD, ENV_TERM, ENV_TZ, group_name, here, host_node_name, numprocs, process_num, program_name in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | stdout_logfile=%(nosuch)s
  2| Error: Format string '%(nosuch)s' for 'program:x.stdout_logfile' contains names ('nosuch') which cannot be expanded. Available names: ENV_HOME, ENV_LC_ALL, ENV_PATH, ENV_PROVOST_TEST_WORLD, ENV_TERM, ENV_TZ, group_name, here, host_node_name, numprocs, process_num, program_name in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | environment=A="%(nosuch)s"
  2| Error: Format string 'A="%(nosuch)s"' for 'environment' contains names ('nosuch') which cannot be expanded. Available names: ENV_HOME, ENV_LC_ALL, ENV_PATH, ENV_PROVOST_TEST_WORLD, ENV_TERM, ENV_TZ, group_name, here, host_node_name, numprocs, process_num, program_name in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | priority=%(program_name)s
  2| Error: Format string '%(program_name)s' for 'program:x.priority' contains names ('program_name') which cannot be expanded. Available names: ENV_HOME, ENV_LC_ALL, ENV_PATH, ENV_PROVOST_TEST_WORLD, ENV_TERM, ENV_TZ, here
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | serverurl=%(nosuch)s
  2| Error: Format string '%(nosuch)s' for 'program:x.serverurl' contains names ('nosuch') which cannot be expanded. Available names: ENV_HOME, ENV_LC_ALL, ENV_PATH, ENV_PROVOST_TEST_WORLD, ENV_TERM, ENV_TZ, group_name, here, host_node_name, program_name in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  2| Error: program section program:x does not specify a command in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | autostart=true
  2| Error: program section program:x does not specify a command in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:a b]
  | command=/bin/cat
  2| Error: Invalid name: 'a b' because of character: ' '
  [2]
  @ refuse
  | [program:a:b]
  | command=/bin/cat
  2| Error: Invalid name: 'a:b' because of character: ':'
  [2]
  @ refuse
  | [program:a/b]
  | command=/bin/cat
  2| Error: Invalid name: 'a/b' because of character: '/'
  [2]
  @ refuse
  | [program:x]
  | command=%(nosuch)s
  2| Error: Format string '%(nosuch)s' for 'program:x.command' contains names ('nosuch') which cannot be expanded. Available names: ENV_HOME, ENV_LC_ALL, ENV_PATH, ENV_PROVOST_TEST_WORLD, ENV_TERM, ENV_TZ, group_name, here, host_node_name, numprocs, process_num, program_name in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=echo %
  2| Error: Format string 'echo %' for 'program:x.command' is badly formatted: incomplete format in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=date +%y
  2| Error: Format string 'date +%y' for 'program:x.command' is badly formatted: unsupported format character 'y' (0x79) at index 7 in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=echo %(process_num)
  2| Error: Format string 'echo %(process_num)' for 'program:x.command' is badly formatted: incomplete format in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=echo 50% of
  2| Error: Format string 'echo 50% of' for 'program:x.command' is badly formatted: %o format: an integer is required, not dict in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=%(program_name)d
  2| Error: Format string '%(program_name)d' for 'program:x.command' is badly formatted: %d format: a real number is required, not str in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=%(ENV_NOSUCH)s
  2| Error: Format string '%(ENV_NOSUCH)s' for 'program:x.command' contains names ('ENV_NOSUCH') which cannot be expanded. Available names: ENV_HOME, ENV_LC_ALL, ENV_PATH, ENV_PROVOST_TEST_WORLD, ENV_TERM, ENV_TZ, group_name, here, host_node_name, numprocs, process_num, program_name in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]
  @ refuse
  | [program:x]
  | command=%*d
  2| Error: Format string '%*d' for 'program:x.command' is badly formatted: * wants int in section 'program:x' (file: '$DIR/supervisord.conf')
  [2]

Groups.

  @ refuse
  | [program:x]
  | command=/bin/cat
  | [group:g]
  | programs=nosuch
  2| Error: [group:g] names unknown program or fcgi-program nosuch
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | [group:g]
  (not refused)
  @ refuse
  | [program:x]
  | command=/bin/cat
  | [group:g]
  | programs=x
  | priority=high
  2| Error: invalid literal for int() with base 10: 'high'
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | [group:a b]
  | programs=x
  2| Error: Invalid name: 'a b' because of character: ' '
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | [group:g]
  | programs=%(nosuch)s
  2| Error: Format string '%(nosuch)s' for 'group:g.programs' contains names ('nosuch') which cannot be expanded. Available names: ENV_HOME, ENV_LC_ALL, ENV_PATH, ENV_PROVOST_TEST_WORLD, ENV_TERM, ENV_TZ, here
  [2]
  @ refuse
  | [program:x]
  | command=/bin/cat
  | [group:g]
  | programs=x,
  2| Error: [program:x] names unknown program or fcgi-program ␤
  [2]
  ~ daemon: the reference names the section of the program before it in the list
  2| Error: [group:g] names unknown program or fcgi-program ␤
  [2]

Event listeners.

  @ refuse
  | [eventlistener:e]
  | command=/bin/cat
  2| Error: [eventlistener:e] section requires an "events" line
  [2]
  @ refuse
  | [eventlistener:e]
  | command=/bin/cat
  | events=
  2| Error: [eventlistener:e] section requires an "events" line
  [2]
  @ refuse
  | [eventlistener:e]
  | command=/bin/cat
  | events=NOSUCH
  2| Error: Unknown event type NOSUCH in [eventlistener:e] events
  [2]
  @ refuse
  | [eventlistener:e]
  | command=/bin/cat
  | events=tick_5,
  2| Error: Unknown event type  in [eventlistener:e] events
  [2]
  @ refuse
  | [eventlistener:e]
  | command=/bin/cat
  | events=TICK_5
  | buffer_size=0
  2| Error: [eventlistener:e] section sets invalid buffer_size (0)
  [2]
  @ refuse
  | [eventlistener:e]
  | command=/bin/cat
  | events=TICK_5
  | buffer_size=x
  2| Error: invalid literal for int() with base 10: 'x'
  [2]
  @ refuse
  | [eventlistener:e]
  | command=/bin/cat
  | events=TICK_5
  | redirect_stderr=true
  2| Error: [eventlistener:e] section sets redirect_stderr=true but this is not allowed because it will interfere with the eventlistener protocol
  [2]
  @ refuse
  | [eventlistener:e]
  | command=/bin/cat
  | events=TICK_5
  | priority=x
  2| Error: invalid literal for int() with base 10: 'x'
  [2]
  @ refuse
  | [eventlistener:e]
  | command=/bin/cat
  | events=TICK_5
  | stdout_logfile=/no/such/folder/x
  2| Error: The directory named as part of the path /no/such/folder/x does not exist in section 'eventlistener:e' (file: '$DIR/supervisord.conf')
  [2]

FastCGI programs.

  @ refuse
  | [fcgi-program:f]
  | command=/bin/cat
  2| Error: [fcgi-program:f] section requires a "socket" line
  [2]
  @ refuse
  | [fcgi-program:f]
  | command=/bin/cat
  | socket=tcp://localhost:99999
  2| Error: 99999 is above upper bound (65535) in [fcgi-program:f] socket
  [2]
  @ refuse
  | [fcgi-program:f]
  | command=/bin/cat
  | socket=unix:///tmp/x.sock
  | socket_mode=9
  2| Error: Invalid socket_mode value 9
  [2]
  @ refuse
  | [fcgi-program:f]
  | command=/bin/cat
  | socket=unix:///tmp/x.sock
  | socket_owner=nosuchuser
  2| Error: Invalid socket_owner value nosuchuser
  [2]
  @ refuse
  | [fcgi-program:f]
  | command=/bin/cat
  | socket=tcp://localhost:9000
  | socket_mode=0700
  2| Error: socket_owner and socket_mode params should only be used with a Unix domain socket in [fcgi-program:f] socket
  [2]
  @ refuse
  | [fcgi-program:f]
  | command=/bin/cat
  | socket=unix:///tmp/x.sock
  | socket_backlog=0
  2| Error: Invalid socket_backlog value 0
  [2]

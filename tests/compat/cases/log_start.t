Messages of the start: warnings first, then what was read, then the servers.

  @ write supervisord.conf
  | [unix_http_server]
  | file=%(here)s/supervisor.sock
  | [inet_http_server]
  | port=127.0.0.1:$PORT1
  | [supervisord]
  | logfile=%(here)s/supervisord.log
  | pidfile=%(here)s/supervisord.pid
  | childlogdir=%(here)s
  | user=$UID
  | [rpcinterface:supervisor]
  | supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
  | [include]
  | files = d/*.ini nothing/*.ini
  @ write d/b.ini
  | [program:b]
  | command=/bin/cat
  | autostart=false
  | redirect_stderr=true
  | stderr_logfile=%(here)s/b.err
  @ write d/a.ini
  | [program:a]
  | command=/bin/cat
  | autostart=false
  | stdout_logfile_maxbytes=0
  | stderr_logfile=syslog
  @ start
  @ log
  TIME WARN No file matches via include "$DIR/nothing/*.ini"
  TIME WARN For [program:a], AUTO logging used for stdout_logfile without rollover, set maxbytes > 0 to avoid filling up filesystem unintentionally
  TIME WARN For [program:a], stderr_logfile=syslog but this is deprecated and will be removed.  Use stderr_syslog=true to enable syslog instead.
  TIME WARN For [program:b], redirect_stderr=true but stderr_logfile has also been set to a filename, the filename has been ignored
  TIME INFO Included extra file "$DIR/d/a.ini" during parsing
  TIME INFO Included extra file "$DIR/d/b.ini" during parsing
  TIME INFO Set uid to user UID succeeded
  TIME INFO RPC interface 'supervisor' initialized
  TIME CRIT Server 'inet_http_server' running without any HTTP authentication checking
  TIME INFO RPC interface 'supervisor' initialized
  TIME CRIT Server 'unix_http_server' running without any HTTP authentication checking
  TIME INFO supervisord started with pid PID
  @ file daemon.stdout
  TIME WARN No file matches via include "$DIR/nothing/*.ini"
  TIME WARN For [program:a], AUTO logging used for stdout_logfile without rollover, set maxbytes > 0 to avoid filling up filesystem unintentionally
  TIME WARN For [program:a], stderr_logfile=syslog but this is deprecated and will be removed.  Use stderr_syslog=true to enable syslog instead.
  TIME WARN For [program:b], redirect_stderr=true but stderr_logfile has also been set to a filename, the filename has been ignored
  TIME INFO Included extra file "$DIR/d/a.ini" during parsing
  TIME INFO Included extra file "$DIR/d/b.ini" during parsing
  TIME INFO Set uid to user UID succeeded
  TIME INFO RPC interface 'supervisor' initialized
  TIME CRIT Server 'inet_http_server' running without any HTTP authentication checking
  TIME INFO RPC interface 'supervisor' initialized
  TIME CRIT Server 'unix_http_server' running without any HTTP authentication checking
  TIME INFO supervisord started with pid PID
  @ signal QUIT
  @ gone
  [0]
  @ log
  TIME WARN received SIGQUIT indicating exit request

Differences that are wanted: a reread is about programs. What it says of the daemon itself waits for a reload.

  @ write supervisord.conf
  | [unix_http_server]
  | file=%(here)s/supervisor.sock
  | [supervisord]
  | logfile=%(here)s/supervisord.log
  | pidfile=%(here)s/supervisord.pid
  | childlogdir=%(here)s
  | identifier=before
  | [rpcinterface:supervisor]
  | supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
  | [supervisorctl]
  | serverurl=unix://%(here)s/supervisor.sock
  | [include]
  | files=*.ini
  @ write a.ini
  | [program:cat]
  | command=/bin/cat
  | startsecs=0
  | autostart=false
  @ start
  @ write supervisord.conf
  | [unix_http_server]
  | file=%(here)s/supervisor.sock
  | [supervisord]
  | logfile=%(here)s/elsewhere.log
  | pidfile=%(here)s/elsewhere.pid
  | childlogdir=%(here)s
  | identifier=after
  | [rpcinterface:supervisor]
  | supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
  | [supervisorctl]
  | serverurl=unix://%(here)s/supervisor.sock
  | [include]
  | files=*.ini none/*.ini
  @ skip-log
  $ reread
  No config updates to processes
  > supervisor.getIdentification()
  'after'
  ~ daemon: the name that clients know does not change under them
  'before'
  > len(supervisor.readLog(0, 4))
  fault 20 NO_FILE: $DIR/elsewhere.log
  ~ daemon: the log is still where it was
  4
  @ log
  ~ daemon: what was found while reading is told
  TIME WARN No file matches via include "$DIR/none/*.ini"
  TIME INFO Included extra file "$DIR/a.ini" during parsing
  @ signal TERM
  @ gone
  [0]
  @ file supervisord.pid
  PID
  ~ daemon: the pid file is the one that was written, and it is removed

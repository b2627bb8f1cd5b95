A reload by SIGHUP: what the file says now holds, and what the command line said still does.

  @ write supervisord.conf
  | [unix_http_server]
  | file=%(here)s/supervisor.sock
  | [supervisord]
  | logfile=%(here)s/supervisord.log
  | pidfile=%(here)s/supervisord.pid
  | childlogdir=%(here)s
  | identifier=file
  | [rpcinterface:supervisor]
  | supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
  | [supervisorctl]
  | serverurl=unix://%(here)s/supervisor.sock
  | [program:keep]
  | command=/bin/cat
  | startsecs=0
  | [program:drop]
  | priority=998
  | command=/bin/cat
  | startsecs=0
  @ start -i line -e info
  @ wait keep RUNNING
  @ wait drop RUNNING
  > supervisor.getIdentification()
  'line'
  @ write supervisord.conf
  | [unix_http_server]
  | file=%(here)s/supervisor.sock
  | [supervisord]
  | logfile=%(here)s/supervisord.log
  | pidfile=%(here)s/supervisord.pid
  | childlogdir=%(here)s
  | identifier=other
  | loglevel=critical
  | [rpcinterface:supervisor]
  | supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
  | [supervisorctl]
  | serverurl=unix://%(here)s/supervisor.sock
  | [program:keep]
  | command=/bin/cat -u
  | startsecs=0
  | [program:new]
  | command=/bin/cat
  | startsecs=0
  @ wait-log success: keep
  @ skip-log
  @ signal HUP
  @ wait-log spawned: 'new'
  @ log without success:
  TIME WARN received SIGHUP indicating restart request
  TIME INFO waiting for drop, keep to die
  TIME WARN stopped: keep (terminated by SIGTERM)
  TIME WARN stopped: drop (terminated by SIGTERM)
  TIME INFO RPC interface 'supervisor' initialized
  TIME CRIT Server 'unix_http_server' running without any HTTP authentication checking
  TIME INFO supervisord started with pid PID
  TIME INFO spawned: 'keep' with pid PID
  TIME INFO spawned: 'new' with pid PID
  @ wait keep RUNNING
  @ wait new RUNNING
  > supervisor.getIdentification()
  'line'
  > [(c['name'], c['command'], c['inuse']) for c in supervisor.getAllConfigInfo()]
  [('keep', '/bin/cat -u', True), ('new', '/bin/cat', True)]
  $ status
  keep                             RUNNING   pid PID, uptime UPTIME
  new                              RUNNING   pid PID, uptime UPTIME
  $ reread
  No config updates to processes

And this one ends it.

  @ skip-log
  @ signal TERM
  @ gone
  [0]
  @ log without stopped:
  TIME WARN received SIGTERM indicating exit request
  TIME INFO waiting for keep, new to die

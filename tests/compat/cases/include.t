A configuration in several files: the main file first, then the others in the order of their names.

  @ write supervisord.conf
  | [include]
  | files = d/*.ini e/x?.ini
  | [unix_http_server]
  | file=%(here)s/supervisor.sock
  | [supervisord]
  | logfile=%(here)s/supervisord.log
  | pidfile=%(here)s/supervisord.pid
  | childlogdir=%(here)s
  | environment=PLACE="daemon"
  | [rpcinterface:supervisor]
  | supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
  | [supervisorctl]
  | serverurl=unix://%(here)s/supervisor.sock
  | [program:main]
  | command=/bin/echo main %(here)s
  | autostart=false
  @ write d/b.ini
  | [program:b]
  | command=/bin/echo b %(here)s %(ENV_PLACE)s
  | autostart=false
  | [program:main]
  | priority=5
  | command=/bin/echo changed by b
  @ write d/a.ini
  | [program:a]
  | COMMAND = /bin/echo "quoted ; not a comment"
  | autostart : false
  | [program:main]
  | startsecs=9
  | [include]
  | files=*.nested
  @ write d/c.txt
  | [program:c]
  | command=/bin/true
  @ write d/.hidden.ini
  | [program:hidden]
  | command=/bin/true
  @ write d/z.nested
  | [program:nested]
  | command=/bin/true
  @ write e/x1.ini
  | [program:x]
  | command=/bin/echo
  |     one
  |   ; a comment inside
  |     two
  | autostart=false
  | ; redirect_stderr=true
  | # startsecs=7
  | [program:x]
  | startretries=1
  | startretries=2
  @ write e/x12.ini
  | [program:x12]
  | command=/bin/true
  @ start
  > [(c['name'], c['command'], c['process_prio'], c['startsecs'], c['startretries'], c['redirect_stderr']) for c in supervisor.getAllConfigInfo()]
  [('a', '/bin/echo "quoted', 999, 1, 3, False), ('b', '/bin/echo b $DIR/d daemon', 999, 1, 3, False), ('main', '/bin/echo changed by b', 5, 9, 3, False), ('x', '/bin/echo\none\ntwo', 999, 1, 2, False)]
  $ avail
  a                                in use    manual    999:999
  b                                in use    manual    999:999
  main                             in use    manual    5:5
  x                                in use    manual    999:999

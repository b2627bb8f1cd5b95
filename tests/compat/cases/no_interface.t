A daemon without the main RPC interface answers, but not to the client.

  @ write supervisord.conf
  | [unix_http_server]
  | file=%(here)s/supervisor.sock
  | [supervisord]
  | logfile=%(here)s/supervisord.log
  | pidfile=%(here)s/supervisord.pid
  | childlogdir=%(here)s
  | [supervisorctl]
  | serverurl=unix://%(here)s/supervisor.sock
  | [program:cat]
  | command=/bin/cat
  @ start
  $ status
  Sorry, supervisord responded but did not recognize the supervisor namespace commands that supervisorctl uses to control it.  Please check that the [rpcinterface:supervisor] section is enabled in the configuration file (see sample.conf).
  [4]
  $ status cat
  Sorry, supervisord responded but did not recognize the supervisor namespace commands that supervisorctl uses to control it.  Please check that the [rpcinterface:supervisor] section is enabled in the configuration file (see sample.conf).
  [4]
  $ start cat
  Sorry, supervisord responded but did not recognize the supervisor namespace commands that supervisorctl uses to control it.  Please check that the [rpcinterface:supervisor] section is enabled in the configuration file (see sample.conf).
  [3]
  $ pid
  Sorry, supervisord responded but did not recognize the supervisor namespace commands that supervisorctl uses to control it.  Please check that the [rpcinterface:supervisor] section is enabled in the configuration file (see sample.conf).
  [3]
  $ tail cat
  Sorry, supervisord responded but did not recognize the supervisor namespace commands that supervisorctl uses to control it.  Please check that the [rpcinterface:supervisor] section is enabled in the configuration file (see sample.conf).
  [3]
  $ avail
  error: <Fault 1: 'UNKNOWN_METHOD'>
  [1]
  $ reread
  error: <Fault 1: 'UNKNOWN_METHOD'>
  [1]
  $ update
  error: <Fault 1: 'UNKNOWN_METHOD'>
  [1]
  $ shutdown
  error: <Fault 1: 'UNKNOWN_METHOD'>
  [1]
  > system.listMethods()
  ['system.listMethods', 'system.methodHelp', 'system.methodSignature', 'system.multicall']
  > supervisor.getState()
  fault 1 UNKNOWN_METHOD

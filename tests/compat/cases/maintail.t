The activity log from afar.

  @ config
  | [program:idle]
  | command=/bin/cat
  | autostart=false
  @ start
  @ wait-log supervisord started
  $ maintail
  TIME INFO RPC interface 'supervisor' initialized
  TIME CRIT Server 'unix_http_server' running without any HTTP authentication checking
  TIME INFO supervisord started with pid PID
  ␤
  $ maintail -1
  ␤
  ␤
  $ maintail -0
  TIME INFO RPC interface 'supervisor' initialized
  TIME CRIT Server 'unix_http_server' running without any HTTP authentication checking
  TIME INFO supervisord started with pid PID
  ␤
  $ maintail foo
  Error: bad argument foo
  [1]
  $ maintail -x
  Error: bad argument -x
  [1]
  $ maintail a b | head 1
  Error: too many arguments
  [1]
  @ follow started with pid : maintail -f
  ==> Press Ctrl-C to exit <==
  TIME INFO RPC interface 'supervisor' initialized
  TIME CRIT Server 'unix_http_server' running without any HTTP authentication checking
  TIME INFO supervisord started with pid PID
  ␤
  > supervisor.readLog(-5, 1)
  fault 3 BAD_ARGUMENTS
  > supervisor.readLog(0, -1)
  fault 3 BAD_ARGUMENTS
  > supervisor.readLog(100000, 0)
  ''
  > supervisor.clearLog()
  True
  > supervisor.readLog(0, 0)
  ''
  > supervisor.readMainLog(0, 0)
  ''
  $ maintail
  ␤

A log that somebody removed.

  @ remove supervisord.log
  > supervisor.readLog(0, 0)
  fault 20 NO_FILE: $DIR/supervisord.log
  > supervisor.clearLog()
  fault 20 NO_FILE
  $ maintail
  supervisord: ERROR (no log file)
  [1]
  $ maintail -f
  ==> Press Ctrl-C to exit <==
  2| unix://$DIR/supervisor.sock/mainlogtail Cannot read, status code 404
  ~ client: a refused stream is a failure
  ==> Press Ctrl-C to exit <==
  2| unix://$DIR/supervisor.sock/mainlogtail Cannot read, status code 404
  [1]

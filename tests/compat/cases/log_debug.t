What the log says at debug level.

  @ config
  | [supervisord]
  | loglevel=debug
  | [program:cat]
  | command=/bin/cat
  | autostart=false
  | startsecs=0
  | stdout_logfile=%(here)s/cat.out
  | [program:retrying]
  | command=/no/such/program
  | autostart=false
  | startretries=1000
  @ start
  @ log
  TIME INFO RPC interface 'supervisor' initialized
  TIME CRIT Server 'unix_http_server' running without any HTTP authentication checking
  TIME INFO supervisord started with pid PID
  ~ daemon: a section that stands twice in one file is pointed out
  TIME WARN [supervisord] stands twice in this file: its options are added to those of line 4; make one section of both, or give one of them another name ($DIR/supervisord.conf:15:1)
  TIME INFO RPC interface 'supervisor' initialized
  TIME CRIT Server 'unix_http_server' running without any HTTP authentication checking
  TIME INFO supervisord started with pid PID
  $ start cat
  cat: started
  > supervisor.sendProcessStdin('cat', 'hello\n')
  True
  @ wait-log hello
  @ log
  TIME INFO spawned: 'cat' with pid PID
  TIME INFO success: cat entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME DEBG 'cat' stdout output:
  hello
  ␤
  $ signal CONT cat
  cat: signalled
  @ log
  TIME DEBG sending cat (pid PID) sig SIGCONT
  $ stop cat
  cat: stopped
  @ log without to stop
  TIME DEBG killing cat (pid PID) with signal SIGTERM
  TIME WARN stopped: cat (terminated by SIGTERM)
  TIME DEBG received SIGCHLD indicating a child quit
  ~ daemon: the signal is logged when it arrives, not when its child has been dealt with
  TIME DEBG killing cat (pid PID) with signal SIGTERM
  TIME DEBG received SIGCHLD indicating a child quit
  TIME WARN stopped: cat (terminated by SIGTERM)
  > supervisor.startProcess('retrying', False)
  fault 20 NO_FILE: can't find command '/no/such/program'
  @ log

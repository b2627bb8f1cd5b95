Who stops when: groups one after another, the last in start order first; the processes of one together.

  @ config
  | [supervisord]
  | loglevel=debug
  | [group:many]
  | programs=first,second,third
  | priority=5
  | [program:first]
  | command=/bin/cat
  | priority=3
  | startsecs=0
  | [program:second]
  | command=/bin/cat
  | priority=1
  | startsecs=0
  | [program:third]
  | command=/bin/cat
  | priority=2
  | startsecs=0
  | [program:alpha]
  | command=/bin/cat
  | priority=9
  | startsecs=0
  | [program:beta]
  | command=/bin/cat
  | priority=9
  | startsecs=0
  | [program:idle]
  | command=/bin/cat
  | priority=7
  | autostart=false
  | [program:broken]
  | command=/no/such/program
  | priority=8
  | startretries=1000
  | [program:ended]
  | command=/bin/true
  | priority=6
  | startsecs=0
  | autorestart=false
  @ start
  @ wait many:first RUNNING
  @ wait many:second RUNNING
  @ wait many:third RUNNING
  @ wait alpha RUNNING
  @ wait beta RUNNING
  @ wait ended EXITED
  @ wait broken BACKOFF
  @ wait-log success: beta
  @ wait-log spawnerr
  @ skip-log
  @ signal TERM
  @ gone
  [0]
  @ log without stopped: | SIGCHLD | to die | spawnerr
  TIME WARN received SIGTERM indicating exit request
  TIME DEBG killing beta (pid PID) with signal SIGTERM
  TIME DEBG killing alpha (pid PID) with signal SIGTERM
  TIME DEBG killing first (pid PID) with signal SIGTERM
  TIME DEBG killing third (pid PID) with signal SIGTERM
  TIME DEBG killing second (pid PID) with signal SIGTERM

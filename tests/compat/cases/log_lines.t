The activity log: one program at a time, so that the order is certain.

  @ config
  | [program:cat]
  | command=/bin/cat
  | autostart=false
  | [program:instant]
  | command=/bin/cat
  | autostart=false
  | startsecs=0
  | [program:quick]
  | command=/bin/sh -c "exit 7"
  | autostart=false
  | startsecs=5
  | startretries=0
  | [program:retry]
  | command=/bin/sh -c "exit 0"
  | autostart=false
  | startsecs=5
  | startretries=1
  | [program:broken]
  | command=/no/such/program
  | autostart=false
  | startretries=0
  | [program:code]
  | command=/bin/sh -c "read line; exit 7"
  | autostart=false
  | startsecs=0
  | autorestart=false
  | [program:zero]
  | command=/bin/sh -c "read line"
  | autostart=false
  | startsecs=0
  | autorestart=false
  | [program:dies]
  | command=/bin/sh -c "read line; kill -9 $$"
  | autostart=false
  | startsecs=0
  | autorestart=false
  | [program:stubborn]
  | command=/bin/sh -c "trap '' TERM; echo ready; while :; do sleep 1; done"
  | autostart=false
  | startsecs=0
  | stopwaitsecs=1
  | stdout_logfile=%(here)s/stubborn.log
  | [program:graceful]
  | command=/bin/sh -c "trap 'exit 0' TERM; echo ready; while :; do sleep 0.1; done"
  | autostart=false
  | startsecs=0
  | stdout_logfile=%(here)s/graceful.log
  | [program:folder]
  | command=/bin/cat
  | autostart=false
  | startretries=0
  | stdout_logfile=%(here)s
  | [program:nodir]
  | command=/bin/cat
  | autostart=false
  | startretries=0
  | directory=/no/such/folder
  | startsecs=5
  | stderr_logfile=%(here)s/nodir.err
  @ start
  @ log
  TIME INFO RPC interface 'supervisor' initialized
  TIME CRIT Server 'unix_http_server' running without any HTTP authentication checking
  TIME INFO supervisord started with pid PID
  $ start cat
  cat: started
  @ log
  TIME INFO spawned: 'cat' with pid PID
  TIME INFO success: cat entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)
  $ stop cat
  cat: stopped
  @ log without to stop
  TIME WARN stopped: cat (terminated by SIGTERM)
  $ start instant
  instant: started
  @ log
  TIME INFO spawned: 'instant' with pid PID
  TIME INFO success: instant entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  @ kill KILL instant
  @ wait-log exited: instant
  @ wait-log spawned: 'instant'
  @ wait instant RUNNING
  @ wait-log success: instant
  @ log
  TIME WARN exited: instant (terminated by SIGKILL; not expected)
  TIME INFO spawned: 'instant' with pid PID
  TIME INFO success: instant entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  $ stop instant
  instant: stopped
  @ log without to stop
  TIME WARN stopped: instant (terminated by SIGTERM)
  $ start quick
  quick: ERROR (spawn error)
  [7]
  @ wait quick FATAL
  @ log
  TIME INFO spawned: 'quick' with pid PID
  TIME WARN exited: quick (exit status 7; not expected)
  TIME INFO gave up: quick entered FATAL state, too many start retries too quickly
  $ start retry
  retry: ERROR (spawn error)
  [7]
  @ wait retry FATAL
  @ log
  TIME INFO spawned: 'retry' with pid PID
  TIME WARN exited: retry (exit status 0; not expected)
  TIME INFO spawned: 'retry' with pid PID
  TIME WARN exited: retry (exit status 0; not expected)
  TIME INFO gave up: retry entered FATAL state, too many start retries too quickly
  $ start broken
  broken: ERROR (no such file)
  [1]
  @ log
  > supervisor.startProcess('broken', False)
  fault 20 NO_FILE: can't find command '/no/such/program'
  @ log
  $ start code
  code: started
  > supervisor.sendProcessStdin('code', '\n')
  True
  @ wait code EXITED
  @ log
  TIME INFO spawned: 'code' with pid PID
  TIME INFO success: code entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME WARN exited: code (exit status 7; not expected)
  $ start zero
  zero: started
  > supervisor.sendProcessStdin('zero', '\n')
  True
  @ wait zero EXITED
  @ log
  TIME INFO spawned: 'zero' with pid PID
  TIME INFO success: zero entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME INFO exited: zero (exit status 0; expected)
  $ start dies
  dies: started
  > supervisor.sendProcessStdin('dies', '\n')
  True
  @ wait dies EXITED
  @ log
  TIME INFO spawned: 'dies' with pid PID
  TIME INFO success: dies entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME WARN exited: dies (terminated by SIGKILL; not expected)
  $ start graceful
  graceful: started
  @ wait-file graceful.log ready
  $ stop graceful
  graceful: stopped
  @ log without to stop
  TIME INFO spawned: 'graceful' with pid PID
  TIME INFO success: graceful entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME INFO stopped: graceful (exit status 0)
  $ start stubborn
  stubborn: started
  @ wait-file stubborn.log ready
  > supervisor.stopProcess('stubborn', False)
  True
  @ wait stubborn STOPPED
  @ log
  TIME INFO spawned: 'stubborn' with pid PID
  TIME INFO success: stubborn entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME WARN killing 'stubborn' (PID) with SIGKILL
  TIME WARN stopped: stubborn (terminated by SIGKILL)
  $ start folder
  folder: ERROR (spawn error)
  [7]
  @ wait folder FATAL
  @ log
  TIME INFO spawnerr: unknown error making dispatchers for 'folder': EISDIR
  TIME INFO gave up: folder entered FATAL state, too many start retries too quickly
  $ start nodir
  nodir: ERROR (spawn error)
  [7]
  @ wait nodir FATAL
  @ log
  TIME INFO spawned: 'nodir' with pid PID
  TIME WARN exited: nodir (exit status 127; not expected)
  TIME INFO gave up: nodir entered FATAL state, too many start retries too quickly
  @ file nodir.err
  supervisor: couldn't chdir to /no/such/folder: ENOENT
  supervisor: child process was not spawned
  @ signal USR2
  @ wait-log supervisord logreopen
  @ log
  TIME INFO received SIGUSR2 indicating log reopen request
  TIME INFO supervisord logreopen
  @ signal HUP
  @ wait-log supervisord started
  @ log
  TIME WARN received SIGHUP indicating restart request
  TIME INFO RPC interface 'supervisor' initialized
  TIME CRIT Server 'unix_http_server' running without any HTTP authentication checking
  TIME INFO supervisord started with pid PID
  @ signal TERM
  @ gone
  [0]
  @ log
  TIME WARN received SIGTERM indicating exit request

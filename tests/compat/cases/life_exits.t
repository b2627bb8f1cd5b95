How programs end by themselves: what is expected, what is restarted, what is reported.

  @ config
  | [program:always]
  | command=/bin/sh -c "read code; exit $code"
  | autostart=false
  | startsecs=0
  | autorestart=true
  | [program:never]
  | command=/bin/sh -c "read code; exit $code"
  | autostart=false
  | startsecs=0
  | autorestart=false
  | exitcodes=0,5
  | [program:unexpected]
  | command=/bin/sh -c "read code; exit $code"
  | autostart=false
  | startsecs=0
  | autorestart=unexpected
  | exitcodes=3, 5
  | [program:none]
  | command=/bin/sh -c "read code; exit $code"
  | autostart=false
  | startsecs=0
  | autorestart=false
  | exitcodes=
  | [program:killed]
  | command=/bin/sh -c "read name; kill -$name $$"
  | autostart=false
  | startsecs=0
  | autorestart=false
  | exitcodes=0,1,2,15,137,143,255
  | [program:family]
  | command=/bin/sh -c "read line; sleep 1000 & exit 4"
  | autostart=false
  | startsecs=0
  | autorestart=false
  | stdout_logfile=NONE
  | stderr_logfile=NONE
  @ start
  @ skip-log

`autorestart=true` starts a program again whatever its code; an expected code is said to be one.

  $ start always
  always: started
  > supervisor.sendProcessStdin('always', '0\n')
  True
  @ wait-log exited: always
  @ wait-log success: always
  @ wait always RUNNING
  @ log
  TIME INFO spawned: 'always' with pid PID
  TIME INFO success: always entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME INFO exited: always (exit status 0; expected)
  TIME INFO spawned: 'always' with pid PID
  TIME INFO success: always entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  > supervisor.sendProcessStdin('always', '1\n')
  True
  @ wait-log exited: always
  @ wait-log success: always
  @ wait always RUNNING
  @ log
  TIME WARN exited: always (exit status 1; not expected)
  TIME INFO spawned: 'always' with pid PID
  TIME INFO success: always entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  $ stop always
  always: stopped
  @ skip-log

`autorestart=false` never does.

  $ start never
  never: started
  > supervisor.sendProcessStdin('never', '5\n')
  True
  @ wait never EXITED
  @ log
  TIME INFO spawned: 'never' with pid PID
  TIME INFO success: never entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME INFO exited: never (exit status 5; expected)
  > [supervisor.getProcessInfo('never')[key] for key in ('state', 'statename', 'exitstatus', 'spawnerr', 'pid')]
  [100, 'EXITED', 5, '', 0]
  $ start never
  never: started
  > supervisor.sendProcessStdin('never', '7\n')
  True
  @ wait never EXITED
  @ log
  TIME INFO spawned: 'never' with pid PID
  TIME INFO success: never entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME WARN exited: never (exit status 7; not expected)
  > [supervisor.getProcessInfo('never')[key] for key in ('state', 'statename', 'exitstatus', 'spawnerr', 'pid')]
  [100, 'EXITED', 7, 'Bad exit code 7', 0]
  $ start never
  never: started
  > [supervisor.getProcessInfo('never')[key] for key in ('exitstatus', 'spawnerr')]
  [0, '']
  $ stop never
  never: stopped
  > [supervisor.getProcessInfo('never')[key] for key in ('state', 'exitstatus', 'spawnerr')]
  [0, -1, '']
  @ skip-log

`autorestart=unexpected` does for codes that are not listed.

  $ start unexpected
  unexpected: started
  > supervisor.sendProcessStdin('unexpected', '0\n')
  True
  @ wait-log exited: unexpected
  @ wait-log success: unexpected
  @ wait unexpected RUNNING
  @ log
  TIME INFO spawned: 'unexpected' with pid PID
  TIME INFO success: unexpected entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME WARN exited: unexpected (exit status 0; not expected)
  TIME INFO spawned: 'unexpected' with pid PID
  TIME INFO success: unexpected entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  > supervisor.sendProcessStdin('unexpected', '5\n')
  True
  @ wait unexpected EXITED
  @ log
  TIME INFO exited: unexpected (exit status 5; expected)
  $ start unexpected
  unexpected: started
  > supervisor.sendProcessStdin('unexpected', '3\n')
  True
  @ wait unexpected EXITED
  @ skip-log

With an empty list no code is expected.

  $ start none
  none: started
  > supervisor.sendProcessStdin('none', '0\n')
  True
  @ wait none EXITED
  @ log
  TIME INFO spawned: 'none' with pid PID
  TIME INFO success: none entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME WARN exited: none (exit status 0; not expected)
  > supervisor.getProcessInfo('none')['spawnerr']
  'Bad exit code 0'

A signal is never expected; its status is -1.

  $ start killed
  killed: started
  > supervisor.sendProcessStdin('killed', 'TERM\n')
  True
  @ wait killed EXITED
  @ log
  TIME INFO spawned: 'killed' with pid PID
  TIME INFO success: killed entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME WARN exited: killed (terminated by SIGTERM; not expected)
  > [supervisor.getProcessInfo('killed')[key] for key in ('exitstatus', 'spawnerr')]
  [-1, 'Bad exit code -1']
  $ start killed
  killed: started
  > supervisor.sendProcessStdin('killed', 'ABRT\n')
  True
  @ wait killed EXITED
  @ log without spawned
  TIME INFO success: killed entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME WARN exited: killed (terminated by SIGABRT; not expected)
  $ start killed
  killed: started
  > supervisor.sendProcessStdin('killed', 'IO\n')
  True
  @ wait killed EXITED
  @ log without spawned
  TIME INFO success: killed entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME WARN exited: killed (terminated by SIGPOLL; not expected)
  $ start killed
  killed: started
  > supervisor.sendProcessStdin('killed', '34\n')
  True
  @ wait killed EXITED
  @ log without spawned
  TIME INFO success: killed entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME WARN exited: killed (terminated by SIGRTMIN; not expected)
  $ start killed
  killed: started
  > supervisor.sendProcessStdin('killed', '40\n')
  True
  @ wait killed EXITED
  @ log without spawned
  TIME INFO success: killed entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME WARN exited: killed (terminated by signal 40; not expected)
  $ start killed
  killed: started
  > supervisor.sendProcessStdin('killed', '64\n')
  True
  @ wait killed EXITED
  @ log without spawned
  TIME INFO success: killed entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME WARN exited: killed (terminated by SIGRTMAX; not expected)

A program that leaves somebody behind has ended all the same.

  $ start family
  family: started
  > supervisor.sendProcessStdin('family', '\n')
  True
  @ wait family EXITED
  @ log
  TIME INFO spawned: 'family' with pid PID
  TIME INFO success: family entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME WARN exited: family (exit status 4; not expected)

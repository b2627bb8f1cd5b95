Programs that do not stay up: BACKOFF, attempts, FATAL, and what an operator can do about it.

  @ config
  | [program:once]
  | command=/bin/sh -c "exit 0"
  | autostart=false
  | startsecs=5
  | startretries=0
  | [program:twice]
  | command=/bin/sh -c "exit 9"
  | autostart=false
  | startsecs=5
  | startretries=1
  | autorestart=false
  | exitcodes=9
  | [program:killed]
  | command=/bin/sh -c "kill -SEGV $$"
  | autostart=false
  | startsecs=5
  | startretries=0
  | [program:late]
  | command=/bin/sh -c "read line; exit 1"
  | autostart=false
  | startsecs=1
  | startretries=0
  | autorestart=false
  | [program:patient]
  | command=/bin/sh -c "exit 1"
  | autostart=false
  | startsecs=1000
  | startretries=1000
  | [program:starting]
  | command=/bin/cat
  | autostart=false
  | startsecs=1000
  | [program:vanishes]
  | command=%(here)s/program
  | autostart=false
  | startsecs=5
  | startretries=2
  @ start
  @ skip-log

No retries are one attempt, and an end with code 0 is a failure if it comes too soon.

  $ start once
  once: ERROR (spawn error)
  [7]
  @ wait once FATAL
  @ log
  TIME INFO spawned: 'once' with pid PID
  TIME WARN exited: once (exit status 0; not expected)
  TIME INFO gave up: once entered FATAL state, too many start retries too quickly
  > [supervisor.getProcessInfo('once')[key] for key in ('state', 'exitstatus', 'spawnerr', 'pid')]
  [200, 0, 'Exited too quickly (process log may have details)', 0]

One retry; neither `autorestart=false` nor a code that is listed changes anything about it. A manual start of what is FATAL begins anew.

  $ start twice
  twice: ERROR (spawn error)
  [7]
  @ wait twice FATAL
  @ log
  TIME INFO spawned: 'twice' with pid PID
  TIME WARN exited: twice (exit status 9; not expected)
  TIME INFO spawned: 'twice' with pid PID
  TIME WARN exited: twice (exit status 9; not expected)
  TIME INFO gave up: twice entered FATAL state, too many start retries too quickly
  $ start twice
  twice: ERROR (spawn error)
  [7]
  @ wait twice FATAL
  @ log
  TIME INFO spawned: 'twice' with pid PID
  TIME WARN exited: twice (exit status 9; not expected)
  TIME INFO spawned: 'twice' with pid PID
  TIME WARN exited: twice (exit status 9; not expected)
  TIME INFO gave up: twice entered FATAL state, too many start retries too quickly
  $ start killed
  killed: ERROR (spawn error)
  [7]
  @ wait killed FATAL
  @ log
  TIME INFO spawned: 'killed' with pid PID
  TIME WARN exited: killed (terminated by SIGSEGV; not expected)
  TIME INFO gave up: killed entered FATAL state, too many start retries too quickly

What has been RUNNING is judged by its code.

  $ start late
  late: started
  > supervisor.sendProcessStdin('late', '\n')
  True
  @ wait late EXITED
  @ log
  TIME INFO spawned: 'late' with pid PID
  TIME INFO success: late entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)
  TIME WARN exited: late (exit status 1; not expected)

Between two attempts a program is in BACKOFF: it cannot be started, can be stopped, and cannot be signalled.

  > supervisor.startProcess('patient', False)
  True
  @ wait patient BACKOFF
  > [supervisor.getProcessInfo('patient')[key] for key in ('state', 'exitstatus', 'spawnerr', 'description')]
  [30, 0, 'Exited too quickly (process log may have details)', 'Exited too quickly (process log may have details)']
  > supervisor.startProcess('patient')
  fault 60 ALREADY_STARTED: patient
  > supervisor.signalProcess('patient', 'HUP')
  fault 70 NOT_RUNNING: patient
  > supervisor.sendProcessStdin('patient', 'x')
  fault 70 NOT_RUNNING: patient
  > supervisor.stopProcess('patient')
  True
  > [supervisor.getProcessInfo('patient')[key] for key in ('state', 'exitstatus', 'spawnerr')]
  [0, 0, 'Exited too quickly (process log may have details)']
  > supervisor.stopProcess('patient')
  fault 70 NOT_RUNNING: patient
  @ skip-log

A program that has not yet stayed up can be stopped and signalled; a waiting start is told.

  > supervisor.startProcess('starting', False)
  True
  @ wait starting STARTING
  > supervisor.startProcess('starting', False)
  fault 60 ALREADY_STARTED: starting
  > supervisor.signalProcess('starting', 'CONT')
  True
  > supervisor.sendProcessStdin('starting', 'x')
  True
  > supervisor.stopProcess('starting')
  True
  @ log without to stop
  TIME INFO spawned: 'starting' with pid PID
  TIME WARN stopped: starting (terminated by SIGTERM)
  > [supervisor.getProcessInfo('starting')[key] for key in ('state', 'exitstatus', 'spawnerr')]
  [0, -1, '']

A program whose file vanishes between two attempts fails with another reason, and its attempts go on to be counted.

  @ write program
  | #!/bin/sh
  | rm "$0"
  | exit 1
  @ executable program
  > supervisor.startProcess('vanishes', False)
  True
  @ wait vanishes FATAL
  @ log
  TIME INFO spawned: 'vanishes' with pid PID
  TIME WARN exited: vanishes (exit status 1; not expected)
  TIME INFO spawnerr: can't find command '$DIR/program'
  TIME INFO spawnerr: can't find command '$DIR/program'
  TIME INFO gave up: vanishes entered FATAL state, too many start retries too quickly
  > supervisor.getProcessInfo('vanishes')['spawnerr']
  "can't find command '$DIR/program'"

XML-RPC: processes.

  @ config
  | [program:cat]
  | command=/bin/cat
  | stdout_logfile=%(here)s/cat.out
  | [program:auto]
  | command=/bin/cat
  | startsecs=0
  | [program:idle]
  | command=/bin/cat
  | autostart=false
  | startsecs=0
  | stdout_logfile=NONE
  | stderr_logfile=NONE
  | [program:broken]
  | command=/no/such/program
  | startretries=0
  | [program:nofile]
  | command=relative
  | autostart=false
  | [program:quick]
  | command=/bin/sh -c "exit 7"
  | startretries=0
  | [program:killed]
  | command=/bin/sh -c "kill -9 $$"
  | startsecs=0
  | autorestart=false
  | [program:code]
  | command=/bin/sh -c "exit 7"
  | startsecs=0
  | autorestart=false
  | [program:stubborn]
  | command=/bin/sh -c "trap '' TERM; echo ready; while :; do sleep 1; done"
  | stopwaitsecs=1000
  | stdout_logfile=%(here)s/stubborn.log
  @ start
  @ wait cat RUNNING
  @ wait broken FATAL
  @ wait quick FATAL
  @ wait killed EXITED
  @ wait code EXITED
  @ wait-file stubborn.log ready
  @ wait stubborn RUNNING
  > supervisor.getProcessInfo('cat')
  {'name': 'cat', 'group': 'cat', 'start': EPOCH, 'stop': 0, 'now': EPOCH, 'state': 20, 'statename': 'RUNNING', 'spawnerr': '', 'exitstatus': 0, 'logfile': '$DIR/cat.out', 'stdout_logfile': '$DIR/cat.out', 'stderr_logfile': '$DIR/cat-stderr---supervisor-RANDOM.log', 'pid': PID, 'description': 'pid PID, uptime UPTIME'}
  > supervisor.getProcessInfo('cat:cat')
  {'name': 'cat', 'group': 'cat', 'start': EPOCH, 'stop': 0, 'now': EPOCH, 'state': 20, 'statename': 'RUNNING', 'spawnerr': '', 'exitstatus': 0, 'logfile': '$DIR/cat.out', 'stdout_logfile': '$DIR/cat.out', 'stderr_logfile': '$DIR/cat-stderr---supervisor-RANDOM.log', 'pid': PID, 'description': 'pid PID, uptime UPTIME'}
  > supervisor.getProcessInfo('auto')
  {'name': 'auto', 'group': 'auto', 'start': EPOCH, 'stop': 0, 'now': EPOCH, 'state': 20, 'statename': 'RUNNING', 'spawnerr': '', 'exitstatus': 0, 'logfile': '$DIR/auto-stdout---supervisor-RANDOM.log', 'stdout_logfile': '$DIR/auto-stdout---supervisor-RANDOM.log', 'stderr_logfile': '$DIR/auto-stderr---supervisor-RANDOM.log', 'pid': PID, 'description': 'pid PID, uptime UPTIME'}
  > supervisor.getProcessInfo('idle')
  {'name': 'idle', 'group': 'idle', 'start': 0, 'stop': 0, 'now': EPOCH, 'state': 0, 'statename': 'STOPPED', 'spawnerr': '', 'exitstatus': 0, 'logfile': '', 'stdout_logfile': '', 'stderr_logfile': '', 'pid': 0, 'description': 'Not started'}
  > supervisor.getProcessInfo('broken')
  {'name': 'broken', 'group': 'broken', 'start': EPOCH, 'stop': 0, 'now': EPOCH, 'state': 200, 'statename': 'FATAL', 'spawnerr': "can't find command '/no/such/program'", 'exitstatus': 0, 'logfile': '$DIR/broken-stdout---supervisor-RANDOM.log', 'stdout_logfile': '$DIR/broken-stdout---supervisor-RANDOM.log', 'stderr_logfile': '$DIR/broken-stderr---supervisor-RANDOM.log', 'pid': 0, 'description': "can't find command '/no/such/program'"}
  > supervisor.getProcessInfo('quick')
  {'name': 'quick', 'group': 'quick', 'start': EPOCH, 'stop': EPOCH, 'now': EPOCH, 'state': 200, 'statename': 'FATAL', 'spawnerr': 'Exited too quickly (process log may have details)', 'exitstatus': 0, 'logfile': '$DIR/quick-stdout---supervisor-RANDOM.log', 'stdout_logfile': '$DIR/quick-stdout---supervisor-RANDOM.log', 'stderr_logfile': '$DIR/quick-stderr---supervisor-RANDOM.log', 'pid': 0, 'description': 'Exited too quickly (process log may have details)'}
  > supervisor.getProcessInfo('killed')
  {'name': 'killed', 'group': 'killed', 'start': EPOCH, 'stop': EPOCH, 'now': EPOCH, 'state': 100, 'statename': 'EXITED', 'spawnerr': 'Bad exit code -1', 'exitstatus': -1, 'logfile': '$DIR/killed-stdout---supervisor-RANDOM.log', 'stdout_logfile': '$DIR/killed-stdout---supervisor-RANDOM.log', 'stderr_logfile': '$DIR/killed-stderr---supervisor-RANDOM.log', 'pid': 0, 'description': 'DATE'}
  > supervisor.getProcessInfo('code')
  {'name': 'code', 'group': 'code', 'start': EPOCH, 'stop': EPOCH, 'now': EPOCH, 'state': 100, 'statename': 'EXITED', 'spawnerr': 'Bad exit code 7', 'exitstatus': 7, 'logfile': '$DIR/code-stdout---supervisor-RANDOM.log', 'stdout_logfile': '$DIR/code-stdout---supervisor-RANDOM.log', 'stderr_logfile': '$DIR/code-stderr---supervisor-RANDOM.log', 'pid': 0, 'description': 'DATE'}
  > supervisor.getProcessInfo('zz')
  fault 10 BAD_NAME: zz
  > supervisor.getProcessInfo('cat:*')
  fault 10 BAD_NAME: cat:*
  > supervisor.getProcessInfo('cat:')
  fault 10 BAD_NAME: cat:
  > supervisor.getProcessInfo('')
  fault 10 BAD_NAME: ␤
  > supervisor.getProcessInfo(':')
  fault 10 BAD_NAME: :
  > supervisor.getProcessInfo('a:b:c')
  fault 10 BAD_NAME: a:b:c
  > supervisor.getProcessInfo('*')
  fault 10 BAD_NAME: *
  > supervisor.getProcessInfo('all')
  fault 10 BAD_NAME: all
  > [info['name'] for info in supervisor.getAllProcessInfo()]
  ['auto', 'broken', 'cat', 'code', 'idle', 'killed', 'nofile', 'quick', 'stubborn']

Starting.

  > supervisor.startProcess('idle')
  True
  > supervisor.startProcess('idle')
  fault 60 ALREADY_STARTED: idle
  > supervisor.startProcess('idle:idle', False)
  fault 60 ALREADY_STARTED: idle:idle
  > supervisor.startProcess('broken')
  fault 20 NO_FILE: can't find command '/no/such/program'
  > supervisor.startProcess('nofile')
  fault 20 NO_FILE: can't find command 'relative'
  > supervisor.startProcess('nofile', False)
  fault 20 NO_FILE: can't find command 'relative'
  > supervisor.startProcess('quick')
  fault 50 SPAWN_ERROR: quick
  > supervisor.startProcess('zz')
  fault 10 BAD_NAME: zz
  > supervisor.startProcess('zz:*')
  fault 10 BAD_NAME: zz:*

Stopping.

  > supervisor.stopProcess('idle')
  True
  > supervisor.stopProcess('idle')
  fault 70 NOT_RUNNING: idle
  > supervisor.stopProcess('idle', False)
  fault 70 NOT_RUNNING: idle
  > supervisor.stopProcess('zz')
  fault 10 BAD_NAME: zz
  > supervisor.getProcessInfo('idle')
  {'name': 'idle', 'group': 'idle', 'start': EPOCH, 'stop': EPOCH, 'now': EPOCH, 'state': 0, 'statename': 'STOPPED', 'spawnerr': '', 'exitstatus': -1, 'logfile': '', 'stdout_logfile': '', 'stderr_logfile': '', 'pid': 0, 'description': 'DATE'}
  > supervisor.stopProcess('stubborn', False)
  True
  > supervisor.getProcessInfo('stubborn')['statename']
  'STOPPING'
  > supervisor.stopProcess('stubborn', False)
  fault 70 NOT_RUNNING: stubborn
  > supervisor.startProcess('stubborn')
  fault 40 ABNORMAL_TERMINATION: stubborn
  > supervisor.signalProcess('stubborn', 'KILL')
  True
  @ wait stubborn STOPPED
  > supervisor.getProcessInfo('stubborn')['exitstatus']
  -1

Signals.

  > supervisor.signalProcess('cat', 'CONT')
  True
  > supervisor.signalProcess('cat', 'SIGCONT')
  True
  > supervisor.signalProcess('cat', 'cont')
  True
  > supervisor.signalProcess('cat', 18)
  True
  > supervisor.signalProcess('cat', '18')
  True
  > supervisor.signalProcess('cat', ' 18 ')
  True
  > supervisor.signalProcess('cat', 0)
  True
  > supervisor.signalProcess('cat', '')
  fault 11 BAD_SIGNAL: ␤
  > supervisor.signalProcess('cat', 'FOO')
  fault 11 BAD_SIGNAL: FOO
  > supervisor.signalProcess('cat', 35)
  fault 11 BAD_SIGNAL: 35
  > supervisor.signalProcess('cat', 'RTMIN+1')
  fault 11 BAD_SIGNAL: RTMIN+1
  > supervisor.signalProcess('cat', -1)
  fault 11 BAD_SIGNAL: -1
  > supervisor.signalProcess('idle', 'CONT')
  fault 70 NOT_RUNNING: idle
  > supervisor.signalProcess('idle', 'FOO')
  fault 11 BAD_SIGNAL: FOO
  > supervisor.signalProcess('zz', 'FOO')
  fault 10 BAD_NAME: zz
  > supervisor.signalProcess('cat', 'KILL')
  True
  @ wait-log exited: cat
  @ wait cat RUNNING

Standard input.

  > supervisor.sendProcessStdin('cat', 'hello\n')
  True
  @ wait-file cat.out hello
  > supervisor.sendProcessStdin('cat', '')
  True
  > supervisor.sendProcessStdin('cat', 'äöü\n')
  True
  @ wait-file cat.out ü
  > supervisor.sendProcessStdin('cat', 5)
  fault 2 INCORRECT_PARAMETERS: 5
  > supervisor.sendProcessStdin('idle', 'x')
  fault 70 NOT_RUNNING: idle
  > supervisor.sendProcessStdin('zz', 'x')
  fault 10 BAD_NAME: zz
  @ file cat.out
  hello
  äöü

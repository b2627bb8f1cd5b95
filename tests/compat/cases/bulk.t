Whole groups and `all`: `start`, `stop`, `restart`, `signal`, `clear`.

All programs become RUNNING at once, so that the results come in a fixed order.

  @ config
  | [program:solo]
  | command=/bin/cat
  | startsecs=0
  | stdout_logfile=%(here)s/solo.log
  | [program:broken]
  | command=/no/such/program
  | autostart=false
  | startretries=0
  | [group:trio]
  | programs=third,first,second
  | priority=5
  | [program:first]
  | command=/bin/cat
  | startsecs=0
  | priority=1
  | stdout_logfile=%(here)s/first.log
  | [program:second]
  | command=/bin/cat
  | startsecs=0
  | priority=2
  | stdout_logfile=%(here)s/second.log
  | [program:third]
  | command=/bin/cat
  | startsecs=0
  | priority=3
  | stdout_logfile=NONE
  | [program:worker]
  | command=/bin/cat
  | numprocs=3
  | process_name=%(program_name)s_%(process_num)02d
  | startsecs=0
  | priority=900
  | stdout_logfile=NONE
  | stderr_logfile=NONE
  | [group:none]
  | programs=
  @ start
  @ wait solo RUNNING
  @ wait trio:third RUNNING
  @ wait worker:worker_02 RUNNING

  $ status
  broken                           STOPPED   Not started
  solo                             RUNNING   pid PID, uptime UPTIME
  trio:first                       RUNNING   pid PID, uptime UPTIME
  trio:second                      RUNNING   pid PID, uptime UPTIME
  trio:third                       RUNNING   pid PID, uptime UPTIME
  worker:worker_00                 RUNNING   pid PID, uptime UPTIME
  worker:worker_01                 RUNNING   pid PID, uptime UPTIME
  worker:worker_02                 RUNNING   pid PID, uptime UPTIME
  [3]
  $ start trio:*
  $ stop trio:* | sort
  trio:first: stopped
  trio:second: stopped
  trio:third: stopped
  $ stop trio:*
  $ start trio:*
  trio:first: started
  trio:second: started
  trio:third: started
  $ restart trio:* | sort
  trio:first: started
  trio:first: stopped
  trio:second: started
  trio:second: stopped
  trio:third: started
  trio:third: stopped
  $ restart worker: | sort
  worker:worker_00: started
  worker:worker_00: stopped
  worker:worker_01: started
  worker:worker_01: stopped
  worker:worker_02: started
  worker:worker_02: stopped
  $ start none:*
  $ stop none:*
  $ status none:*
  none: ERROR (no such group)
  [4]
  $ stop all | sort
  solo: stopped
  trio:first: stopped
  trio:second: stopped
  trio:third: stopped
  worker:worker_00: stopped
  worker:worker_01: stopped
  worker:worker_02: stopped
  $ stop all
  $ status
  broken                           STOPPED   Not started
  solo                             STOPPED   DATE
  trio:first                       STOPPED   DATE
  trio:second                      STOPPED   DATE
  trio:third                       STOPPED   DATE
  worker:worker_00                 STOPPED   DATE
  worker:worker_01                 STOPPED   DATE
  worker:worker_02                 STOPPED   DATE
  [3]
  $ start all
  trio:first: started
  trio:second: started
  trio:third: started
  worker:worker_00: started
  worker:worker_01: started
  worker:worker_02: started
  broken: ERROR (no such file)
  solo: started
  [1]
  ~ daemon: a start is waited for also when startsecs is 0, so what fails at once comes first
  broken: ERROR (no such file)
  trio:first: started
  trio:second: started
  trio:third: started
  worker:worker_00: started
  worker:worker_01: started
  worker:worker_02: started
  solo: started
  [1]
  $ start all
  broken: ERROR (no such file)
  [1]
  $ restart all | sort
  broken: ERROR (no such file)
  solo: started
  solo: stopped
  trio:first: started
  trio:first: stopped
  trio:second: started
  trio:second: stopped
  trio:third: started
  trio:third: stopped
  worker:worker_00: started
  worker:worker_00: stopped
  worker:worker_01: started
  worker:worker_01: stopped
  worker:worker_02: started
  worker:worker_02: stopped
  [1]

`all` anywhere in the list means everything.

  $ stop solo all zz | sort
  solo: stopped
  trio:first: stopped
  trio:second: stopped
  trio:third: stopped
  worker:worker_00: stopped
  worker:worker_01: stopped
  worker:worker_02: stopped
  $ start zz all
  trio:first: started
  trio:second: started
  trio:third: started
  worker:worker_00: started
  worker:worker_01: started
  worker:worker_02: started
  broken: ERROR (no such file)
  solo: started
  [1]
  ~ daemon: a start is waited for also when startsecs is 0, so what fails at once comes first
  broken: ERROR (no such file)
  trio:first: started
  trio:second: started
  trio:third: started
  worker:worker_00: started
  worker:worker_01: started
  worker:worker_02: started
  solo: started
  [1]

Signals reach whole groups too.

  $ signal CONT trio:*
  trio:first: signalled
  trio:second: signalled
  trio:third: signalled
  $ signal CONT all
  trio:first: signalled
  trio:second: signalled
  trio:third: signalled
  worker:worker_00: signalled
  worker:worker_01: signalled
  worker:worker_02: signalled
  solo: signalled
  $ signal cont solo trio:first
  solo: signalled
  trio:first: signalled
  $ signal sigcont solo
  solo: signalled
  $ signal 18 solo
  solo: signalled
  $ signal FOO trio:*
  trio:first: ERROR (bad signal name)
  trio:second: ERROR (bad signal name)
  trio:third: ERROR (bad signal name)
  [1]
  $ signal FOO solo
  solo: ERROR (bad signal name)
  [1]
  $ signal CONT zz
  zz: ERROR (no such process)
  [1]
  $ signal CONT zz:*
  zz: ERROR (no such group)
  [1]
  $ signal CONT broken
  broken: ERROR (not running)
  [7]
  $ signal CONT broken solo
  broken: ERROR (not running)
  solo: signalled
  [7]
  $ signal CONT none:*
  $ signal CONT | head 1
  Error: signal requires a signal name and a process name
  [1]
  $ signal FOO zz
  zz: ERROR (no such process)
  [1]
  $ signal FOO broken
  broken: ERROR (bad signal name)
  [1]
  $ signal '' solo | head 1
  Error: signal requires a signal name and a process name
  [1]

Logs can be cleared for all, but not for a group.

  $ clear solo
  solo: cleared
  $ clear trio:first trio:second
  trio:first: cleared
  trio:second: cleared
  $ clear trio:third
  trio:third: cleared
  $ clear broken
  broken: cleared
  $ clear zz
  zz: ERROR (no such process)
  [1]
  $ clear trio:*
  trio:None: ERROR (no such process)
  [1]
  ~ client: a whole group can be cleared
  trio:first: cleared
  trio:second: cleared
  trio:third: cleared
  $ clear zz:*
  zz:None: ERROR (no such process)
  [1]
  ~ client: the reference looks for a process named None in the group
  zz: ERROR (no such group)
  [1]
  $ clear all | sort
  broken: cleared
  solo: cleared
  trio:first: cleared
  trio:second: cleared
  trio:third: cleared
  worker:worker_00: cleared
  worker:worker_01: cleared
  worker:worker_02: cleared

The same through XML-RPC.

  > sorted(supervisor.stopProcessGroup('trio'), key=str)
  {'name': 'first', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'second', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'third', 'group': 'trio', 'status': 80, 'description': 'OK'}
  > supervisor.stopProcessGroup('trio')
  []
  > supervisor.startProcessGroup('trio')
  {'name': 'first', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'second', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'third', 'group': 'trio', 'status': 80, 'description': 'OK'}
  > supervisor.startProcessGroup('trio', False)
  []
  > supervisor.startProcessGroup('zz')
  fault 10 BAD_NAME: zz
  > supervisor.startProcessGroup('trio:*')
  fault 10 BAD_NAME: trio:*
  > supervisor.stopProcessGroup('zz')
  fault 10 BAD_NAME: zz
  > supervisor.stopProcessGroup('none')
  []
  > supervisor.signalProcessGroup('trio', 'CONT')
  {'name': 'first', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'second', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'third', 'group': 'trio', 'status': 80, 'description': 'OK'}
  > supervisor.signalProcessGroup('trio', 'FOO')
  {'name': 'first', 'group': 'trio', 'status': 11, 'description': 'BAD_SIGNAL: FOO'}
  {'name': 'second', 'group': 'trio', 'status': 11, 'description': 'BAD_SIGNAL: FOO'}
  {'name': 'third', 'group': 'trio', 'status': 11, 'description': 'BAD_SIGNAL: FOO'}
  > supervisor.signalProcessGroup('zz', 'CONT')
  fault 10 BAD_NAME: zz
  > supervisor.signalAllProcesses('CONT')
  {'name': 'first', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'second', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'third', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'worker_00', 'group': 'worker', 'status': 80, 'description': 'OK'}
  {'name': 'worker_01', 'group': 'worker', 'status': 80, 'description': 'OK'}
  {'name': 'worker_02', 'group': 'worker', 'status': 80, 'description': 'OK'}
  {'name': 'solo', 'group': 'solo', 'status': 80, 'description': 'OK'}
  > supervisor.signalAllProcesses('FOO')
  {'name': 'first', 'group': 'trio', 'status': 11, 'description': 'BAD_SIGNAL: FOO'}
  {'name': 'second', 'group': 'trio', 'status': 11, 'description': 'BAD_SIGNAL: FOO'}
  {'name': 'third', 'group': 'trio', 'status': 11, 'description': 'BAD_SIGNAL: FOO'}
  {'name': 'worker_00', 'group': 'worker', 'status': 11, 'description': 'BAD_SIGNAL: FOO'}
  {'name': 'worker_01', 'group': 'worker', 'status': 11, 'description': 'BAD_SIGNAL: FOO'}
  {'name': 'worker_02', 'group': 'worker', 'status': 11, 'description': 'BAD_SIGNAL: FOO'}
  {'name': 'solo', 'group': 'solo', 'status': 11, 'description': 'BAD_SIGNAL: FOO'}
  > supervisor.signalProcess('trio:*', 'CONT')
  {'name': 'first', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'second', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'third', 'group': 'trio', 'status': 80, 'description': 'OK'}
  > sorted(supervisor.stopProcess('trio:*'), key=str)
  {'name': 'first', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'second', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'third', 'group': 'trio', 'status': 80, 'description': 'OK'}
  > supervisor.startProcess('trio:*')
  {'name': 'first', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'second', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'third', 'group': 'trio', 'status': 80, 'description': 'OK'}
  > supervisor.startProcess('trio:', False)
  []
  > supervisor.startProcess('zz:*')
  fault 10 BAD_NAME: zz:*
  > supervisor.clearProcessLogs('trio:*')
  fault 10 BAD_NAME: trio:*
  > sorted(supervisor.clearAllProcessLogs(), key=str)
  {'name': 'broken', 'group': 'broken', 'status': 80, 'description': 'OK'}
  {'name': 'first', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'second', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'solo', 'group': 'solo', 'status': 80, 'description': 'OK'}
  {'name': 'third', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'worker_00', 'group': 'worker', 'status': 80, 'description': 'OK'}
  {'name': 'worker_01', 'group': 'worker', 'status': 80, 'description': 'OK'}
  {'name': 'worker_02', 'group': 'worker', 'status': 80, 'description': 'OK'}
  > sorted(supervisor.stopAllProcesses(), key=str)
  {'name': 'first', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'second', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'solo', 'group': 'solo', 'status': 80, 'description': 'OK'}
  {'name': 'third', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'worker_00', 'group': 'worker', 'status': 80, 'description': 'OK'}
  {'name': 'worker_01', 'group': 'worker', 'status': 80, 'description': 'OK'}
  {'name': 'worker_02', 'group': 'worker', 'status': 80, 'description': 'OK'}
  > supervisor.stopAllProcesses()
  []
  > supervisor.startAllProcesses()
  {'name': 'first', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'second', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'third', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'worker_00', 'group': 'worker', 'status': 80, 'description': 'OK'}
  {'name': 'worker_01', 'group': 'worker', 'status': 80, 'description': 'OK'}
  {'name': 'worker_02', 'group': 'worker', 'status': 80, 'description': 'OK'}
  {'name': 'broken', 'group': 'broken', 'status': 20, 'description': "NO_FILE: can't find command '/no/such/program'"}
  {'name': 'solo', 'group': 'solo', 'status': 80, 'description': 'OK'}
  ~ daemon: a start is waited for also when startsecs is 0, so what fails at once comes first
  {'name': 'broken', 'group': 'broken', 'status': 20, 'description': "NO_FILE: can't find command '/no/such/program'"}
  {'name': 'first', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'second', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'third', 'group': 'trio', 'status': 80, 'description': 'OK'}
  {'name': 'worker_00', 'group': 'worker', 'status': 80, 'description': 'OK'}
  {'name': 'worker_01', 'group': 'worker', 'status': 80, 'description': 'OK'}
  {'name': 'worker_02', 'group': 'worker', 'status': 80, 'description': 'OK'}
  {'name': 'solo', 'group': 'solo', 'status': 80, 'description': 'OK'}
  > supervisor.startAllProcesses(False)
  {'name': 'broken', 'group': 'broken', 'status': 20, 'description': "NO_FILE: can't find command '/no/such/program'"}

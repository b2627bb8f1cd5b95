Signals that are sent on request, and stop signals, as the log shows them at debug level.

  @ config
  | [supervisord]
  | loglevel=debug
  | [program:shell]
  | command=/bin/sh -c "trap 'echo USR1' USR1; trap 'echo HUP' HUP; trap 'echo twelve' USR2; read go; echo ready; while :; do sleep 0.05; done"
  | autostart=false
  | startsecs=0
  | stdout_logfile=%(here)s/shell.log
  | [program:pair]
  | command=/bin/sh -c "(trap 'echo inner USR1' USR1; while :; do sleep 0.05; done) & trap 'echo outer USR1' USR1; echo ready; while :; do wait; done"
  | autostart=false
  | startsecs=0
  | stopasgroup=true
  | stdout_logfile=%(here)s/pair.log
  | [program:cat]
  | command=/bin/cat
  | autostart=false
  | startsecs=0
  | autorestart=false
  | stopsignal=USR2
  | [program:again]
  | command=/bin/cat
  | autostart=false
  | startsecs=0
  | autorestart=true
  | [program:deaf]
  | command=/bin/sh -c "trap '' TERM; read go; echo ready; while :; do sleep 0.05; done"
  | autostart=false
  | startsecs=0
  | stopwaitsecs=1
  | stopasgroup=true
  | stdout_logfile=%(here)s/deaf.log
  | [program:now]
  | command=/bin/sh -c "trap '' TERM; echo ready; while :; do sleep 0.05; done"
  | autostart=false
  | startsecs=0
  | stopwaitsecs=0
  | stdout_logfile=%(here)s/now.log
  @ start
  @ skip-log

A requested signal goes to the child alone, changes no state, and has many spellings.

  $ start shell
  shell: started
  > supervisor.sendProcessStdin('shell', 'go\n')
  True
  @ wait-file shell.log ready
  > supervisor.signalProcess('shell', 'USR1')
  True
  @ wait-file shell.log USR1
  > supervisor.signalProcess('shell', 'sighup')
  True
  @ wait-file shell.log HUP
  > supervisor.signalProcess('shell', '12')
  True
  @ wait-log twelve
  > supervisor.signalProcess('shell', 'NOPE')
  fault 11 BAD_SIGNAL: NOPE
  > supervisor.signalProcess('shell', '99')
  fault 11 BAD_SIGNAL: 99
  > supervisor.signalProcess('shell', '')
  fault 11 BAD_SIGNAL: ␤
  > supervisor.getProcessInfo('shell')['statename']
  'RUNNING'
  @ log without output: | SIGCHLD
  TIME INFO spawned: 'shell' with pid PID
  TIME INFO success: shell entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  ready
  ␤
  TIME DEBG sending shell (pid PID) sig SIGUSR1
  USR1
  ␤
  TIME DEBG sending shell (pid PID) sig SIGHUP
  HUP
  ␤
  TIME DEBG sending shell (pid PID) sig SIGUSR2
  twelve
  ␤
  $ stop shell
  shell: stopped
  @ log without to stop | SIGCHLD
  TIME DEBG killing shell (pid PID) with signal SIGTERM
  TIME WARN stopped: shell (terminated by SIGTERM)
  > supervisor.signalProcess('shell', 'USR1')
  fault 70 NOT_RUNNING: shell
  @ log without SIGCHLD
  $ start pair
  pair: started
  @ wait-file pair.log ready
  > supervisor.signalProcess('pair', 'USR1')
  True
  @ wait-file pair.log outer USR1
  @ file pair.log
  ready
  outer USR1
  $ stop pair
  pair: stopped
  @ skip-log

A stop signal of one's own choice.

  $ start cat
  cat: started
  $ stop cat
  cat: stopped
  @ log without to stop | SIGCHLD
  TIME INFO spawned: 'cat' with pid PID
  TIME INFO success: cat entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME DEBG killing cat (pid PID) with signal SIGUSR2
  TIME WARN stopped: cat (terminated by SIGUSR2)
  > [supervisor.getProcessInfo('cat')[key] for key in ('exitstatus', 'spawnerr')]
  [-1, '']

What dies of a requested signal has ended by itself.

  $ start cat
  cat: started
  > supervisor.signalProcess('cat', 'TERM')
  True
  @ wait cat EXITED
  @ log without SIGCHLD
  TIME INFO spawned: 'cat' with pid PID
  TIME INFO success: cat entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME DEBG sending cat (pid PID) sig SIGTERM
  TIME WARN exited: cat (terminated by SIGTERM; not expected)
  $ start again
  again: started
  > supervisor.signalProcess('again', 'KILL')
  True
  @ wait-log exited: again
  @ wait-log success: again
  @ wait again RUNNING
  @ log without SIGCHLD
  TIME INFO spawned: 'again' with pid PID
  TIME INFO success: again entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME DEBG sending again (pid PID) sig SIGKILL
  TIME WARN exited: again (terminated by SIGKILL; not expected)
  TIME INFO spawned: 'again' with pid PID
  TIME INFO success: again entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  $ stop again
  again: stopped
  @ skip-log

The whole group is signalled, and killed.

  $ start deaf
  deaf: started
  > supervisor.sendProcessStdin('deaf', 'go\n')
  True
  @ wait-file deaf.log ready
  $ stop deaf
  deaf: stopped
  @ log without to stop | SIGCHLD
  TIME INFO spawned: 'deaf' with pid PID
  TIME INFO success: deaf entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME DEBG 'deaf' stdout output:
  ready
  ␤
  TIME DEBG killing deaf (pid PID) process group with signal SIGTERM
  TIME WARN killing 'deaf' (PID) with SIGKILL
  TIME DEBG killing deaf (pid PID) process group with signal SIGKILL
  TIME WARN stopped: deaf (terminated by SIGKILL)

Without any grace SIGKILL follows at once.

  $ start now
  now: started
  @ wait-file now.log ready
  $ stop now
  now: stopped
  @ wait-log killing 'now'
  @ wait-log stopped: now (terminated by SIGKILL)

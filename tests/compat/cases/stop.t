How programs are stopped.

  @ config
  | [program:polite]
  | command=/bin/sh -c "trap 'echo got INT; exit 0' INT; echo ready; while :; do sleep 0.1; done"
  | stopsignal=INT
  | stdout_logfile=%(here)s/polite.log
  | [program:family]
  | command=/bin/sh -c "(trap 'echo child got TERM; exit 0' TERM; echo child ready; while :; do sleep 0.1; done) & trap 'wait; exit 0' TERM; wait; wait"
  | stopasgroup=true
  | stdout_logfile=%(here)s/family.log
  | [program:quits]
  | command=/bin/sh -c "trap 'exit 5' QUIT; echo ready; while :; do sleep 0.1; done"
  | stopsignal=QUIT
  | exitcodes=5
  | stdout_logfile=%(here)s/quits.log
  | [program:stubborn]
  | command=/bin/sh -c "trap '' TERM; echo ready; while :; do sleep 0.1; done"
  | stopwaitsecs=1
  | killasgroup=true
  | stdout_logfile=%(here)s/stubborn.log
  | [program:dying]
  | command=/bin/sh -c "read line; exit 0"
  | autorestart=unexpected
  @ start
  @ wait polite RUNNING
  @ wait family RUNNING
  @ wait quits RUNNING
  @ wait stubborn RUNNING
  @ wait dying RUNNING
  @ wait-file polite.log ready
  @ wait-file family.log ready
  @ wait-file quits.log ready
  @ wait-file stubborn.log ready
  @ wait-log success: polite
  @ wait-log success: family
  @ wait-log success: quits
  @ wait-log success: stubborn
  @ wait-log success: dying
  @ skip-log
  $ stop polite
  polite: stopped
  @ file polite.log
  ready
  got INT
  $ stop family
  family: stopped
  @ file family.log
  child ready
  child got TERM
  $ stop quits
  quits: stopped
  > supervisor.getProcessInfo('quits')['exitstatus']
  5
  > supervisor.getProcessInfo('quits')['spawnerr']
  ''
  @ log without to stop
  TIME INFO stopped: polite (exit status 0)
  TIME INFO stopped: family (exit status 0)
  TIME INFO stopped: quits (exit status 5)
  $ stop stubborn
  stubborn: stopped
  > supervisor.getProcessInfo('stubborn')['exitstatus']
  -1
  @ log
  TIME INFO waiting for stubborn to stop
  TIME WARN killing 'stubborn' (PID) with SIGKILL
  TIME WARN stopped: stubborn (terminated by SIGKILL)

A program that ends by itself with an expected code stays down.

  > supervisor.sendProcessStdin('dying', '\n')
  True
  @ wait dying EXITED
  $ stop dying
  dying: ERROR (not running)
  $ status dying
  dying                            EXITED    DATE
  [3]
  $ start dying
  dying: started
  @ log
  TIME INFO exited: dying (exit status 0; expected)
  TIME INFO spawned: 'dying' with pid PID
  TIME INFO success: dying entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)

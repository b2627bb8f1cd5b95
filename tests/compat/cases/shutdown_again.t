Signals that come while the daemon is stopping already.

  @ config
  | [program:stubborn]
  | command=/bin/sh -c "trap '' TERM; echo ready; while :; do sleep 0.05; done"
  | startsecs=0
  | stopwaitsecs=7
  | stdout_logfile=%(here)s/stubborn.log
  | priority=5
  | [program:other]
  | command=/bin/sh -c "while [ ! -e %(here)s/end ]; do sleep 0.05; done"
  | startsecs=0
  | autorestart=true
  | priority=1
  @ start
  @ wait stubborn RUNNING
  @ wait other RUNNING
  @ wait-file stubborn.log ready
  @ wait-log success: stubborn
  @ wait-log success: other
  @ skip-log
  @ signal TERM
  @ wait-log waiting for
  @ signal HUP
  @ wait-log ignored
  @ signal INT
  @ wait-log SIGINT
  @ signal USR2
  @ wait-log logreopen

A process whose turn has not come may end by itself; it is not started again.

  @ write end
  | now
  @ wait-log exited: other
  @ gone
  [0]
  @ log without to die
  TIME WARN received SIGTERM indicating exit request
  TIME WARN ignored SIGHUP indicating restart request (shutdown in progress)
  TIME WARN received SIGINT indicating exit request
  TIME INFO received SIGUSR2 indicating log reopen request
  TIME INFO supervisord logreopen
  TIME INFO exited: other (exit status 0; expected)
  TIME WARN killing 'stubborn' (PID) with SIGKILL
  TIME WARN stopped: stubborn (terminated by SIGKILL)

A restart that turns into an exit.

  @ config
  | [program:stubborn]
  | command=/bin/sh -c "trap '' TERM; echo ready; while :; do sleep 0.05; done"
  | startsecs=0
  | stopwaitsecs=5
  | stdout_logfile=%(here)s/stubborn.log
  @ start
  @ wait stubborn RUNNING
  @ wait-file stubborn.log ready
  @ wait-log success: stubborn
  @ skip-log
  @ signal HUP
  @ wait-log waiting for
  @ log
  TIME WARN received SIGHUP indicating restart request
  TIME INFO waiting for stubborn to die
  @ signal HUP
  @ wait-log restart
  @ signal TERM
  @ wait-log SIGTERM
  @ gone
  [0]
  @ log without to die
  TIME WARN received SIGHUP indicating restart request
  TIME WARN received SIGTERM indicating exit request
  TIME WARN killing 'stubborn' (PID) with SIGKILL
  TIME WARN stopped: stubborn (terminated by SIGKILL)

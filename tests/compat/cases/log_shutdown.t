The order of a shutdown: groups from the highest priority down, one after another.

  @ config
  | [program:low]
  | command=/bin/cat
  | startsecs=0
  | priority=1
  | [program:middle]
  | command=/bin/cat
  | startsecs=0
  | priority=5
  | [program:high]
  | command=/bin/cat
  | startsecs=0
  | priority=9
  @ start
  @ wait low RUNNING
  @ wait middle RUNNING
  @ wait high RUNNING
  @ wait-log success: low
  @ wait-log success: middle
  @ wait-log success: high
  @ skip-log
  @ signal INT
  @ gone
  [0]
  @ log
  TIME WARN received SIGINT indicating exit request
  TIME INFO waiting for low, middle, high to die
  TIME WARN stopped: high (terminated by SIGTERM)
  TIME WARN stopped: middle (terminated by SIGTERM)
  TIME WARN stopped: low (terminated by SIGTERM)

`pid`, `version`, `avail`, and who is there.

  @ config
  | [program:cat]
  | command=/bin/cat
  | [program:idle]
  | command=/bin/cat
  | autostart=false
  | priority=3
  | [group:pair]
  | programs=left,right
  | priority=7
  | [program:left]
  | command=/bin/cat
  | [program:right]
  | command=/bin/cat
  | autostart=false
  @ start
  @ wait cat RUNNING
  @ wait pair:left RUNNING
  $ pid
  PID
  $ pid cat
  PID
  $ pid cat pair:left
  PID
  PID
  $ pid idle
  0
  [7]
  $ pid idle cat
  0
  PID
  [7]
  $ pid cat idle
  PID
  0
  [7]
  $ pid all
  PID
  0
  PID
  0
  $ pid zz
  No such process zz
  [1]
  $ pid zz cat
  No such process zz
  PID
  [1]
  $ pid cat zz
  PID
  No such process zz
  [1]
  $ pid pair
  No such process pair
  [1]
  $ pid pair:*
  No such process pair:*
  [1]
  $ version
  4.3.0
  $ version foo | head 1
  Error: version accepts no arguments
  [1]
  $ avail
  cat                              in use    auto      999:999
  idle                             in use    manual    3:3
  pair:left                        in use    auto      7:999
  pair:right                       in use    manual    7:999
  $ avail foo | head 1
  Error: avail accepts no arguments
  [1]
  > supervisor.getAPIVersion()
  '3.0'
  > supervisor.getVersion()
  '3.0'
  > supervisor.getSupervisorVersion()
  '4.3.0'
  > supervisor.getIdentification()
  'supervisor'
  > supervisor.getState()
  {'statecode': 1, 'statename': 'RUNNING'}
  > type(supervisor.getPID()) is int and supervisor.getPID() > 1
  True

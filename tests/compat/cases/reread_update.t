Editing the configuration while the daemon runs: `reread`, `update`, `add`, `remove`.

  @ config
  | [include]
  | files = *.ini
  @ write a.ini
  | [program:keep]
  | command=/bin/cat
  | [program:change]
  | command=/bin/cat
  | [program:drop]
  | command=/bin/cat
  | [program:first]
  | command=/bin/cat
  | autostart=false
  @ start
  @ wait keep RUNNING
  @ wait change RUNNING
  @ wait drop RUNNING

Nothing changed.

  $ reread
  No config updates to processes
  $ update
  > supervisor.reloadConfig()
  [[], [], []]

White space, comments, order and unknown options are no change.

  @ write a.ini
  | ; a comment
  | [program:drop]
  | command = /bin/cat    ; another
  | nonsense=1
  | [program:change]
  | command: /bin/cat
  | [program:keep]
  | command=/bin/cat
  | [program:first]
  | autostart=false
  | command=/bin/cat
  $ reread
  No config updates to processes

One of each.

  @ write a.ini
  | [program:keep]
  | command=/bin/cat
  | [program:change]
  | command=/bin/cat -u
  | [program:first]
  | command=/bin/cat
  | autostart=false
  | [program:later]
  | command=/bin/cat
  | autostart=false
  | [program:sooner]
  | command=/bin/cat
  | autostart=false
  $ reread
  change: changed
  drop: disappeared
  later: available
  sooner: available
  $ reread
  change: changed
  drop: disappeared
  later: available
  sooner: available
  > supervisor.reloadConfig()
  [['later', 'sooner'], ['change'], ['drop']]
  $ status | sort
  change                           RUNNING   pid PID, uptime UPTIME
  drop                             RUNNING   pid PID, uptime UPTIME
  first                            STOPPED   Not started
  keep                             RUNNING   pid PID, uptime UPTIME
  [3]
  $ avail
  change                           in use    auto      999:999
  first                            in use    manual    999:999
  keep                             in use    auto      999:999
  later                            avail     manual    999:999
  sooner                           avail     manual    999:999
  $ update
  drop: stopped
  drop: removed process group
  change: stopped
  change: updated process group
  later: added process group
  sooner: added process group
  $ update
  @ wait change RUNNING
  $ status
  change                           RUNNING   pid PID, uptime UPTIME
  first                            STOPPED   Not started
  keep                             RUNNING   pid PID, uptime UPTIME
  later                            STOPPED   Not started
  sooner                           STOPPED   Not started
  [3]

Only the named groups.

  @ write a.ini
  | [program:keep]
  | command=/bin/cat
  | [program:change]
  | command=/bin/cat
  | [program:later]
  | command=/bin/cat
  | autostart=false
  | startsecs=0
  | [program:new]
  | command=/bin/cat
  | autostart=false
  | [program:newer]
  | command=/bin/cat
  | autostart=false
  $ update zz
  ERROR: no such group: zz
  [1]
  $ update new zz
  ERROR: no such group: zz
  new: added process group
  [1]
  $ update sooner later
  sooner: stopped
  sooner: removed process group
  later: stopped
  later: updated process group
  $ update first
  first: stopped
  first: removed process group
  $ reread
  change: changed
  newer: available
  $ update all
  change: stopped
  change: updated process group
  newer: added process group
  $ reread
  No config updates to processes
  @ wait change RUNNING

A broken file changes nothing.

  @ write a.ini
  | [program:keep]
  | command=/bin/cat
  | startsecs=soon
  $ reread
  ERROR: CANT_REREAD: invalid literal for int() with base 10: 'soon' in section 'program:keep' (file: '$DIR/a.ini')
  [1]
  $ update
  error: <Fault 92: "CANT_REREAD: invalid literal for int() with base 10: 'soon' in section 'program:keep' (file: '$DIR/a.ini')">
  [1]
  ~ client: the fault is told as reread tells it
  ERROR: CANT_REREAD: invalid literal for int() with base 10: 'soon' in section 'program:keep' (file: '$DIR/a.ini')
  [1]
  $ status | sort
  change                           RUNNING   pid PID, uptime UPTIME
  keep                             RUNNING   pid PID, uptime UPTIME
  later                            STOPPED   Not started
  new                              STOPPED   Not started
  newer                            STOPPED   Not started
  [3]
  > supervisor.reloadConfig()
  fault 92 CANT_REREAD: invalid literal for int() with base 10: 'soon' in section 'program:keep' (file: '$DIR/a.ini')
  @ write a.ini
  | [program:keep]
  $ reread
  ERROR: CANT_REREAD: program section program:keep does not specify a command in section 'program:keep' (file: '$DIR/a.ini')
  [1]
  @ write a.ini
  | [program:keep
  $ reread | head 1
  ERROR: CANT_REREAD: File contains no section headers.
  [1]

By hand: add and remove.

  @ write a.ini
  | [program:keep]
  | command=/bin/cat
  | [program:extra]
  | command=/bin/cat
  | autostart=false
  | startsecs=0
  | [group:band]
  | programs=guitar
  | [program:guitar]
  | command=/bin/cat
  | startsecs=0
  $ reread
  band: available
  change: disappeared
  extra: available
  later: disappeared
  new: disappeared
  newer: disappeared
  $ add zz
  ERROR: no such process/group: zz
  [1]
  $ add extra
  extra: added process group
  $ add extra
  ERROR: process group already active
  $ add band extra zz
  band: added process group
  ERROR: process group already active
  ERROR: no such process/group: zz
  [1]
  @ wait band:guitar RUNNING
  $ add
  $ remove zz
  ERROR: no such process/group: zz
  [1]
  $ remove band
  ERROR: process/group still running: band
  [1]
  $ stop band:guitar
  band:guitar: stopped
  $ remove band
  band: removed process group
  $ remove band
  ERROR: no such process/group: band
  [1]
  $ remove
  $ stop change
  change: stopped
  $ remove change later new newer
  change: removed process group
  later: removed process group
  new: removed process group
  newer: removed process group
  $ status
  extra                            STOPPED   Not started
  keep                             RUNNING   pid PID, uptime UPTIME
  [3]
  > supervisor.addProcessGroup('extra')
  fault 90 ALREADY_ADDED: extra
  > supervisor.addProcessGroup('zz')
  fault 10 BAD_NAME: zz
  > supervisor.removeProcessGroup('zz')
  fault 10 BAD_NAME: zz
  > supervisor.removeProcessGroup('keep')
  fault 91 STILL_RUNNING: keep
  > supervisor.removeProcessGroup('extra')
  True
  > supervisor.addProcessGroup('extra')
  True
  $ reread foo | head 1
  Error: reread accepts no arguments
  [1]
  $ avail
  extra                            in use    manual    999:999
  band:guitar                      avail     auto      999:999
  keep                             in use    auto      999:999

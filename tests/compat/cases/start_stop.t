Results of `start`, `stop` and `restart` for single programs.

  @ config
  | [program:cat]
  | command=/bin/cat
  | [program:idle]
  | command=/bin/cat
  | autostart=false
  | startsecs=0
  | [program:missing]
  | command=/no/such/program
  | autostart=false
  | startretries=0
  | [program:plain]
  | command=/etc/passwd
  | autostart=false
  | [program:folder]
  | command=/etc
  | autostart=false
  | [program:quote]
  | command=/bin/cat "x
  | autostart=false
  | [program:empty]
  | command=
  | autostart=false
  | [program:quick]
  | command=/bin/false
  | startsecs=5
  | autostart=false
  | startretries=0
  | [program:retrying]
  | command=/no/such/program
  | startretries=1000
  | [program:dying]
  | command=/bin/false
  | startsecs=1000
  | startretries=1000
  | [group:pair]
  | programs=left,right
  | [program:left]
  | command=/bin/cat
  | [program:right]
  | command=/bin/cat
  | autostart=false
  @ start
  @ wait cat RUNNING
  @ wait pair:left RUNNING
  @ wait retrying BACKOFF

  $ start idle
  idle: started
  $ start idle
  idle: ERROR (already started)
  $ stop idle
  idle: stopped
  $ stop idle
  idle: ERROR (not running)
  $ restart idle
  idle: ERROR (not running)
  idle: started
  $ restart idle
  idle: stopped
  idle: started
  $ restart cat
  cat: stopped
  cat: started
  $ stop cat
  cat: stopped
  $ restart cat
  cat: ERROR (not running)
  cat: started
  $ start idle idle
  idle: ERROR (already started)
  idle: ERROR (already started)

Programs that cannot be started.

  $ start missing
  missing: ERROR (no such file)
  [1]
  $ start plain
  plain: ERROR (file is not executable)
  [1]
  $ start folder
  folder: ERROR (file is not executable)
  [1]
  $ start quote
  quote: ERROR (file is not executable)
  [1]
  $ start empty
  empty: ERROR (file is not executable)
  [1]
  $ start quick
  quick: ERROR (spawn error)
  [7]
  $ status missing plain folder quote empty quick
  missing                          STOPPED   Not started
  plain                            STOPPED   Not started
  folder                           STOPPED   Not started
  quote                            STOPPED   Not started
  empty                            STOPPED   Not started
  quick                            FATAL     Exited too quickly (process log may have details)
  [3]
  $ restart missing
  missing: ERROR (not running)
  missing: ERROR (no such file)
  [1]
  $ restart quick
  quick: ERROR (not running)
  quick: ERROR (spawn error)
  [7]

A program between two attempts counts as started, and stops at once. The command is looked for before anything else.

  $ start dying
  dying: ERROR (already started)
  $ stop dying
  dying: stopped
  $ start retrying
  retrying: ERROR (no such file)
  [1]
  $ stop retrying
  retrying: stopped
  $ stop retrying
  retrying: ERROR (not running)

Unknown names.

  $ start zz
  zz: ERROR (no such process)
  [1]
  $ stop zz
  zz: ERROR (no such process)
  [1]
  $ restart zz
  zz: ERROR (no such process)
  zz: ERROR (no such process)
  [1]
  $ start zz:*
  zz: ERROR (no such group)
  [2]
  $ stop zz:*
  zz: ERROR (no such group)
  [1]
  $ restart zz:*
  zz: ERROR (no such group)
  zz: ERROR (no such group)
  [2]
  $ start pair
  pair: ERROR (no such process)
  [1]
  $ stop pair
  pair: ERROR (no such process)
  [1]
  $ start pair:zz
  pair:zz: ERROR (no such process)
  [1]
  $ start *
  *: ERROR (no such process)
  [1]
  $ stop *
  *: ERROR (no such process)
  [1]

Several names are handled one after another; the exit code is that of the last failure.

  $ stop cat idle
  cat: stopped
  idle: stopped
  $ start cat missing idle
  cat: started
  missing: ERROR (no such file)
  idle: started
  [1]
  $ start missing quick
  missing: ERROR (no such file)
  quick: ERROR (spawn error)
  [7]
  $ start quick missing
  quick: ERROR (spawn error)
  missing: ERROR (no such file)
  [1]
  $ start idle zz cat
  idle: ERROR (already started)
  zz: ERROR (no such process)
  cat: ERROR (already started)
  [1]
  $ stop idle zz cat
  idle: stopped
  zz: ERROR (no such process)
  cat: stopped
  [1]

Members by their full name.

  $ start pair:right
  pair:right: started
  $ stop pair:left
  pair:left: stopped
  $ stop pair:left
  pair:left: ERROR (not running)
  $ start cat:cat
  cat: started
  $ stop cat:cat
  cat: stopped

Without a name.

  $ start | head 1
  Error: start requires a process name
  [2]
  $ stop | head 1
  Error: stop requires a process name
  [1]
  $ restart | head 1
  Error: restart requires a process name
  [1]
  $ clear | head 1
  Error: clear requires a process name
  [1]
  $ signal | head 1
  Error: signal requires a signal name and a process name
  [1]

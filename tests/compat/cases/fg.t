What `fg` refuses. The conversation itself wants a terminal.

  @ config
  | [program:cat]
  | command=/bin/cat
  | startsecs=0
  | [program:idle]
  | command=/bin/cat
  | autostart=false
  | [group:pair]
  | programs=left
  | [program:left]
  | command=/bin/cat
  | autostart=false
  $ fg
  unix://$DIR/supervisor.sock no such file
  [7]
  @ start
  @ wait cat RUNNING
  $ fg | head 1
  ERROR: no process name supplied
  [1]
  $ fg cat idle
  ERROR: too many process names supplied
  [1]
  $ fg zz
  ERROR: bad process name supplied
  [1]
  $ fg zz:*
  ERROR: bad process name supplied
  [1]
  $ fg pair
  ERROR: bad process name supplied
  [1]
  $ fg pair:*
  ERROR: bad process name supplied
  [1]
  $ fg pair:left
  ERROR: process not running
  [1]
  $ fg idle
  ERROR: process not running
  [1]

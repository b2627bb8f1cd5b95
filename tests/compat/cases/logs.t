Log files of children.

  @ config
  | [supervisord]
  | strip_ansi=true
  | [program:small]
  | command=/bin/cat
  | stdout_logfile=%(here)s/small.log
  | stdout_logfile_maxbytes=20
  | stdout_logfile_backups=2
  | [program:single]
  | command=/bin/cat
  | stdout_logfile=%(here)s/single.log
  | stdout_logfile_maxbytes=20
  | stdout_logfile_backups=0
  | [program:endless]
  | command=/bin/cat
  | stdout_logfile=%(here)s/endless.log
  | stdout_logfile_maxbytes=0
  | [program:colours]
  | command=/bin/sh -c "printf '\033[31mred\033[0m \033[1;32mgreen\033[m\nplain\n'; exec cat"
  | stdout_logfile=%(here)s/colours.log
  | [program:console]
  | command=/bin/cat
  | stdout_logfile=/dev/stdout
  | stdout_logfile_maxbytes=0
  @ start
  @ wait small RUNNING
  @ wait single RUNNING
  @ wait endless RUNNING
  @ wait console RUNNING

A file rolls over after the write that reaches its limit, and backups move up.

  > supervisor.sendProcessStdin('small', 'first line\n')
  True
  @ wait-file small.log first line
  > supervisor.sendProcessStdin('small', 'second line\n')
  True
  @ wait-file small.log.1 second line
  @ file small.log
  @ file small.log.1
  first line
  second line
  > supervisor.sendProcessStdin('small', 'a third line that is long\n')
  True
  @ wait-file small.log.1 third line
  @ file small.log.2
  first line
  second line
  > supervisor.sendProcessStdin('small', 'a fourth line that is long\n')
  True
  @ wait-file small.log.1 fourth line
  @ file small.log
  @ file small.log.1
  a fourth line that is long
  @ file small.log.2
  a third line that is long
  @ file small.log.3
  > supervisor.sendProcessStdin('small', 'fifth\n')
  True
  @ wait-file small.log fifth
  > supervisor.readProcessStdoutLog('small', 0, 0)
  'fifth\n'

Without backups the file is emptied.

  > supervisor.sendProcessStdin('single', 'short\n')
  True
  @ wait-file single.log short
  > supervisor.sendProcessStdin('single', 'now it is too long\n')
  True
  @ wait-empty single.log
  > supervisor.sendProcessStdin('single', 'new\n')
  True
  @ wait-file single.log new
  @ file single.log
  new
  @ file single.log.1

A limit of 0 is no limit.

  > supervisor.sendProcessStdin('endless', 'one line that is longer than others\n')
  True
  > supervisor.sendProcessStdin('endless', 'another\n')
  True
  @ wait-file endless.log another
  @ file endless.log
  one line that is longer than others
  another

Clearing leaves the backups alone.

  $ clear small
  small: cleared
  @ file small.log
  @ file small.log.2
  a third line that is long

Somebody else moves the file away, and tells the daemon to open it anew.

  @ rename endless.log endless.old
  > supervisor.sendProcessStdin('endless', 'still here\n')
  True
  @ wait-file endless.old still here
  @ signal USR2
  @ wait-log supervisord logreopen
  > supervisor.sendProcessStdin('endless', 'and here\n')
  True
  @ wait-file endless.log and here
  @ file endless.old
  one line that is longer than others
  another
  still here
  @ file endless.log
  and here

Colours are removed on request.

  @ wait-file colours.log plain
  @ file colours.log
  red green
  plain

The daemon's own standard output can be a child's log.

  > supervisor.sendProcessStdin('console', 'hello, console\n')
  True
  @ wait-file daemon.stdout hello, console

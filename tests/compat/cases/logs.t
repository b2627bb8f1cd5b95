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
  @ wait-file small.log first line
  > supervisor.sendProcessStdin('small', 'second line\n')
  @ wait-file small.log.1 second line
  @ file small.log
  @ file small.log.1
  > supervisor.sendProcessStdin('small', 'a third line that is long\n')
  @ wait-file small.log.1 third line
  @ file small.log.2
  > supervisor.sendProcessStdin('small', 'a fourth line that is long\n')
  @ wait-file small.log.1 fourth line
  @ file small.log
  @ file small.log.1
  @ file small.log.2
  @ file small.log.3
  > supervisor.sendProcessStdin('small', 'fifth\n')
  @ wait-file small.log fifth
  > supervisor.readProcessStdoutLog('small', 0, 0)

Without backups the file is emptied.

  > supervisor.sendProcessStdin('single', 'too long for so small a file\nand more')
  > supervisor.sendProcessStdin('single', '\nshort\n')
  @ wait-file single.log short
  @ file single.log
  @ file single.log.1

A limit of 0 is no limit.

  > supervisor.sendProcessStdin('endless', 'one line that is longer than others\n')
  > supervisor.sendProcessStdin('endless', 'another\n')
  @ wait-file endless.log another
  @ file endless.log

Clearing leaves the backups alone.

  $ clear small
  @ file small.log
  @ file small.log.2

Somebody else moves the file away, and tells the daemon to open it anew.

  @ rename endless.log endless.old
  > supervisor.sendProcessStdin('endless', 'still here\n')
  @ wait-file endless.old still here
  @ signal USR2
  @ wait-log supervisord logreopen
  > supervisor.sendProcessStdin('endless', 'and here\n')
  @ wait-file endless.log and here
  @ file endless.old
  @ file endless.log

Colours are removed on request.

  > supervisor.sendProcessStdin('endless', '\x1b[31mred\x1b[0m\n')
  @ wait-file endless.log red
  > 'red' in supervisor.readProcessStdoutLog('endless', 0, 0).splitlines()

The daemon's own standard output can be a child's log.

  > supervisor.sendProcessStdin('console', 'hello, console\n')
  @ wait-file daemon.stdout hello, console

Standard error has its own log, with the same options as standard output.

  @ config
  | [program:small]
  | command=/bin/sh -c "cat >&2"
  | stderr_logfile=%(here)s/small.err
  | stderr_logfile_maxbytes=20
  | stderr_logfile_backups=1
  | stdout_logfile=NONE
  | [program:single]
  | command=/bin/sh -c "cat >&2"
  | stderr_logfile=%(here)s/single.err
  | stderr_logfile_maxbytes=20
  | stderr_logfile_backups=0
  | stdout_logfile=NONE
  | [program:secret]
  | command=/bin/sh -c "cat >&2"
  | stderr_logfile=%(here)s/secret.err
  | stderr_capture_maxbytes=1KB
  | [program:both]
  | command=/bin/sh -c "cat >&2"
  | redirect_stderr=true
  | stdout_logfile=%(here)s/both.log
  | stderr_logfile=%(here)s/both.err
  @ start
  @ wait small RUNNING
  @ wait single RUNNING
  @ wait secret RUNNING
  @ wait both RUNNING

It rolls over.

  > supervisor.sendProcessStdin('small', 'the first line of all\n')
  True
  @ wait-file small.err.1 the first line
  @ file small.err
  > supervisor.sendProcessStdin('small', 'the second line of all\n')
  True
  @ wait-file small.err.1 the second line
  @ file small.err.1
  the second line of all
  @ file small.err.2
  > supervisor.sendProcessStdin('small', 'third\n')
  True
  @ wait-file small.err third
  $ tail small stderr
  third
  ␤
  > supervisor.sendProcessStdin('single', 'this line is too long\n')
  True
  @ wait-empty single.err
  @ file single.err.1

What stands between the tags is no part of the log.

  > supervisor.sendProcessStdin('secret', 'before <!--XSUPERVISOR:BEGIN-->secret<!--XSUPERVISOR:END--> and a good deal of text after it\n')
  True
  @ wait-file secret.err after it
  @ file secret.err
  before  and a good deal of text after it

Redirected, it has no log of its own.

  > supervisor.sendProcessStdin('both', 'to the other log\n')
  True
  @ wait-file both.log to the other log
  @ file both.err
  $ tail both stderr
  both: ERROR (no log file)
  [1]

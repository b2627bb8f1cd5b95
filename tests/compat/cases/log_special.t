Where the output of programs may go besides a plain file, and how files roll over that were there already.

  @ write large.log
  | This file is larger than its limit from the beginning.
  @ write gaps.log.1
  | one
  @ write gaps.log.3
  | three
  @ write gaps.log.7
  | seven
  @ config
  | [program:none]
  | command=/bin/sh -c "echo gone; echo lost >&2; exec cat"
  | stdout_logfile=NONE
  | stderr_logfile=off
  | startsecs=0
  | [program:empty]
  | command=/bin/cat
  | stdout_logfile=
  | stderr_logfile=/dev/null
  | stderr_logfile_maxbytes=0
  | startsecs=0
  | [program:stderr]
  | command=/bin/sh -c "echo 'to the standard error'; exec cat"
  | stdout_logfile=/dev/stderr
  | stdout_logfile_maxbytes=0
  | startsecs=0
  | [program:large]
  | command=/bin/cat
  | stdout_logfile=%(here)s/large.log
  | stdout_logfile_maxbytes=20
  | stdout_logfile_backups=1
  | startsecs=0
  | [program:gaps]
  | command=/bin/cat
  | stdout_logfile=%(here)s/gaps.log
  | stdout_logfile_maxbytes=5
  | stdout_logfile_backups=4
  | startsecs=0
  | [program:removed]
  | command=/bin/cat
  | stdout_logfile=%(here)s/removed.log
  | stdout_logfile_maxbytes=10
  | startsecs=0
  | [program:reopened]
  | command=/bin/cat
  | stdout_logfile=%(here)s/reopened.log
  | stderr_logfile=NONE
  | startsecs=0
  | [program:captured]
  | command=/bin/cat
  | stdout_logfile=%(here)s/captured.log
  | stdout_capture_maxbytes=100
  | startsecs=0
  @ start
  @ wait captured RUNNING
  @ wait reopened RUNNING
  @ wait removed RUNNING
  @ wait large RUNNING
  @ wait gaps RUNNING

No log at all, and logs that are descriptors of the daemon.

  > supervisor.getProcessInfo('none')['stdout_logfile']
  ''
  > supervisor.getProcessInfo('empty')['stderr_logfile']
  '/dev/null'
  > supervisor.readProcessStdoutLog('none', 0, 0)
  fault 20 NO_FILE
  > supervisor.readProcessStderrLog('none', 0, 0)
  fault 20 NO_FILE
  @ wait-file daemon.stderr to the standard error

A file that is too large already rolls over after the next write.

  @ file large.log
  This file is larger than its limit from the beginning.
  > supervisor.sendProcessStdin('large', 'more\n')
  True
  @ wait-file large.log.1 more
  @ file large.log.1
  This file is larger than its limit from the beginning.
  more
  > supervisor.sendProcessStdin('large', 'new\n')
  True
  @ wait-file large.log new
  @ file large.log
  new

Backups that are missing are passed over, and numbers above the limit stay.

  > supervisor.sendProcessStdin('gaps', 'first\n')
  True
  @ wait-file gaps.log.1 first
  @ file gaps.log.1
  first
  @ file gaps.log.2
  one
  @ file gaps.log.3
  @ file gaps.log.4
  three
  @ file gaps.log.7
  seven

Somebody removes a log that is written to: until it is opened again, what is written goes nowhere. It still rolls over.

  > supervisor.sendProcessStdin('removed', 'one\n')
  True
  @ wait-file removed.log one
  @ remove removed.log
  > supervisor.sendProcessStdin('removed', 'two is more than ten\n')
  True
  $ restart removed
  removed: stopped
  removed: started
  > supervisor.sendProcessStdin('removed', 'three\n')
  True
  @ wait-file removed.log three
  @ file removed.log
  three
  @ file removed.log.1

Restarting a program appends to its log.

  > supervisor.sendProcessStdin('reopened', 'before\n')
  True
  @ wait-file reopened.log before
  $ restart reopened
  reopened: stopped
  reopened: started
  > supervisor.sendProcessStdin('reopened', 'after\n')
  True
  @ wait-file reopened.log after
  @ file reopened.log
  before
  after

What is captured is not in the log.

  > supervisor.sendProcessStdin('captured', 'before <!--XSUPERVISOR:BEGIN-->inside<!--XSUPERVISOR:END--> behind, and a line that is long enough\n')
  True
  @ wait-file captured.log long enough
  @ file captured.log
  before  behind, and a line that is long enough

The log of the daemon itself.

  > supervisor.clearLog()
  True
  @ file supervisord.log
  > supervisor.readLog(0, 0)
  ''
  @ signal USR2
  @ wait-file supervisord.log logreopen

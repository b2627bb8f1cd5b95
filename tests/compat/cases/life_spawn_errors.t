Starts that fail before there is a child: the reason is in the log, in spawnerr, and in what a start answers.

  @ config
  | [program:missing]
  | command=/no/such/program --flag
  | startretries=0
  | [program:unknown]
  | command=no-such-program-anywhere
  | startretries=0
  | [program:folder]
  | command=/etc
  | startretries=0
  | [program:plain]
  | command=/etc/passwd
  | startretries=0
  | [program:empty]
  | command=
  | startretries=0
  | [program:blank]
  | command=""
  | startretries=0
  | [program:quote]
  | command=/bin/cat "it's
  | startretries=0
  | [program:escape]
  | command=/bin/cat x\
  | startretries=0
  | [program:path]
  | command=cat
  | startretries=0
  | environment=PATH="/nowhere"
  | [program:logfolder]
  | command=/bin/cat
  | startretries=0
  | stdout_logfile=/etc
  | [program:errfolder]
  | command=/bin/cat
  | startretries=0
  | stdout_logfile=NONE
  | stderr_logfile=%(here)s
  @ start
  @ wait missing FATAL
  @ wait unknown FATAL
  @ wait folder FATAL
  @ wait plain FATAL
  @ wait empty FATAL
  @ wait blank FATAL
  @ wait quote FATAL
  @ wait escape FATAL
  @ wait path FATAL
  @ wait logfolder FATAL
  @ wait errfolder FATAL
  > '; '.join('%(name)s %(statename)s %(exitstatus)s %(spawnerr)r' % info for info in supervisor.getAllProcessInfo())
  'blank FATAL 0 "command at \'/usr/local/bin/\' is a directory"; empty FATAL 0 \'command is empty\'; errfolder FATAL 0 "unknown error making dispatchers for \'errfolder\': EISDIR"; escape FATAL 0 "can\'t parse command \'/bin/cat x\\\\\\\\\': No escaped character"; folder FATAL 0 "command at \'/etc\' is a directory"; logfolder FATAL 0 "unknown error making dispatchers for \'logfolder\': EISDIR"; missing FATAL 0 "can\'t find command \'/no/such/program\'"; path FATAL 0 "can\'t find command \'cat\'"; plain FATAL 0 "command at \'/etc/passwd\' is not executable"; quote FATAL 0 \'can\\\'t parse command \\\'/bin/cat "it\\\\\\\'s\\\': No closing quotation\'; unknown FATAL 0 "can\'t find command \'no-such-program-anywhere\'"'
  @ skip-log
  > supervisor.startProcess('missing')
  fault 20 NO_FILE: can't find command '/no/such/program'
  > supervisor.startProcess('unknown')
  fault 20 NO_FILE: can't find command 'no-such-program-anywhere'
  > supervisor.startProcess('folder')
  fault 21 NOT_EXECUTABLE: command at '/etc' is a directory
  > supervisor.startProcess('plain')
  fault 21 NOT_EXECUTABLE: command at '/etc/passwd' is not executable
  > supervisor.startProcess('empty')
  fault 21 NOT_EXECUTABLE: command is empty
  > supervisor.startProcess('blank')
  fault 21 NOT_EXECUTABLE: command at '/usr/local/bin/' is a directory
  > supervisor.startProcess('quote')
  fault 21 NOT_EXECUTABLE: can't parse command '/bin/cat "it\'s': No closing quotation
  > supervisor.startProcess('escape')
  fault 21 NOT_EXECUTABLE: can't parse command '/bin/cat x\\': No escaped character
  > supervisor.startProcess('path')
  fault 20 NO_FILE: can't find command 'cat'
  @ log
  > supervisor.startProcess('logfolder')
  fault 50 SPAWN_ERROR: logfolder
  @ log
  TIME INFO spawnerr: unknown error making dispatchers for 'logfolder': EISDIR
  TIME INFO gave up: logfolder entered FATAL state, too many start retries too quickly
  > supervisor.startProcess('errfolder')
  fault 50 SPAWN_ERROR: errfolder
  @ log
  TIME INFO spawnerr: unknown error making dispatchers for 'errfolder': EISDIR
  TIME INFO gave up: errfolder entered FATAL state, too many start retries too quickly

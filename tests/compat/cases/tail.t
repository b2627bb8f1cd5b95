`tail`, `clear` and the log methods.

  @ config
  | [program:ten]
  | command=/bin/sh -c "echo one two three four; echo wrong >&2; exec cat"
  | stdout_logfile=%(here)s/ten.out
  | stderr_logfile=%(here)s/ten.err
  | [program:nolog]
  | command=/bin/cat
  | stdout_logfile=NONE
  | stderr_logfile=NONE
  | [program:absent]
  | command=/bin/cat
  | stdout_logfile=%(here)s/absent.out
  | autostart=false
  @ start
  @ wait-file ten.out four
  @ wait-file ten.err wrong

  $ tail ten
  one two three four
  ␤
  $ tail ten stdout
  one two three four
  ␤
  $ tail ten STDERR
  wrong
  ␤
  $ tail ten stderr
  wrong
  ␤
  $ tail -5 ten
  four
  ␤
  $ tail -5 ten stderr
  rong
  ␤
  $ tail -0 ten
  one two three four
  ␤
  $ tail -1000 ten
  one two three four
  ␤
  $ tail --5 ten
  wo three four
  ␤
  ~ client: the second dash is a slip, not an offset
  Error: bad argument --5
  [1]
  $ tail -x ten
  Error: bad argument -x
  [1]
  $ tail ten foo
  Error: bad channel 'foo'
  [1]
  $ tail -5 ten foo
  Error: bad channel 'foo'
  [1]
  $ tail zz
  zz: ERROR (no such process name)
  [1]
  $ tail nolog
  nolog: ERROR (no log file)
  [1]
  $ tail nolog stderr
  nolog: ERROR (no log file)
  [1]
  $ tail absent
  absent: ERROR (no log file)
  [1]
  $ tail | head 1
  Error: too few arguments
  [1]
  $ tail a b c d | head 1
  Error: too many arguments
  [1]
  $ tail -5
  Error: tail requires process name
  [1]
  $ tail -f
  Error: tail requires process name
  [1]

A stream begins with the end of the log, and Ctrl-C ends it.

  @ follow four : tail -f ten
  ==> Press Ctrl-C to exit <==
  one two three four
  ␤
  @ follow wrong : tail -f ten stderr
  ==> Press Ctrl-C to exit <==
  wrong
  ␤
  $ tail -f zz
  ==> Press Ctrl-C to exit <==
  2| unix://$DIR/supervisor.sock/logtail/zz/stdout Cannot read, status code 404
  ~ client: a refused stream is a failure
  ==> Press Ctrl-C to exit <==
  2| unix://$DIR/supervisor.sock/logtail/zz/stdout Cannot read, status code 404
  [1]
  $ tail -f nolog
  ==> Press Ctrl-C to exit <==
  2| unix://$DIR/supervisor.sock/logtail/nolog/stdout Cannot read, status code 404
  ~ client: a refused stream is a failure
  ==> Press Ctrl-C to exit <==
  2| unix://$DIR/supervisor.sock/logtail/nolog/stdout Cannot read, status code 404
  [1]
  $ tail -f absent
  ==> Press Ctrl-C to exit <==
  2| unix://$DIR/supervisor.sock/logtail/absent/stdout Cannot read, status code 404
  ~ client: a refused stream is a failure
  ==> Press Ctrl-C to exit <==
  2| unix://$DIR/supervisor.sock/logtail/absent/stdout Cannot read, status code 404
  [1]

The methods.

  > supervisor.readProcessStdoutLog('ten', 0, 0)
  'one two three four\n'
  > supervisor.readProcessStdoutLog('ten', 4, 3)
  'two'
  > supervisor.readProcessStdoutLog('ten', 4, 0)
  'two three four\n'
  > supervisor.readProcessStdoutLog('ten', 100, 0)
  ''
  > supervisor.readProcessStdoutLog('ten', 100, 5)
  ''
  > supervisor.readProcessStdoutLog('ten', -5, 0)
  'four\n'
  > supervisor.readProcessStdoutLog('ten', -500, 0)
  'one two three four\n'
  > supervisor.readProcessStdoutLog('ten', -5, 1)
  fault 3 BAD_ARGUMENTS
  > supervisor.readProcessStdoutLog('ten', 0, -1)
  fault 3 BAD_ARGUMENTS
  > supervisor.readProcessStdoutLog('ten', '3', '4')
  ' two'
  > supervisor.readProcessStderrLog('ten', 0, 0)
  'wrong\n'
  > supervisor.readProcessLog('ten', 0, 3)
  'one'
  > supervisor.readProcessStdoutLog('zz', 0, 0)
  fault 10 BAD_NAME: zz
  > supervisor.readProcessStdoutLog('ten:*', 0, 0)
  fault 10 BAD_NAME: ten:*
  > supervisor.readProcessStdoutLog('nolog', 0, 0)
  fault 20 NO_FILE
  > supervisor.readProcessStdoutLog('absent', 0, 0)
  fault 20 NO_FILE: $DIR/absent.out
  > supervisor.tailProcessStdoutLog('ten', 0, 0)
  ['', 19, True]
  > supervisor.tailProcessStdoutLog('ten', 0, 5)
  ['four\n', 19, True]
  > supervisor.tailProcessStdoutLog('ten', 0, 18)
  ['ne two three four\n', 19, True]
  > supervisor.tailProcessStdoutLog('ten', 0, 19)
  ['one two three four\n', 19, False]
  > supervisor.tailProcessStdoutLog('ten', 0, 20)
  ['one two three four\n', 19, False]
  > supervisor.tailProcessStdoutLog('ten', 0, 1000)
  ['one two three four\n', 19, False]
  > supervisor.tailProcessStdoutLog('ten', 18, 5)
  ['four\n', 19, False]
  > supervisor.tailProcessStdoutLog('ten', 19, 5)
  ['', 19, False]
  > supervisor.tailProcessStdoutLog('ten', 20, 5)
  ['', 19, False]
  > supervisor.tailProcessStdoutLog('ten', 1000, 5)
  ['', 19, False]
  > supervisor.tailProcessStdoutLog('ten', -4, 2)
  ['r\n', 19, True]
  > supervisor.tailProcessStdoutLog('ten', 0, -1)
  ['', 19, True]
  > supervisor.tailProcessStdoutLog('ten', -4, 0)
  ['', 19, True]
  > supervisor.tailProcessStderrLog('ten', 0, 100)
  ['wrong\n', 6, False]
  > supervisor.tailProcessLog('ten', 0, 100)
  ['one two three four\n', 19, False]
  > supervisor.tailProcessStdoutLog('nolog', 0, 100)
  ['', 0, False]
  > supervisor.tailProcessStdoutLog('absent', 0, 100)
  ['', 0, False]
  > supervisor.tailProcessStdoutLog('zz', 0, 100)
  fault 10 BAD_NAME: zz
  > supervisor.tailProcessStdoutLog('ten:*', 0, 100)
  fault 10 BAD_NAME: ten:*

Cleared logs are empty, and there.

  $ clear ten
  ten: cleared
  $ tail ten
  ␤
  > supervisor.readProcessStdoutLog('ten', 0, 0)
  ''
  > supervisor.tailProcessStderrLog('ten', 0, 100)
  ['', 0, False]
  > supervisor.clearProcessLogs('ten')
  True
  > supervisor.clearProcessLog('ten')
  True
  > supervisor.clearProcessLogs('zz')
  fault 10 BAD_NAME: zz
  > supervisor.clearProcessLogs('nolog')
  True

A program that does not run has no open log; clearing it is no error.

  > supervisor.clearProcessLogs('absent')
  True

Differences that are wanted: a reload of a broken file. Ours reads it first.

  @ config
  | [program:cat]
  | command=/bin/cat
  | startsecs=0
  @ start
  @ wait cat RUNNING
  @ config
  | [program:cat]
  | command=/bin/cat
  | startsecs=soon
  > supervisor.restart()
  True
  ~ daemon: a mistake in the file is no reason to stop everything
  fault 92 CANT_REREAD: invalid literal for int() with base 10: 'soon' in section 'program:cat' (file: '$DIR/supervisord.conf')

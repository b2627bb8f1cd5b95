Words the client does not know, and words it does not want.

  @ config
  | [program:cat]
  | command=/bin/cat
  | startsecs=0
  @ start
  @ wait cat RUNNING
  $ foo
  *** Unknown syntax: foo
  [1]
  $ foo bar
  *** Unknown syntax: foo bar
  [1]
  $ start-cat
  -cat: ERROR (no such process)
  [1]
  $ 'status cat'
  cat                              RUNNING   pid PID, uptime UPTIME
  $ 'start cat' cat
  cat: ERROR (already started)
  cat: ERROR (already started)
  $ ? foo
  *** No help on foo
  $ help foo
  *** No help on foo
  $ reload x | head 1
  Error: reload accepts no arguments
  [1]
  $ shutdown x | head 1
  Error: shutdown accepts no arguments
  [1]
  $ reread x | head 1
  Error: reread accepts no arguments
  [1]
  $ avail x | head 1
  Error: avail accepts no arguments
  [1]
  $ version x | head 1
  Error: version accepts no arguments
  [1]
  $ quit
  ␤
  $ exit
  ␤
  $ EOF
  ␤
  $ open
  ERROR: url must be http:// or unix://
  [1]
  $ open foo
  ERROR: url must be http:// or unix://
  [1]
  $ open ftp://localhost
  ERROR: url must be http:// or unix://
  [1]
  $ open http://127.0.0.1:1
  http://127.0.0.1:1 refused connection
  $ help | head 4
  ␤
  default commands (type help <topic>):
  =====================================
  add    exit      open  reload  restart   start   tail   ␤

Options.

  $ -z
  2| Error: option -z not recognized
  2| For help, use supervisorctl -h
  [2]
  $ --nonsense
  2| Error: option --nonsense not recognized
  2| For help, use supervisorctl -h
  [2]
  $ -s foo status
  2| Error: invalid value for -s 'foo': value 'foo' is not a URL
  2| For help, use supervisorctl -h
  [2]
  $ -s
  2| Error: option -s requires argument
  2| For help, use supervisorctl -h
  [2]
  $ -s unix://$DIR/supervisor.sock -s unix://$DIR/supervisor.sock status
  2| Error: conflicting command line option '-s'
  2| For help, use supervisorctl -h
  [2]
  $ --server=unix://$DIR/supervisor.sock status
  cat                              RUNNING   pid PID, uptime UPTIME
  $ --serverurl unix://$DIR/supervisor.sock status cat
  cat                              RUNNING   pid PID, uptime UPTIME
  $ -i status cat
  cat                              RUNNING   pid PID, uptime UPTIME
  $ -- status cat
  cat                              RUNNING   pid PID, uptime UPTIME
  $ -s unix://$DIR/other.sock status
  unix://$DIR/other.sock no such file
  [4]
  $ -c other.conf status
  2| Error: conflicting command line option '-c'
  2| For help, use supervisorctl -h
  [2]

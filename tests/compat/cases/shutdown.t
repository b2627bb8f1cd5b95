`reload` and `shutdown`.

  @ config
  | [program:cat]
  | command=/bin/cat
  | startsecs=0
  @ start
  @ wait cat RUNNING
  $ reload
  Restarted supervisord
  @ wait-log supervisord started
  @ wait-log RPC interface
  @ wait cat RUNNING
  $ status
  cat                              RUNNING   pid PID, uptime UPTIME
  $ shutdown
  Shut down
  @ gone
  [0]
  $ shutdown
  ERROR: unix://$DIR/supervisor.sock no such file (already shut down?)
  [1]
  $ status
  unix://$DIR/supervisor.sock no such file
  [4]

Commands typed at the prompt, without a terminal.

  @ config
  | [program:cat]
  | command=/bin/cat
  | startsecs=0
  @ start
  @ wait cat RUNNING
  @ prompt
  | stop cat
  | status
  |
  | nonsense
  | start cat
  | version
  | quit
  cat                              RUNNING   pid PID, uptime UPTIME
  supervisor> cat: stopped
  supervisor> cat                              STOPPED   DATE
  supervisor> supervisor> *** Unknown syntax: nonsense
  supervisor> cat: started
  supervisor> 4.3.0
  supervisor> ␤
  @ prompt
  | pid zz
  cat                              RUNNING   pid PID, uptime UPTIME
  supervisor> No such process zz
  supervisor> ␤
  @ prompt
  | shutdown
  | n
  | status
  cat                              RUNNING   pid PID, uptime UPTIME
  supervisor> Really shut the remote supervisord process down y/N? supervisor> cat                              RUNNING   pid PID, uptime UPTIME
  supervisor> ␤
  @ prompt
  | reload
  | n
  | exit
  cat                              RUNNING   pid PID, uptime UPTIME
  supervisor> Really restart the remote supervisord process y/N? supervisor> ␤
  @ prompt
  | open nowhere
  | open unix://$DIR/nobody.sock
  | quit
  cat                              RUNNING   pid PID, uptime UPTIME
  supervisor> ERROR: url must be http:// or unix://
  supervisor> unix://$DIR/nobody.sock no such file
  supervisor> ␤

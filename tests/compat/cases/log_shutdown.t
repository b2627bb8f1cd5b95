The order of a shutdown: groups from the highest priority down, one after another.

  @ config
  | [program:low]
  | command=/bin/cat
  | startsecs=0
  | priority=1
  | [program:middle]
  | command=/bin/cat
  | startsecs=0
  | priority=5
  | [program:high]
  | command=/bin/cat
  | startsecs=0
  | priority=9
  @ start
  @ wait low RUNNING
  @ wait middle RUNNING
  @ wait high RUNNING
  @ log
  TIME CRIT Supervisor is running as root.  Privileges were not dropped because no user is specified in the config file.  If you intend to run as root, you can set user=root in the config file to avoid this message.
  TIME INFO RPC interface 'supervisor' initialized
  TIME CRIT Server 'unix_http_server' running without any HTTP authentication checking
  TIME INFO supervisord started with pid PID
  TIME INFO spawned: 'low' with pid PID
  TIME INFO spawned: 'middle' with pid PID
  TIME INFO spawned: 'high' with pid PID
  TIME INFO success: low entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME INFO success: middle entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  TIME INFO success: high entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)
  @ signal INT
  @ gone
  [0]
  @ log
  TIME WARN received SIGINT indicating exit request
  TIME INFO waiting for low, middle, high to die
  TIME WARN stopped: high (terminated by SIGTERM)
  TIME WARN stopped: middle (terminated by SIGTERM)
  TIME WARN stopped: low (terminated by SIGTERM)

What a listener has beyond other programs: how much it may leave unread, and its place in the order.

This one never says that it is ready.

  @ config
  | [program:first]
  | command=/bin/cat
  | startsecs=0
  | stdout_logfile=NONE
  | stderr_logfile=NONE
  | priority=1
  | [eventlistener:deaf]
  | command=/bin/cat
  | events=REMOTE_COMMUNICATION
  | buffer_size=2
  | startsecs=0
  | stdout_logfile=NONE
  | stderr_logfile=NONE
  @ start
  @ wait first RUNNING
  @ wait deaf RUNNING
  > [(c['name'], c['group_prio'], c['process_prio']) for c in supervisor.getAllConfigInfo()]
  [('deaf', -1, 999), ('first', 1, 1)]
  @ wait-log spawned: 'first'
  @ log without success:
  TIME INFO RPC interface 'supervisor' initialized
  TIME CRIT Server 'unix_http_server' running without any HTTP authentication checking
  TIME INFO supervisord started with pid PID
  TIME INFO spawned: 'deaf' with pid PID
  TIME INFO spawned: 'first' with pid PID
  > supervisor.sendRemoteCommEvent('a', '1')
  True
  > supervisor.sendRemoteCommEvent('b', '2')
  True
  @ log without success:
  > supervisor.sendRemoteCommEvent('c', '3')
  True
  > supervisor.sendRemoteCommEvent('d', '4')
  True
  @ wait-log discarding event 1
  @ log
  TIME ERRO pool deaf event buffer overflowed, discarding event 0
  TIME ERRO pool deaf event buffer overflowed, discarding event 1

  @ signal TERM
  @ gone
  [0]
  @ log
  TIME WARN received SIGTERM indicating exit request
  TIME INFO waiting for deaf, first to die
  TIME WARN stopped: first (terminated by SIGTERM)
  TIME WARN stopped: deaf (terminated by SIGTERM)

Standard output carries the protocol.

  @ refuse
  | [eventlistener:l]
  | command=/bin/cat
  | events=EVENT
  | redirect_stderr=true
  2| Error: [eventlistener:l] section sets redirect_stderr=true but this is not allowed because it will interfere with the eventlistener protocol
  [2]
  @ refuse
  | [eventlistener:l]
  | command=/bin/cat
  | events=EVENT
  | buffer_size=0
  2| Error: [eventlistener:l] section sets invalid buffer_size (0)
  [2]
  @ refuse
  | [eventlistener:l]
  | command=/bin/cat
  | events=EVENT,
  2| Error: Unknown event type  in [eventlistener:l] events
  [2]

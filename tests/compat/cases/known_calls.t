Differences that are wanted: calls and processes. Each is listed in docs/quirks.md.

  @ config
  | [program:slow]
  | command=/bin/sh -c "trap '' TERM; echo ready; while :; do sleep 0.1; done"
  | startsecs=0
  | stopwaitsecs=3
  | autostart=false
  | stdout_logfile=%(here)s/slow.log
  | [program:large]
  | command=/bin/cat
  | autostart=false
  | stdout_logfile_maxbytes=3GB
  | [program:bell]
  | command=/bin/sh -c "printf 'a\\033b\\rc\\000d\\n'; exec cat"
  | startsecs=0
  | stdout_logfile=%(here)s/bell.log
  | [program:bytes]
  | command=/bin/sh -c "printf 'x\\377y\\n'; exec cat"
  | startsecs=0
  | stdout_logfile=%(here)s/bytes.log
  | [program:gone]
  | command=/bin/sh -c "echo something; exit 0"
  | startsecs=0
  | autorestart=false
  | stdout_logfile=%(here)s/gone.log
  @ start
  @ wait bell RUNNING
  @ wait bytes RUNNING
  @ wait gone EXITED
  @ wait-file bell.log d
  @ wait-file bytes.log y

Starting and stopping what is being stopped.

  $ start slow
  slow: started
  @ wait-file slow.log ready
  > supervisor.stopProcess('slow', False)
  True
  > supervisor.startProcess('slow', False)
  True
  ~ daemon: nothing was started, so true would be wrong
  fault 40 ABNORMAL_TERMINATION: slow
  > supervisor.stopProcess('slow')
  fault 70 NOT_RUNNING: slow
  ~ daemon: with wait, stopped means stopped
  True
  @ wait slow STOPPED

Values that XML-RPC cannot carry.

  > [c['stdout_logfile_maxbytes'] for c in supervisor.getAllConfigInfo()][3] == 2**31 - 1
  http 500 Internal Server Error
  ~ daemon: the number is clamped to what XML-RPC can carry
  True
  > supervisor.readProcessStdoutLog('bell', 0, 0)
  failed ExpatError: not well-formed (invalid token): line 5, column 16
  ~ daemon: what XML cannot carry becomes U+FFFD, and the answer can be read
  'a�b\rc�d\n'
  > supervisor.readProcessStdoutLog('bytes', 0, 0)
  http 500 Internal Server Error
  ~ daemon: what is no UTF-8 becomes U+FFFD, and the log can be read
  'x�y\n'

Logs of a program that does not run.

  $ clear gone
  gone: cleared
  @ file gone.log
  something
  ~ daemon: cleared means cleared, also while the program does not run

Signals that are none.

  > supervisor.signalProcess('bell', 'SIG_IGN')
  True
  ~ daemon: only real names are signals
  fault 11 BAD_SIGNAL: SIG_IGN

Requests.

  @ http-status
  | POST /RPC2 HTTP/1.1
  | Content-Length: 144
  |
  | <?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "supervisor">]><methodCall><methodName>&a;.getAPIVersion</methodName><params></params></methodCall>
  HTTP/1.1 200 OK
  ~ daemon: entities are a way to attack, and no client needs them
  HTTP/1.1 400 Bad Request
  @ http-status
  | GET /logtail HTTP/1.1
  |
  HTTP/1.1 500 Internal Server Error
  ~ daemon: there is no such page
  HTTP/1.1 404 Not Found

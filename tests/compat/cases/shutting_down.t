What is answered while the daemon waits for a program that does not want to go.

  @ config
  | [program:stubborn]
  | command=/bin/sh -c "trap '' TERM; echo ready; while :; do sleep 1; done"
  | stopwaitsecs=1000
  | stdout_logfile=%(here)s/stubborn.log
  | [program:cat]
  | command=/bin/cat
  | autostart=false
  @ start
  @ wait-file stubborn.log ready
  @ wait stubborn RUNNING
  $ shutdown
  Shut down
  @ wait-log waiting for stubborn to die
  $ status
  error: <Fault 6: 'SHUTDOWN_STATE'>
  [1]
  $ start cat
  error: <Fault 6: 'SHUTDOWN_STATE'>
  [1]
  $ stop stubborn
  error: <Fault 6: 'SHUTDOWN_STATE'>
  [1]
  $ pid
  error: <Fault 6: 'SHUTDOWN_STATE'>
  [1]
  $ version
  error: <Fault 6: 'SHUTDOWN_STATE'>
  [1]
  $ avail
  ERROR: supervisor shutting down
  [1]
  $ reread
  ERROR: supervisor shutting down
  [1]
  $ update
  ERROR: already shutting down
  [1]
  $ add cat
  ERROR: shutting down
  [1]
  $ remove cat
  error: <Fault 6: 'SHUTDOWN_STATE'>
  [1]
  $ reload
  ERROR: already shutting down
  [1]
  $ shutdown
  ERROR: already shutting down
  $ tail stubborn
  error: <Fault 6: 'SHUTDOWN_STATE'>
  [1]
  > supervisor.getState()
  fault 6 SHUTDOWN_STATE
  > supervisor.getPID()
  fault 6 SHUTDOWN_STATE
  > supervisor.getAllProcessInfo()
  fault 6 SHUTDOWN_STATE
  > supervisor.nonsense()
  fault 1 UNKNOWN_METHOD
  > supervisor.shutdown()
  fault 6 SHUTDOWN_STATE
  > supervisor.restart()
  fault 6 SHUTDOWN_STATE
  > supervisor.sendRemoteCommEvent('a', 'b')
  True
  > supervisor.getPID(1)
  fault 2 INCORRECT_PARAMETERS
  > system.multicall([{'methodName': 'supervisor.getPID', 'params': []}])
  {'faultCode': 6, 'faultString': 'SHUTDOWN_STATE'}
  > len([name for name in system.listMethods() if not name.startswith('provost.')]) == 41
  True

XML-RPC: the system namespace, dispatch and faults.

  @ config
  | [program:cat]
  | command=/bin/cat
  | startsecs=0
  @ start
  @ wait cat RUNNING
  > [name for name in system.listMethods() if not name.startswith('provost.')]
  ['supervisor.addProcessGroup', 'supervisor.clearAllProcessLogs', 'supervisor.clearLog', 'supervisor.clearProcessLog', 'supervisor.clearProcessLogs', 'supervisor.getAPIVersion', 'supervisor.getAllConfigInfo', 'supervisor.getAllProcessInfo', 'supervisor.getIdentification', 'supervisor.getPID', 'supervisor.getProcessInfo', 'supervisor.getState', 'supervisor.getSupervisorVersion', 'supervisor.getVersion', 'supervisor.readLog', 'supervisor.readMainLog', 'supervisor.readProcessLog', 'supervisor.readProcessStderrLog', 'supervisor.readProcessStdoutLog', 'supervisor.reloadConfig', 'supervisor.removeProcessGroup', 'supervisor.restart', 'supervisor.sendProcessStdin', 'supervisor.sendRemoteCommEvent', 'supervisor.shutdown', 'supervisor.signalAllProcesses', 'supervisor.signalProcess', 'supervisor.signalProcessGroup', 'supervisor.startAllProcesses', 'supervisor.startProcess', 'supervisor.startProcessGroup', 'supervisor.stopAllProcesses', 'supervisor.stopProcess', 'supervisor.stopProcessGroup', 'supervisor.tailProcessLog', 'supervisor.tailProcessStderrLog', 'supervisor.tailProcessStdoutLog', 'system.listMethods', 'system.methodHelp', 'system.methodSignature', 'system.multicall']
  > [(name, system.methodSignature(name)) for name in system.listMethods() if not name.startswith('provost.')]
  [('supervisor.addProcessGroup', ['boolean', 'string']), ('supervisor.clearAllProcessLogs', ['array']), ('supervisor.clearLog', ['boolean']), ('supervisor.clearProcessLog', ['boolean', 'string']), ('supervisor.clearProcessLogs', ['boolean', 'string']), ('supervisor.getAPIVersion', ['string']), ('supervisor.getAllConfigInfo', ['array']), ('supervisor.getAllProcessInfo', ['array']), ('supervisor.getIdentification', ['string']), ('supervisor.getPID', ['int']), ('supervisor.getProcessInfo', ['struct', 'string']), ('supervisor.getState', ['struct']), ('supervisor.getSupervisorVersion', ['string']), ('supervisor.getVersion', ['string']), ('supervisor.readLog', ['string', 'int', 'int']), ('supervisor.readMainLog', ['string', 'int', 'int']), ('supervisor.readProcessLog', ['string', 'string', 'int', 'int']), ('supervisor.readProcessStderrLog', ['string', 'string', 'int', 'int']), ('supervisor.readProcessStdoutLog', ['string', 'string', 'int', 'int']), ('supervisor.reloadConfig', ['array']), ('supervisor.removeProcessGroup', ['boolean', 'string']), ('supervisor.restart', ['boolean']), ('supervisor.sendProcessStdin', ['boolean', 'string', 'string']), ('supervisor.sendRemoteCommEvent', ['boolean', 'string', 'string']), ('supervisor.shutdown', ['boolean']), ('supervisor.signalAllProcesses', ['array', 'string']), ('supervisor.signalProcess', ['boolean', 'string', 'string']), ('supervisor.signalProcessGroup', ['array', 'string', 'string']), ('supervisor.startAllProcesses', ['array', 'boolean']), ('supervisor.startProcess', ['boolean', 'string', 'boolean']), ('supervisor.startProcessGroup', ['array', 'string', 'boolean']), ('supervisor.stopAllProcesses', ['array', 'boolean']), ('supervisor.stopProcess', ['boolean', 'string', 'boolean']), ('supervisor.stopProcessGroup', ['array', 'string', 'boolean']), ('supervisor.tailProcessLog', ['array', 'string', 'int', 'int']), ('supervisor.tailProcessStderrLog', ['array', 'string', 'int', 'int']), ('supervisor.tailProcessStdoutLog', ['array', 'string', 'int', 'int']), ('system.listMethods', ['array']), ('system.methodHelp', ['string', 'string']), ('system.methodSignature', ['array', 'string']), ('system.multicall', ['array', 'array'])]
  > [(name, system.methodSignature(name)) for name in system.listMethods() if name.startswith('provost.')]
  []
  ~ daemon: what only ours offers has a namespace of its own
  [('provost.getAllProcessDetails', ['array']), ('provost.getProcessDetails', ['struct', 'string']), ('provost.getVersion', ['string']), ('provost.planUpdate', ['struct'])]
  > all(len(system.methodHelp(name)) > 20 for name in system.listMethods())
  True
  > system.methodHelp('nonsense')
  fault 4 SIGNATURE_UNSUPPORTED
  > system.methodSignature('nonsense')
  fault 4 SIGNATURE_UNSUPPORTED
  > system.methodSignature('supervisor.nonsense')
  fault 4 SIGNATURE_UNSUPPORTED

Names that are no methods.

  > supervisor.nonsense()
  fault 1 UNKNOWN_METHOD
  > proxy.nonsense()
  fault 1 UNKNOWN_METHOD
  > proxy.nonsense.getState()
  fault 1 UNKNOWN_METHOD
  > supervisor._getState()
  fault 1 UNKNOWN_METHOD
  > proxy.supervisor.a.b()
  fault 1 UNKNOWN_METHOD
  > proxy.system()
  fault 1 UNKNOWN_METHOD
  > system.nonsense()
  fault 1 UNKNOWN_METHOD

Wrong numbers of arguments.

  > supervisor.getState(1)
  fault 2 INCORRECT_PARAMETERS
  > supervisor.getProcessInfo()
  fault 2 INCORRECT_PARAMETERS
  > supervisor.getProcessInfo('cat', 1)
  fault 2 INCORRECT_PARAMETERS
  > supervisor.startProcess()
  fault 2 INCORRECT_PARAMETERS
  > supervisor.startProcess('cat', True, 1)
  fault 2 INCORRECT_PARAMETERS
  > supervisor.readLog(1)
  fault 2 INCORRECT_PARAMETERS
  > system.multicall()
  fault 2 INCORRECT_PARAMETERS
  > system.methodHelp()
  fault 2 INCORRECT_PARAMETERS

Several calls at once.

  > system.multicall([])
  []
  > system.multicall([{'methodName': 'supervisor.getState', 'params': []}, {'methodName': 'supervisor.getVersion'}])
  [{'statecode': 1, 'statename': 'RUNNING'}, '3.0']
  > system.multicall([{'methodName': 'supervisor.getProcessInfo', 'params': ['zz']}])
  {'faultCode': 10, 'faultString': 'BAD_NAME: zz'}
  > system.multicall([{'methodName': 'supervisor.nonsense', 'params': []}])
  {'faultCode': 1, 'faultString': 'UNKNOWN_METHOD'}
  > system.multicall([{'methodName': '', 'params': []}])
  {'faultCode': 1, 'faultString': 'UNKNOWN_METHOD'}
  > system.multicall([{'params': []}])
  {'faultCode': 2, 'faultString': 'INCORRECT_PARAMETERS: No methodName'}
  > system.multicall([{'methodName': 'system.multicall', 'params': [[]]}])
  {'faultCode': 2, 'faultString': 'INCORRECT_PARAMETERS: Recursive system.multicall forbidden'}
  > system.multicall([{'methodName': 'supervisor.stopProcess', 'params': ['cat']}, {'methodName': 'supervisor.startProcess', 'params': ['cat']}, {'methodName': 'supervisor.startProcess', 'params': ['cat']}])
  [True, True, {'faultCode': 60, 'faultString': 'ALREADY_STARTED: cat'}]
  > system.multicall(1)
  fault 2 INCORRECT_PARAMETERS

Values of every kind as arguments.

  > supervisor.getProcessInfo('<&>')
  fault 10 BAD_NAME: <&>
  > supervisor.getProcessInfo('ä€😀')
  fault 10 BAD_NAME: ä€😀
  > supervisor.getProcessInfo(' cat ')
  fault 10 BAD_NAME:  cat ␤
  > supervisor.getProcessInfo(Binary(b'cat'))['name']
  'cat'
  > supervisor.getProcessInfo(5)
  http 500 Internal Server Error
  ~ daemon: a value of the wrong type is a fault, not an error of the server
  fault 2 INCORRECT_PARAMETERS: name must be a string, not int
  > supervisor.getProcessInfo(True)
  http 500 Internal Server Error
  ~ daemon: a value of the wrong type is a fault, not an error of the server
  fault 2 INCORRECT_PARAMETERS: name must be a string, not boolean
  > supervisor.getProcessInfo(1.5)
  http 500 Internal Server Error
  ~ daemon: a value of the wrong type is a fault, not an error of the server
  fault 2 INCORRECT_PARAMETERS: name must be a string, not double
  > supervisor.getProcessInfo([])
  http 500 Internal Server Error
  ~ daemon: a value of the wrong type is a fault, not an error of the server
  fault 2 INCORRECT_PARAMETERS: name must be a string, not array
  > supervisor.getProcessInfo({})
  http 500 Internal Server Error
  ~ daemon: a value of the wrong type is a fault, not an error of the server
  fault 2 INCORRECT_PARAMETERS: name must be a string, not struct
  > supervisor.startProcess('cat', 0)
  fault 60 ALREADY_STARTED: cat
  > supervisor.startProcess('cat', 'no')
  fault 60 ALREADY_STARTED: cat
  > supervisor.sendRemoteCommEvent('type', 'data')
  True
  > supervisor.readProcessStdoutLog('cat', 'x', 0)
  http 500 Internal Server Error
  ~ daemon: an offset that is no number is a bad argument, not an error of the server
  fault 3 BAD_ARGUMENTS
  > supervisor.readProcessStdoutLog('cat', 1.9, 0)
  ''

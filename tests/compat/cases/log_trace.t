What the log says of calls at trace level.

  @ config
  | [supervisord]
  | loglevel=trace
  | [program:cat]
  | command=/bin/cat
  | autostart=false
  @ start
  @ skip-log
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 74
  |
  | <methodCall><methodName>supervisor.getAPIVersion</methodName></methodCall>
  HTTP/1.1 200 OK
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 69
  |
  | <methodCall><methodName>supervisor.nonsense</methodName></methodCall>
  HTTP/1.1 200 OK
  @ log without HTTP/
  TIME TRAC XML-RPC method called: supervisor.getAPIVersion()
  TIME TRAC XML-RPC method supervisor.getAPIVersion() returned successfully
  TIME TRAC XML-RPC method called: supervisor.nonsense()
  TIME TRAC XML-RPC method supervisor.nonsense() returned fault: [1] UNKNOWN_METHOD

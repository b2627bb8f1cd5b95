Names and passwords.

  @ write supervisord.conf
  | [unix_http_server]
  | file=%(here)s/supervisor.sock
  | [inet_http_server]
  | port=127.0.0.1:$PORT1
  | username=user
  | password=pass:word
  | [inet_http_server:hashed]
  | port=127.0.0.1:$PORT2
  | username=user
  | password={SHA}9d4e1e23bd5b727046a9e3b4b7db57bd8d6ee684
  | [supervisord]
  | logfile=%(here)s/supervisord.log
  | pidfile=%(here)s/supervisord.pid
  | childlogdir=%(here)s
  | [rpcinterface:supervisor]
  | supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
  | [supervisorctl]
  | serverurl=http://127.0.0.1:$PORT1
  | [program:cat]
  | command=/bin/cat
  | startsecs=0
  @ start
  @ wait cat RUNNING
  $ -u user -p pass:word status
  cat                              RUNNING   pid PID, uptime UPTIME
  $ -u user -p pass:word tail -f zz
  ==> Press Ctrl-C to exit <==
  2| http://127.0.0.1:$PORT1/logtail/zz/stdout Cannot read, status code 404
  ~ client: a refused stream is a failure
  ==> Press Ctrl-C to exit <==
  2| http://127.0.0.1:$PORT1/logtail/zz/stdout Cannot read, status code 404
  [1]
  $ -u user -p wrong version | head 1
  Server requires authentication
  [1]
  $ -u nobody -p pass:word version | head 1
  Server requires authentication
  [1]
  $ version | head 1
  Server requires authentication
  [1]
  $ -s http://127.0.0.1:$PORT2 -u user -p pass version
  4.3.0
  $ -s http://127.0.0.1:$PORT2 -u user -p {SHA}9d4e1e23bd5b727046a9e3b4b7db57bd8d6ee684 version | head 1
  Server requires authentication
  [1]
  $ -s unix://$DIR/supervisor.sock version
  4.3.0
  @ on $PORT1 user pass:word
  > supervisor.getState()
  {'statecode': 1, 'statename': 'RUNNING'}
  @ on $PORT1 user wrong
  > supervisor.getState()
  http 401 Unauthorized
  @ on $PORT1
  > supervisor.getState()
  http 401 Unauthorized
  @ http
  | GET /nosuch HTTP/1.0
  |
  HTTP/1.0 401 Unauthorized
  content-length: 137
  content-type: text/html
  www-authenticate: Basic realm="default"
  ␤
  <head>
  <title>Error response</title>
  </head>
  <body>
  <h1>Error response</h1>
  <p>Error code 401.
  <p>Message: Unauthorized.
  </body>

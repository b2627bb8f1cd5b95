Files that are refused as a whole, and servers that cannot be opened.

The form of the file.

  @ write supervisord.conf
  | nonsense
  @ refuse
  2| Error: File contains no section headers.
  [2]
  @ refuse
  | a=b
  | [supervisord]
  2| Error: File contains no section headers.
  [2]
  @ refuse
  | [supervisord]
  | nonsense
  2| Error: Source contains parsing errors: '$DIR/supervisord.conf'
  [2]
  @ refuse
  | [supervisord]
  | =x
  2| Error: Source contains parsing errors: '$DIR/supervisord.conf'
  [2]
  @ write supervisord.conf
  | [supervisord
  | a=b
  @ refuse
  2| Error: File contains no section headers.
  [2]
  @ write supervisord.conf
  | ; only a comment
  @ refuse
  2| Error: .ini file does not include supervisord section
  [2]
  @ write supervisord.conf
  |
  @ refuse
  2| Error: .ini file does not include supervisord section
  [2]
  @ write supervisord.conf
  | [ supervisord ]
  @ refuse
  2| Error: .ini file does not include supervisord section
  [2]
  @ write supervisord.conf
  | [Supervisord]
  @ refuse
  2| Error: .ini file does not include supervisord section
  [2]
  @ write supervisord.conf
  | [program:x]
  | command=/bin/cat
  | [include]
  @ refuse
  2| Error: .ini file has [include] section, but no files setting
  [2]
  @ refuse
  | [supervisord]
  | [include]
  2| Error: .ini file has [include] section, but no files setting
  [2]
  @ refuse
  | [supervisord]
  | [include]
  | files=%(nosuch)s
  2| Error: Format string '%(nosuch)s' for 'include.files' contains names ('nosuch') which cannot be expanded. Available names: ENV_HOME, ENV_LC_ALL, ENV_PATH, ENV_PROVOST_TEST_WORLD, ENV_TERM, ENV_TZ, here, host_node_name
  [2]
  @ refuse
  | [a ;b]
  | [supervisord]
  2| Error: File contains no section headers.
  [2]
  @ refuse
  | [supervisord]
  | []
  2| Error: Source contains parsing errors: '$DIR/supervisord.conf'
  [2]

Servers.

  @ refuse
  | [supervisord]
  | logfile=$DIR/l
  | pidfile=$DIR/p
  | [inet_http_server]
  2| Error: section [inet_http_server] has no port value
  [2]
  @ refuse
  | [supervisord]
  | logfile=$DIR/l
  | pidfile=$DIR/p
  | [inet_http_server]
  | port=abc
  2| Error: not a valid port number: 'abc' ␤
  [2]
  @ refuse
  | [supervisord]
  | logfile=$DIR/l
  | pidfile=$DIR/p
  | [inet_http_server]
  | port=0
  2| Error: not a valid port number: '0' ␤
  [2]
  @ refuse
  | [supervisord]
  | logfile=$DIR/l
  | pidfile=$DIR/p
  | [inet_http_server]
  | port=99999
  2| Error: not a valid port number: '99999' ␤
  [2]
  @ refuse
  | [supervisord]
  | logfile=$DIR/l
  | pidfile=$DIR/p
  | [inet_http_server]
  | port=localhost:
  2| Error: no port number specified in ''
  [2]
  @ refuse
  | [supervisord]
  | logfile=$DIR/l
  | pidfile=$DIR/p
  | [inet_http_server]
  | port=localhost:x
  2| Error: invalid literal for int() with base 10: 'x'
  [2]
  @ refuse
  | [supervisord]
  | logfile=$DIR/l
  | pidfile=$DIR/p
  | [inet_http_server]
  | port=127.0.0.1:$PORT1
  | username=u
  2| Error: Section [inet_http_server] contains incomplete authentication: If a username or a password is specified, both the username and password must be specified
  [2]
  @ refuse
  | [supervisord]
  | logfile=$DIR/l
  | pidfile=$DIR/p
  | [inet_http_server]
  | port=127.0.0.1:$PORT1
  | password=p
  2| Error: Section [inet_http_server] contains incomplete authentication: If a username or a password is specified, both the username and password must be specified
  [2]
  @ refuse
  | [supervisord]
  | logfile=$DIR/l
  | pidfile=$DIR/p
  | [inet_http_server:two]
  2| Error: section [inet_http_server:two] has no port value
  [2]
  @ refuse
  | [supervisord]
  | logfile=$DIR/l
  | pidfile=$DIR/p
  | [inet_http_server]
  | port=192.0.2.1:9001
  2| Error: Cannot open an HTTP server: socket.error reported errno.EADDRNOTAVAIL (99)
  [2]
  @ refuse
  | [supervisord]
  | logfile=$DIR/l
  | pidfile=$DIR/p
  | [inet_http_server]
  | port=%(nosuch)s
  2| Error: Format string '%(nosuch)s' for 'inet_http_server.port' contains names ('nosuch') which cannot be expanded. Available names: ENV_HOME, ENV_LC_ALL, ENV_PATH, ENV_PROVOST_TEST_WORLD, ENV_TERM, ENV_TZ
  [2]
  @ refuse
  | [supervisord]
  | logfile=$DIR/l
  | pidfile=$DIR/p
  | [unix_http_server]
  2| Error: section [unix_http_server] has no file value
  [2]
  @ refuse
  | [supervisord]
  | logfile=$DIR/l
  | pidfile=$DIR/p
  | [unix_http_server]
  | file=$DIR/s
  | chmod=9
  2| Error: Invalid chmod value 9
  [2]
  @ refuse
  | [supervisord]
  | logfile=$DIR/l
  | pidfile=$DIR/p
  | [unix_http_server]
  | file=$DIR/s
  | chown=nosuchuser
  2| Error: Invalid sockchown value nosuchuser
  [2]
  @ refuse
  | [supervisord]
  | logfile=$DIR/l
  | pidfile=$DIR/p
  | [unix_http_server]
  | file=$DIR/s
  | chown=root:nosuchgroup
  2| Error: Invalid sockchown value root:nosuchgroup
  [2]
  @ refuse
  | [supervisord]
  | logfile=$DIR/l
  | pidfile=$DIR/p
  | [unix_http_server]
  | file=/no/such/folder/s
  2| Error: Cannot open an HTTP server: socket.error reported errno.ENOENT (2)
  [2]
  @ refuse
  | [supervisord]
  | logfile=$DIR/l
  | pidfile=$DIR/p
  | [unix_http_server]
  | file=$DIR/s
  | username=u
  2| Error: Section [unix_http_server] contains incomplete authentication: If a username or a password is specified, both the username and password must be specified
  [2]

RPC interfaces.

  @ refuse
  | [supervisord]
  | [rpcinterface:x]
  2| Error: section [rpcinterface:x] does not specify a supervisor.rpcinterface_factory
  [2]
  @ refuse
  | [supervisord]
  | [rpcinterface:x]
  | supervisor.rpcinterface_factory=nosuch:thing
  2| Error: nosuch:thing cannot be resolved within [rpcinterface:x]
  [2]
  ~ daemon: Python code is not loaded, and the message says what to write
  2| Error: nosuch:thing cannot be resolved within [rpcinterface:x]: Python code runs in a process of its own; add the line command = python3 -m provost_host
  [2]

Somebody else serves there already.

  @ config
  | [inet_http_server]
  | port=127.0.0.1:$PORT2
  @ start
  @ refuse
  2| Error: Another program is already listening on a port that one of our HTTP servers is configured to use.  Shut this program down first before starting supervisord.
  [2]
  @ write supervisord.conf
  | [supervisord]
  | logfile=$DIR/other.log
  | pidfile=$DIR/other.pid
  | [inet_http_server]
  | port=127.0.0.1:$PORT2
  @ refuse
  2| Error: Another program is already listening on a port that one of our HTTP servers is configured to use.  Shut this program down first before starting supervisord.
  [2]
  > supervisor.getState()
  {'statecode': 1, 'statename': 'RUNNING'}

An included file is named.

  @ write d/bad.ini
  | [program:x]
  | command=/bin/cat
  | startsecs=soon
  @ refuse
  | [supervisord]
  | [include]
  | files=d/*.ini
  2| Error: invalid literal for int() with base 10: 'soon' in section 'program:x' (file: '$DIR/d/bad.ini')
  [2]
  @ write d/bad.ini
  | nonsense
  @ refuse
  2| Error: File contains no section headers.
  [2]

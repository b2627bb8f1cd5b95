The client's own configuration.

  @ write supervisord.conf
  | [supervisord]
  $ status
  2| Error: .ini file does not include supervisorctl section
  2| For help, use supervisorctl -h
  [2]
  @ remove supervisord.conf
  $ status
  2| Error: could not find config file $DIR/supervisord.conf
  2| For help, use supervisorctl -h
  [2]
  @ write supervisord.conf
  | [supervisorctl]
  | serverurl=nonsense
  $ status
  error: Unknown protocol for serverurl nonsense
  [1]
  @ write supervisord.conf
  | [supervisorctl]
  | serverurl=unix://%(here)s/nobody.sock
  $ status
  unix://$DIR/nobody.sock no such file
  [4]
  @ write supervisord.conf
  | [supervisorctl]
  | serverurl=%(nonsense)s
  $ status
  2| Error: Format string '%(nonsense)s' for 'supervisorctl.serverurl' contains names ('nonsense') which cannot be expanded. Available names: ENV_HOME, ENV_LC_ALL, ENV_PATH, ENV_PROVOST_TEST_WORLD, ENV_TERM, ENV_TZ, here
  2| For help, use supervisorctl -h
  [2]

What the section may say. A file that is included has no say in it.

  @ write more.conf
  | [supervisorctl]
  | serverurl=unix://%(here)s/nobody.sock
  @ write supervisord.conf
  | [include]
  | files=more.conf
  | [unix_http_server]
  | file=%(here)s/supervisor.sock
  | [inet_http_server]
  | port=127.0.0.1:$PORT1
  | [supervisord]
  | logfile=%(here)s/supervisord.log
  | pidfile=%(here)s/supervisord.pid
  | childlogdir=%(here)s
  | [rpcinterface:supervisor]
  | supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
  | [supervisorctl]
  | serverurl=unix://%(ENV_HOME)s/nowhere/../supervisor.sock
  | prompt=at %(ENV_TZ)s
  @ start
  $ version
  4.3.0
  @ prompt
  | version
  at UTC> 4.3.0
  at UTC> ␤

Of a URL only host and port count.

  $ -s http://somebody:secret@127.0.0.1:$PORT1/whatever?x=y version
  4.3.0
  $ -s https://127.0.0.1:$PORT1 version
  error: Unknown protocol for serverurl https://127.0.0.1:$PORT1
  [1]
  $ -s unix:// version
  2| Error: invalid value for -s 'unix://': value 'unix://' is not a URL
  2| For help, use supervisorctl -h
  [2]

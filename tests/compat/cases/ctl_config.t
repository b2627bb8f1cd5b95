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
  ~ client: the message says what to write
  error: Unknown protocol for serverurl nonsense; use http://HOST:PORT or unix:///PATH
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

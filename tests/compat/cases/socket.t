The socket: its mode, and one that somebody left behind.

  @ write supervisord.conf
  | [unix_http_server]
  | file=%(here)s/supervisor.sock
  | chmod=0770
  | [supervisord]
  | logfile=%(here)s/supervisord.log
  | pidfile=%(here)s/supervisord.pid
  | childlogdir=%(here)s
  | [rpcinterface:supervisor]
  | supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
  | [supervisorctl]
  | serverurl=unix://%(here)s/supervisor.sock
  @ start
  @ mode supervisor.sock
  770
  @ mode supervisord.pid
  644
  @ mode supervisord.log
  644
  $ version
  4.3.0
  @ signal KILL
  @ gone
  [killed]
  @ mode supervisor.sock
  770
  $ version
  unix://$DIR/supervisor.sock refused connection
  [4]
  @ start
  @ file daemon.stderr
  Unlinking stale socket $DIR/supervisor.sock
  $ version
  4.3.0
  $ shutdown
  Shut down
  @ gone
  [0]
  $ version
  unix://$DIR/supervisor.sock no such file
  [7]

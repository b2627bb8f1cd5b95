Switches of the command line against the file, as far as a client sees them.

  @ write supervisord.conf
  | [unix_http_server]
  | file=%(here)s/supervisor.sock
  | [supervisord]
  | logfile=%(here)s/supervisord.log
  | pidfile=%(here)s/supervisord.pid
  | childlogdir=%(here)s
  | identifier=file
  | strip_ansi=false
  | loglevel=debug
  | [rpcinterface:supervisor]
  | supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
  | [supervisorctl]
  | serverurl=unix://%(here)s/supervisor.sock
  | [program:colour]
  | command=/bin/sh -c "printf '\033[31mred\033[0m\n'; exec cat"
  | stdout_logfile=%(here)s/colour.log
  | startsecs=0
  @ start --ident=%(here)s -tewarn -m 077 --silent
  @ wait colour RUNNING
  > supervisor.getIdentification()
  '%(here)s'
  @ wait-file colour.log red
  @ file colour.log
  red
  @ file daemon.stdout
  @ log without root.
  TIME CRIT Server 'unix_http_server' running without any HTTP authentication checking

A level of `trace` writes what `debug` does, and more.

  @ signal TERM
  @ gone
  [0]
  @ start -e trace -y 0 -z 0 -a 50 --minprocs 50 --profile_options=callers
  @ wait colour RUNNING
  @ wait-log DEBG 'colour' stdout output:
  @ signal TERM
  @ gone
  [0]

What the file says is checked, also where the command line says something else; only the user is not.

  @ refuse -e info
  | [supervisord]
  | loglevel=loud
  2| Error: bad logging level name 'loud'
  [2]
  @ refuse -u $UID
  | [supervisord]
  | user=nosuchuser
  (not refused)
  @ refuse -l $DIR/x.log
  | [supervisord]
  | logfile=/no/such/folder/x
  2| Error: The directory named as part of the path /no/such/folder/x does not exist
  [2]

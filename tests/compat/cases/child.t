What a child is given: environment, directory, umask, descriptors, standard error.

  @ config
  | [supervisord]
  | environment=GLOBAL="g",BOTH="daemon"
  | [program:env]
  | command=/bin/sh -c "env | sort | grep -v _WORLD; exec cat"
  | environment=OWN="o w n",BOTH="program",PCT="%%",EXP="%(program_name)s-%(group_name)s-%(process_num)d-%(here)s"
  | stdout_logfile=%(here)s/env.out
  | [program:plain]
  | command=/bin/sh -c "umask; ls -l /proc/self/fd | wc -l; pwd; exec cat"
  | stdout_logfile=%(here)s/plain.out
  | [program:moved]
  | command=/bin/sh -c "umask; pwd; exec cat"
  | directory=/etc
  | umask=077
  | stdout_logfile=%(here)s/moved.out
  | [program:both]
  | command=/bin/sh -c "echo out; echo err >&2; exec cat"
  | redirect_stderr=true
  | stdout_logfile=%(here)s/both.out
  | [program:words]
  | command=/bin/sh -c 'for word do echo "<$word>"; done; exec cat' sh one "two three" '' "a\"b" c\ d e"f"g 'h i'
  | stdout_logfile=%(here)s/words.out
  | [program:url]
  | command=/bin/sh -c "echo [$SUPERVISOR_SERVER_URL]; exec cat"
  | serverurl=http://elsewhere:1
  | stdout_logfile=%(here)s/url.out
  | [program:many]
  | command=/bin/sh -c "echo %(process_num)d of %(numprocs)d; exec cat"
  | numprocs=2
  | numprocs_start=5
  | process_name=%(program_name)s_%(process_num)02d
  | stdout_logfile=%(here)s/%(program_name)s_%(process_num)d.out
  @ start
  @ wait-file env.out SUPERVISOR_SERVER_URL
  @ file env.out
  BOTH=program
  EXP=env-env-0-$DIR
  GLOBAL=g
  HOME=$DIR
  LC_ALL=C.UTF-8
  OWN=o w n
  PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
  PCT=%
  PWD=$DIR
  SUPERVISOR_ENABLED=1
  SUPERVISOR_GROUP_NAME=env
  SUPERVISOR_PROCESS_NAME=env
  SUPERVISOR_SERVER_URL=unix://$DIR/supervisor.sock
  TERM=xterm
  TZ=UTC
  @ wait-file plain.out /
  @ file plain.out
  0022
  5
  $DIR
  @ wait-file moved.out /
  @ file moved.out
  0077
  /etc
  @ wait-file both.out err
  @ file both.out
  out
  err
  @ wait-file words.out <h i>
  @ file words.out
  <one>
  <two three>
  <>
  <a"b>
  <c d>
  <efg>
  <h i>
  @ wait-file url.out ]
  @ file url.out
  [http://elsewhere:1]
  @ wait-file many_6.out 6
  @ file many_6.out
  6 of 2
  @ wait-file many_5.out 5
  @ file many_5.out
  5 of 2
  @ wait many:many_05 RUNNING
  @ wait many:many_06 RUNNING
  $ status many:*
  many:many_05                     RUNNING   pid PID, uptime UPTIME
  many:many_06                     RUNNING   pid PID, uptime UPTIME

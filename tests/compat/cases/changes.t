Which edits make a group changed: each option of a program by itself.

  @ config
  | [include]
  | files = *.ini
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  @ start
  $ reread
  No config updates to processes
  @ write a.ini
  | [program:x]
  | autostart=false
  | command=/bin/cat -u
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | directory=/tmp
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | umask=022
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | priority=5
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=true
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | autorestart=true
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | startsecs=2
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | startretries=2
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | stdout_logfile=/dev/null
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | stdout_logfile=NONE
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | stderr_logfile=/dev/null
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | stdout_logfile_maxbytes=1KB
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | stdout_logfile_backups=1
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | stdout_capture_maxbytes=1KB
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | stdout_events_enabled=true
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | stdout_syslog=true
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | stderr_logfile_maxbytes=1KB
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | stderr_logfile_backups=1
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | stderr_capture_maxbytes=1KB
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | stderr_events_enabled=true
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | stderr_syslog=true
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | stopsignal=INT
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | stopwaitsecs=5
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | stopasgroup=true
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | killasgroup=true
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | exitcodes=1
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | redirect_stderr=true
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | environment=A="1"
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | serverurl=http://localhost:1
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | user=$UID
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | process_name=y
  $ reread
  x: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | numprocs_start=1
  $ reread
  No config updates to processes
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | nonsense=1
  $ reread
  No config updates to processes
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | stopsignal=SIGTERM
  $ reread
  No config updates to processes
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | autorestart=UNEXPECTED
  $ reread
  No config updates to processes
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | startsecs=01
  $ reread
  No config updates to processes
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | stdout_logfile=auto
  $ reread
  No config updates to processes
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | exitcodes=00
  $ reread
  No config updates to processes
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | stdout_logfile_maxbytes=51200KB
  $ reread
  No config updates to processes
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | environment=
  $ reread
  No config updates to processes

The daemon's own section counts only for the environment, and then for every group.

  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | [supervisord]
  | identifier=other
  | loglevel=debug
  | umask=077
  $ reread
  No config updates to processes
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | [supervisord]
  | environment=A="1"
  $ reread
  x: changed

A program that moves into a group.

  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | [group:g]
  | programs=x
  $ reread
  g: available
  x: disappeared
  $ update
  x: stopped
  x: removed process group
  g: added process group
  $ status
  g:x                              STOPPED   Not started
  [3]

The priority and the order of a group's programs.

  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | [program:y]
  | command=/bin/cat
  | autostart=false
  | [group:g]
  | programs=x,y
  $ update
  g: stopped
  g: updated process group
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | [program:y]
  | command=/bin/cat
  | autostart=false
  | [group:g]
  | programs=y,x
  $ reread
  g: changed
  @ write a.ini
  | [program:x]
  | command=/bin/cat
  | autostart=false
  | [program:y]
  | command=/bin/cat
  | autostart=false
  | [group:g]
  | programs=x,y
  | priority=1
  $ reread
  g: changed
  $ update
  g: stopped
  g: updated process group
  $ reread
  No config updates to processes

Another number of processes.

  @ write a.ini
  | [program:n]
  | command=/bin/cat
  | autostart=false
  | numprocs=2
  | process_name=%(program_name)s_%(process_num)d
  $ update
  g: stopped
  g: removed process group
  n: added process group
  @ write a.ini
  | [program:n]
  | command=/bin/cat
  | autostart=false
  | numprocs=3
  | process_name=%(program_name)s_%(process_num)d
  $ update
  n: stopped
  n: updated process group
  $ status
  n:n_0                            STOPPED   Not started
  n:n_1                            STOPPED   Not started
  n:n_2                            STOPPED   Not started
  [3]

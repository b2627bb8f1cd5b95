XML-RPC: the configuration as the daemon understood it.

  @ config
  | [program:plain]
  | command=/bin/cat
  | autostart=false
  | [program:full]
  | command=/bin/cat %%(x)s "%(program_name)s"
  | autostart=false
  | autorestart=false
  | priority=3
  | directory=/tmp
  | user=$UID
  | exitcodes=0,2,3
  | killasgroup=true
  | redirect_stderr=true
  | startretries=4
  | startsecs=5
  | stopsignal=USR1
  | stopwaitsecs=6
  | stdout_logfile=%(here)s/full.log
  | stdout_logfile_maxbytes=20MB
  | stdout_logfile_backups=20
  | stdout_capture_maxbytes=1KB
  | stdout_events_enabled=true
  | stdout_syslog=true
  | serverurl=http://localhost:9999
  | [group:pair]
  | programs=left
  | priority=7
  | [program:left]
  | command=/bin/cat
  | autostart=false
  | stdout_logfile=NONE
  | stderr_logfile=OFF
  @ start
  > supervisor.getAllConfigInfo()
  {'autostart': False, 'directory': '/tmp', 'uid': UID, 'command': '/bin/cat %(x)s "full"', 'exitcodes': [0, 2, 3], 'group': 'full', 'group_prio': 3, 'inuse': True, 'killasgroup': True, 'name': 'full', 'process_prio': 3, 'redirect_stderr': True, 'startretries': 4, 'startsecs': 5, 'stdout_capture_maxbytes': 1024, 'stdout_events_enabled': True, 'stdout_logfile': '$DIR/full.log', 'stdout_logfile_backups': 20, 'stdout_logfile_maxbytes': 20971520, 'stdout_syslog': True, 'stopsignal': 10, 'stopwaitsecs': 6, 'stderr_capture_maxbytes': 0, 'stderr_events_enabled': False, 'stderr_logfile': 'none', 'stderr_logfile_backups': 10, 'stderr_logfile_maxbytes': 52428800, 'stderr_syslog': False, 'serverurl': 'http://localhost:9999'}
  {'autostart': False, 'directory': 'none', 'uid': 'none', 'command': '/bin/cat', 'exitcodes': [0], 'group': 'pair', 'group_prio': 7, 'inuse': True, 'killasgroup': False, 'name': 'left', 'process_prio': 999, 'redirect_stderr': False, 'startretries': 3, 'startsecs': 1, 'stdout_capture_maxbytes': 0, 'stdout_events_enabled': False, 'stdout_logfile': 'none', 'stdout_logfile_backups': 10, 'stdout_logfile_maxbytes': 52428800, 'stdout_syslog': False, 'stopsignal': 15, 'stopwaitsecs': 10, 'stderr_capture_maxbytes': 0, 'stderr_events_enabled': False, 'stderr_logfile': 'none', 'stderr_logfile_backups': 10, 'stderr_logfile_maxbytes': 52428800, 'stderr_syslog': False, 'serverurl': 'none'}
  {'autostart': False, 'directory': 'none', 'uid': 'none', 'command': '/bin/cat', 'exitcodes': [0], 'group': 'plain', 'group_prio': 999, 'inuse': True, 'killasgroup': False, 'name': 'plain', 'process_prio': 999, 'redirect_stderr': False, 'startretries': 3, 'startsecs': 1, 'stdout_capture_maxbytes': 0, 'stdout_events_enabled': False, 'stdout_logfile': '$DIR/plain-stdout---supervisor-RANDOM.log', 'stdout_logfile_backups': 10, 'stdout_logfile_maxbytes': 52428800, 'stdout_syslog': False, 'stopsignal': 15, 'stopwaitsecs': 10, 'stderr_capture_maxbytes': 0, 'stderr_events_enabled': False, 'stderr_logfile': '$DIR/plain-stderr---supervisor-RANDOM.log', 'stderr_logfile_backups': 10, 'stderr_logfile_maxbytes': 52428800, 'stderr_syslog': False, 'serverurl': 'none'}
  ~ daemon: 4.4 adds autorestart, and fails for true; a client needs to know all three
  {'autostart': False, 'autorestart': False, 'directory': '/tmp', 'uid': UID, 'command': '/bin/cat %(x)s "full"', 'exitcodes': [0, 2, 3], 'group': 'full', 'group_prio': 3, 'inuse': True, 'killasgroup': True, 'name': 'full', 'process_prio': 3, 'redirect_stderr': True, 'startretries': 4, 'startsecs': 5, 'stdout_capture_maxbytes': 1024, 'stdout_events_enabled': True, 'stdout_logfile': '$DIR/full.log', 'stdout_logfile_backups': 20, 'stdout_logfile_maxbytes': 20971520, 'stdout_syslog': True, 'stopsignal': 10, 'stopwaitsecs': 6, 'stderr_capture_maxbytes': 0, 'stderr_events_enabled': False, 'stderr_logfile': 'none', 'stderr_logfile_backups': 10, 'stderr_logfile_maxbytes': 52428800, 'stderr_syslog': False, 'serverurl': 'http://localhost:9999'}
  {'autostart': False, 'autorestart': 'unexpected', 'directory': 'none', 'uid': 'none', 'command': '/bin/cat', 'exitcodes': [0], 'group': 'pair', 'group_prio': 7, 'inuse': True, 'killasgroup': False, 'name': 'left', 'process_prio': 999, 'redirect_stderr': False, 'startretries': 3, 'startsecs': 1, 'stdout_capture_maxbytes': 0, 'stdout_events_enabled': False, 'stdout_logfile': 'none', 'stdout_logfile_backups': 10, 'stdout_logfile_maxbytes': 52428800, 'stdout_syslog': False, 'stopsignal': 15, 'stopwaitsecs': 10, 'stderr_capture_maxbytes': 0, 'stderr_events_enabled': False, 'stderr_logfile': 'none', 'stderr_logfile_backups': 10, 'stderr_logfile_maxbytes': 52428800, 'stderr_syslog': False, 'serverurl': 'none'}
  {'autostart': False, 'autorestart': 'unexpected', 'directory': 'none', 'uid': 'none', 'command': '/bin/cat', 'exitcodes': [0], 'group': 'plain', 'group_prio': 999, 'inuse': True, 'killasgroup': False, 'name': 'plain', 'process_prio': 999, 'redirect_stderr': False, 'startretries': 3, 'startsecs': 1, 'stdout_capture_maxbytes': 0, 'stdout_events_enabled': False, 'stdout_logfile': '$DIR/plain-stdout---supervisor-RANDOM.log', 'stdout_logfile_backups': 10, 'stdout_logfile_maxbytes': 52428800, 'stdout_syslog': False, 'stopsignal': 15, 'stopwaitsecs': 10, 'stderr_capture_maxbytes': 0, 'stderr_events_enabled': False, 'stderr_logfile': '$DIR/plain-stderr---supervisor-RANDOM.log', 'stderr_logfile_backups': 10, 'stderr_logfile_maxbytes': 52428800, 'stderr_syslog': False, 'serverurl': 'none'}

What `status` prints for programs in every state, and how it exits.

  @ config
  | [program:cat]
  | command=/bin/cat
  | [program:idle]
  | command=/bin/cat
  | autostart=false
  | [program:broken]
  | command=/no/such/program
  | startretries=0
  | [program:retrying]
  | command=/no/such/program
  | startretries=1000
  | [program:starting]
  | command=/bin/cat
  | startsecs=1000
  | [program:done]
  | command=/bin/true
  | startsecs=0
  | autorestart=false
  | [program:failed]
  | command=/bin/sh -c "exit 3"
  | startsecs=0
  | autorestart=unexpected
  | exitcodes=3
  | [program:quick]
  | command=/bin/true
  | startretries=0
  | [program:stubborn]
  | command=/bin/sh -c "trap '' TERM; echo ready; while :; do sleep 1; done"
  | stopwaitsecs=1000
  | stdout_logfile=%(here)s/stubborn.log
  | [program:a_program_with_a_name_of_more_than_thirty_letters]
  | command=/bin/cat
  | [group:pair]
  | programs=left,right
  | [program:left]
  | command=/bin/cat
  | [program:right]
  | command=/bin/cat
  | [group:off]
  | programs=one,two
  | [program:one]
  | command=/bin/cat
  | autostart=false
  | [program:two]
  | command=/bin/cat
  | autostart=false
  @ start
  @ wait cat RUNNING
  @ wait broken FATAL
  @ wait quick FATAL
  @ wait retrying BACKOFF
  @ wait done EXITED
  @ wait failed EXITED
  @ wait pair:left RUNNING
  @ wait pair:right RUNNING
  @ wait a_program_with_a_name_of_more_than_thirty_letters RUNNING
  @ wait stubborn RUNNING
  @ wait-file stubborn.log ready
  > supervisor.stopProcess('stubborn', False)
  True

Everything, with the column as wide as the longest name.

  $ status
  a_program_with_a_name_of_more_than_thirty_letters   RUNNING   pid PID, uptime UPTIME
  broken                                              FATAL     can't find command '/no/such/program'
  cat                                                 RUNNING   pid PID, uptime UPTIME
  done                                                EXITED    DATE
  failed                                              EXITED    DATE
  idle                                                STOPPED   Not started
  off:one                                             STOPPED   Not started
  off:two                                             STOPPED   Not started
  pair:left                                           RUNNING   pid PID, uptime UPTIME
  pair:right                                          RUNNING   pid PID, uptime UPTIME
  quick                                               FATAL     Exited too quickly (process log may have details)
  retrying                                            BACKOFF   can't find command '/no/such/program'
  starting                                            STARTING  ␤
  stubborn                                            STOPPING  ␤
  [3]
  $ status all
  a_program_with_a_name_of_more_than_thirty_letters   RUNNING   pid PID, uptime UPTIME
  broken                                              FATAL     can't find command '/no/such/program'
  cat                                                 RUNNING   pid PID, uptime UPTIME
  done                                                EXITED    DATE
  failed                                              EXITED    DATE
  idle                                                STOPPED   Not started
  off:one                                             STOPPED   Not started
  off:two                                             STOPPED   Not started
  pair:left                                           RUNNING   pid PID, uptime UPTIME
  pair:right                                          RUNNING   pid PID, uptime UPTIME
  quick                                               FATAL     Exited too quickly (process log may have details)
  retrying                                            BACKOFF   can't find command '/no/such/program'
  starting                                            STARTING  ␤
  stubborn                                            STOPPING  ␤
  [3]

The column is never narrower than 33, and fits what is shown.

  $ status cat
  cat                              RUNNING   pid PID, uptime UPTIME
  $ status cat idle
  cat                              RUNNING   pid PID, uptime UPTIME
  idle                             STOPPED   Not started
  [3]
  $ status idle cat
  idle                             STOPPED   Not started
  cat                              RUNNING   pid PID, uptime UPTIME
  [3]
  $ status a_program_with_a_name_of_more_than_thirty_letters cat
  a_program_with_a_name_of_more_than_thirty_letters   RUNNING   pid PID, uptime UPTIME
  cat                                                 RUNNING   pid PID, uptime UPTIME

Whole groups and members.

  $ status pair:*
  pair:left                        RUNNING   pid PID, uptime UPTIME
  pair:right                       RUNNING   pid PID, uptime UPTIME
  $ status pair:
  pair:left                        RUNNING   pid PID, uptime UPTIME
  pair:right                       RUNNING   pid PID, uptime UPTIME
  $ status pair:left
  pair:left                        RUNNING   pid PID, uptime UPTIME
  $ status off:*
  off:one                          STOPPED   Not started
  off:two                          STOPPED   Not started
  [3]
  $ status cat:cat
  cat                              RUNNING   pid PID, uptime UPTIME
  $ status cat:*
  cat                              RUNNING   pid PID, uptime UPTIME

The exit code is 3 for what is stopped, but not for what starts, stops or tries again.

  $ status done
  done                             EXITED    DATE
  [3]
  $ status failed
  failed                           EXITED    DATE
  [3]
  $ status broken
  broken                           FATAL     can't find command '/no/such/program'
  [3]
  $ status quick
  quick                            FATAL     Exited too quickly (process log may have details)
  [3]
  $ status retrying
  retrying                         BACKOFF   can't find command '/no/such/program'
  $ status starting
  starting                         STARTING  ␤
  $ status stubborn
  stubborn                         STOPPING  ␤
  $ status cat starting retrying stubborn
  cat                              RUNNING   pid PID, uptime UPTIME
  starting                         STARTING  ␤
  retrying                         BACKOFF   can't find command '/no/such/program'
  stubborn                         STOPPING  ␤

What is asked twice is answered twice.

  $ status cat cat
  cat                              RUNNING   pid PID, uptime UPTIME
  cat                              RUNNING   pid PID, uptime UPTIME

Unknown names come first and give 4, unless something shown is stopped.

  $ status zz
  zz: ERROR (no such process)
  [4]
  $ status zz:*
  zz: ERROR (no such group)
  [4]
  $ status zz:y
  zz:y: ERROR (no such process)
  [4]
  $ status pair
  pair: ERROR (no such process)
  [4]
  $ status pair:zz
  pair:zz: ERROR (no such process)
  [4]
  $ status cat zz
  zz: ERROR (no such process)
  cat                              RUNNING   pid PID, uptime UPTIME
  [4]
  $ status zz idle
  zz: ERROR (no such process)
  idle                             STOPPED   Not started
  [3]
  $ status zz:* idle cat
  zz: ERROR (no such group)
  idle                             STOPPED   Not started
  cat                              RUNNING   pid PID, uptime UPTIME
  [3]

Every command when nobody listens.

  @ config
  | [program:cat]
  | command=/bin/cat
  $ status
  unix://$DIR/supervisor.sock no such file
  [4]
  $ status cat
  unix://$DIR/supervisor.sock no such file
  [4]
  $ start cat
  unix://$DIR/supervisor.sock no such file
  [7]
  $ stop cat
  unix://$DIR/supervisor.sock no such file
  [7]
  $ restart cat
  unix://$DIR/supervisor.sock no such file
  [7]
  $ signal HUP cat
  unix://$DIR/supervisor.sock no such file
  [7]
  $ clear cat
  unix://$DIR/supervisor.sock no such file
  [7]
  $ tail cat
  unix://$DIR/supervisor.sock no such file
  [7]
  $ tail -f cat
  unix://$DIR/supervisor.sock no such file
  [7]
  $ maintail
  unix://$DIR/supervisor.sock no such file
  [7]
  $ maintail -f
  unix://$DIR/supervisor.sock no such file
  [7]
  $ pid
  unix://$DIR/supervisor.sock no such file
  [7]
  $ pid cat
  unix://$DIR/supervisor.sock no such file
  [7]
  $ version
  unix://$DIR/supervisor.sock no such file
  [7]
  $ avail
  error: [Errno 2] No such file or directory
  [1]
  $ reread
  error: [Errno 2] No such file or directory
  [1]
  $ update
  error: [Errno 2] No such file or directory
  [1]
  $ add cat
  error: [Errno 2] No such file or directory
  [1]
  $ remove cat
  error: [Errno 2] No such file or directory
  [1]
  $ reload
  error: [Errno 2] No such file or directory
  [1]
  $ shutdown
  ERROR: unix://$DIR/supervisor.sock no such file (already shut down?)
  [1]
  $ -s http://127.0.0.1:$PORT1 status
  http://127.0.0.1:$PORT1 refused connection
  [4]
  $ -s http://127.0.0.1:$PORT1 start cat
  http://127.0.0.1:$PORT1 refused connection
  [4]
  $ -s http://127.0.0.1:$PORT1 tail -f cat
  http://127.0.0.1:$PORT1 refused connection
  [4]
  $ -s http://127.0.0.1:$PORT1 pid
  http://127.0.0.1:$PORT1 refused connection
  [4]
  $ -s http://127.0.0.1:$PORT1 avail
  error: [Errno 111] Connection refused
  [1]
  $ -s http://127.0.0.1:$PORT1 reread
  error: [Errno 111] Connection refused
  [1]
  $ -s http://127.0.0.1:$PORT1 update
  error: [Errno 111] Connection refused
  [1]
  $ -s http://127.0.0.1:$PORT1 reload
  error: [Errno 111] Connection refused
  [1]
  $ -s http://127.0.0.1:$PORT1 shutdown
  ERROR: http://127.0.0.1:$PORT1 refused connection (already shut down?)
  [1]
  $ help foo
  *** No help on foo

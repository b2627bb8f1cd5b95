Paths, methods and connections.

  @ config
  | [program:cat]
  | command=/bin/cat
  | startsecs=0
  @ start
  @ wait cat RUNNING
  @ http-status
  | GET /ok.html HTTP/1.1
  | Connection: close
  |
  HTTP/1.1 200 OK
  @ http-status
  | GET //ok.html HTTP/1.1
  | Connection: close
  |
  HTTP/1.1 200 OK
  @ http-status
  | GET /%6fk.html HTTP/1.1
  | Connection: close
  |
  HTTP/1.1 200 OK
  @ http-status
  | GET /ok.html?a=b#c HTTP/1.1
  | Connection: close
  |
  HTTP/1.1 200 OK
  @ http-status
  | GET /OK.html HTTP/1.1
  | Connection: close
  |
  HTTP/1.1 404 Not Found
  @ http-status
  | GET /../ok.html HTTP/1.1
  | Connection: close
  |
  HTTP/1.1 404 Not Found
  @ http-status
  | GET /nosuch?x HTTP/1.1
  | Connection: close
  |
  HTTP/1.1 404 Not Found
  @ http-status
  | GET /logtail/cat:cat/stdout/x HTTP/1.1
  | Connection: close
  |
  HTTP/1.1 404 Not Found
  @ http-status
  | GET /logtail/: HTTP/1.1
  | Connection: close
  |
  HTTP/1.1 404 Not Found
  @ http-status
  | GET /logtail/cat%3A%2A HTTP/1.1
  | Connection: close
  |
  HTTP/1.1 404 Not Found

Methods.

  @ http-status
  | HEAD /ok.html HTTP/1.1
  | Connection: close
  | X: y
  |
  HTTP/1.1 404 Not Found
  @ http-status
  | HEAD /nosuch HTTP/1.1
  | Connection: close
  | X: y
  |
  HTTP/1.1 404 Not Found
  @ http-status
  | HEAD /RPC2 HTTP/1.1
  | Connection: close
  | X: y
  |
  HTTP/1.1 400 Bad Request
  @ http-status
  | PUT /ok.html HTTP/1.1
  | Connection: close
  | X: y
  |
  HTTP/1.1 400 Bad Request
  @ http-status
  | DELETE /ok.html HTTP/1.1
  | Connection: close
  | X: y
  |
  HTTP/1.1 400 Bad Request
  @ http-status
  | post /RPC2 HTTP/1.1
  | Connection: close
  | X: y
  |
  HTTP/1.1 400 Bad Request
  @ http-status
  | OPTIONS /RPC2 HTTP/1.1
  | Connection: close
  | X: y
  |
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /ok.html HTTP/1.1
  | Connection: close
  | Content-Length: 3
  |
  | a=b
  HTTP/1.1 200 OK
  @ http-status
  | POST /nosuch HTTP/1.1
  | Connection: close
  | Content-Length: 0
  |
  HTTP/1.1 400 Bad Request
  @ http-status
  | PUT /logtail/cat HTTP/1.1
  | Connection: close
  | X: y
  |
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /mainlogtail HTTP/1.1
  | Connection: close
  | Content-Length: 0
  |
  HTTP/1.1 400 Bad Request

Versions.

  @ http-status
  | GET /ok.html HTTP/1.0
  | connection: CLOSE
  |
  HTTP/1.0 200 OK
  @ http-status
  | GET /ok.html HTTP/1.1
  | connection: CLOSE
  |
  HTTP/1.1 200 OK

Headers that mean nothing here.

  @ http-status
  | POST /RPC2 HTTP/1.1
  | Host: anything.example:99
  | Content-Type: text/plain
  | Accept: image/png
  | Connection: close
  | Content-Length: 74
  |
  | <methodCall><methodName>supervisor.getAPIVersion</methodName></methodCall>
  HTTP/1.1 200 OK

A page of another site.

  @ http-status
  | POST /RPC2 HTTP/1.1
  | Host: localhost
  | Origin: http://evil.example
  | Content-Type: text/plain
  | Connection: close
  | Content-Length: 74
  |
  | <methodCall><methodName>supervisor.getAPIVersion</methodName></methodCall>
  HTTP/1.1 200 OK
  ~ daemon: a page of another site must not call
  HTTP/1.1 403 Forbidden

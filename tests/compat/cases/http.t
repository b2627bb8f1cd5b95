The HTTP server below XML-RPC.

  @ config
  | [program:cat]
  | command=/bin/sh -c "echo hello; exec cat"
  | startsecs=0
  | stdout_logfile=%(here)s/cat.out
  | stderr_logfile=NONE
  @ start
  @ wait cat RUNNING
  @ wait-file cat.out hello

A call, byte for byte.

  @ http
  | POST /RPC2 HTTP/1.1
  | Content-Length: 104
  |
  | <?xml version="1.0"?><methodCall><methodName>supervisor.getAPIVersion</methodName><params/></methodCall>
  HTTP/1.1 200 OK
  content-length: 129
  content-type: text/xml
  ␤
  <?xml version='1.0'?>
  <methodResponse>
  <params>
  <param>
  <value><string>3.0</string></value>
  </param>
  </params>
  </methodResponse>

A fault.

  @ http
  | POST /RPC2 HTTP/1.1
  | Content-Length: 69
  |
  | <methodCall><methodName>supervisor.nonsense</methodName></methodCall>
  HTTP/1.1 200 OK
  content-length: 269
  content-type: text/xml
  ␤
  <?xml version='1.0'?>
  <methodResponse>
  <fault>
  <value><struct>
  <member>
  <name>faultCode</name>
  <value><int>1</int></value>
  </member>
  <member>
  <name>faultString</name>
  <value><string>UNKNOWN_METHOD</string></value>
  </member>
  </struct></value>
  </fault>
  </methodResponse>

Anything that begins with /RPC2 will do.

  @ http
  | POST /RPC2xyz?a=b HTTP/1.1
  | content-length: 74
  |
  | <methodCall><methodName>supervisor.getAPIVersion</methodName></methodCall>
  HTTP/1.1 200 OK
  content-length: 129
  content-type: text/xml
  ␤
  <?xml version='1.0'?>
  <methodResponse>
  <params>
  <param>
  <value><string>3.0</string></value>
  </param>
  </params>
  </methodResponse>

What is no call.

  @ http
  | GET /RPC2 HTTP/1.1
  |
  HTTP/1.1 400 Bad Request
  content-length: 136
  content-type: text/html
  ␤
  <head>
  <title>Error response</title>
  </head>
  <body>
  <h1>Error response</h1>
  <p>Error code 400.
  <p>Message: Bad Request.
  </body>
  @ http-status
  | POST /RPC2 HTTP/1.1
  |
  HTTP/1.1 411 Length Required
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Transfer-Encoding: chunked
  |
  | x
  HTTP/1.1 411 Length Required
  ~ daemon: a body may come in chunks, but these are none
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Content-Length: 8
  |
  | nonsense
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Content-Length: 25
  |
  | <methodCall></methodCall>
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Content-Length: 50
  |
  | <methodCall><methodName></methodName></methodCall>
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Content-Length: 12
  |
  | <methodCall>
  HTTP/1.1 400 Bad Request

Values in every form that is accepted.

  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 213
  |
  | <methodCall><methodName>supervisor.tailProcessStdoutLog</methodName><params><param><value>cat</value></param><param><value><int>0</int></value></param><param><value><i4>9</i4></value></param></params></methodCall>
  HTTP/1.1 200 OK
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 230
  |
  | <methodCall><methodName>supervisor.tailProcessStdoutLog</methodName><params><param><value><string>cat</string></value></param><param><value><int>0</int></value></param><param><value><i4>9</i4></value></param></params></methodCall>
  HTTP/1.1 200 OK
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 234
  |
  | <methodCall><methodName>supervisor.tailProcessStdoutLog</methodName><params><param><value><string>&#99;at</string></value></param><param><value><int>0</int></value></param><param><value><i4>9</i4></value></param></params></methodCall>
  HTTP/1.1 200 OK
  @ http
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 242
  |
  | <methodCall><methodName>supervisor.tailProcessStdoutLog</methodName><params><param><value><string><![CDATA[cat]]></string></value></param><param><value><int>0</int></value></param><param><value><i4>9</i4></value></param></params></methodCall>
  HTTP/1.1 200 OK
  content-length: 241
  content-type: text/xml
  ␤
  <?xml version='1.0'?>
  <methodResponse>
  <params>
  <param>
  <value><array><data>
  <value><string>hello
  </string></value>
  <value><int>6</int></value>
  <value><boolean>0</boolean></value>
  </data></array></value>
  </param>
  </params>
  </methodResponse>
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 240
  |
  | <methodCall><methodName>supervisor.tailProcessStdoutLog</methodName><params><param><value><string>c<!-- x -->at</string></value></param><param><value><int>0</int></value></param><param><value><i4>9</i4></value></param></params></methodCall>
  HTTP/1.1 200 OK
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 231
  |
  | <methodCall><methodName>supervisor.tailProcessStdoutLog</methodName><params><param><value><base64>Y2F0</base64></value></param><param><value><int>0</int></value></param><param><value><i4>9</i4></value></param></params></methodCall>
  HTTP/1.1 200 OK
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 222
  |
  | <methodCall><methodName>supervisor.tailProcessStdoutLog</methodName><params><param><value><i8>cat</i8></value></param><param><value><int>0</int></value></param><param><value><i4>9</i4></value></param></params></methodCall>
  HTTP/1.1 200 OK
  @ http
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 203
  |
  | <methodCall><methodName>supervisor.tailProcessStdoutLog</methodName><params><param><value/></param><param><value><int>0</int></value></param><param><value><i4>9</i4></value></param></params></methodCall>
  HTTP/1.1 200 OK
  content-length: 266
  content-type: text/xml
  ␤
  <?xml version='1.0'?>
  <methodResponse>
  <fault>
  <value><struct>
  <member>
  <name>faultCode</name>
  <value><int>10</int></value>
  </member>
  <member>
  <name>faultString</name>
  <value><string>BAD_NAME: </string></value>
  </member>
  </struct></value>
  </fault>
  </methodResponse>
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 216
  |
  | <methodCall><methodName>supervisor.tailProcessStdoutLog</methodName><params><param><value><nil/></value></param><param><value><int>0</int></value></param><param><value><i4>9</i4></value></param></params></methodCall>
  HTTP/1.1 500 Internal Server Error
  ~ daemon: a value of the wrong type is a fault, not an error of the server
  HTTP/1.1 200 OK
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 222
  |
  | <methodCall><methodName>supervisor.tailProcessStdoutLog</methodName><params><param><value><int>x</int></value></param><param><value><int>0</int></value></param><param><value><i4>9</i4></value></param></params></methodCall>
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 221
  |
  | <methodCall><methodName>supervisor.tailProcessStdoutLog</methodName><params><param><value><int></int></value></param><param><value><int>0</int></value></param><param><value><i4>9</i4></value></param></params></methodCall>
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 228
  |
  | <methodCall><methodName>supervisor.tailProcessStdoutLog</methodName><params><param><value><double>x</double></value></param><param><value><int>0</int></value></param><param><value><i4>9</i4></value></param></params></methodCall>
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 228
  |
  | <methodCall><methodName>supervisor.tailProcessStdoutLog</methodName><params><param><value><base64>!</base64></value></param><param><value><int>0</int></value></param><param><value><i4>9</i4></value></param></params></methodCall>
  HTTP/1.1 200 OK
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 218
  |
  | <methodCall><methodName>supervisor.tailProcessStdoutLog</methodName><params><param><value><array/></value></param><param><value><int>0</int></value></param><param><value><i4>9</i4></value></param></params></methodCall>
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 248
  |
  | <methodCall><methodName>supervisor.tailProcessStdoutLog</methodName><params><param><value><dateTime.iso8601>x</dateTime.iso8601></value></param><param><value><int>0</int></value></param><param><value><i4>9</i4></value></param></params></methodCall>
  HTTP/1.1 400 Bad Request

Streams that are refused.

  @ http-status
  | GET /logtail/zz HTTP/1.1
  |
  HTTP/1.1 404 Not Found
  @ http-status
  | GET /logtail/cat/stderr HTTP/1.1
  |
  HTTP/1.1 404 Not Found
  @ http-status
  | GET /logtail/cat/foo HTTP/1.1
  |
  HTTP/1.1 404 Not Found
  @ http-status
  | GET /logtail/cat:* HTTP/1.1
  |
  HTTP/1.1 404 Not Found
  @ http-status
  | POST /logtail/cat HTTP/1.1
  | Content-Length: 0
  |
  HTTP/1.1 400 Bad Request
  @ http-status
  | GET /nosuch HTTP/1.1
  |
  HTTP/1.1 404 Not Found
  @ http-status
  | DELETE /nosuch HTTP/1.1
  |
  HTTP/1.1 400 Bad Request
  @ http-status
  | nonsense
  |
  (closed)
  ~ daemon: what is no request is answered before the connection is closed
  HTTP/1.1 400 Bad Request

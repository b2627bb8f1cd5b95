XML-RPC documents in odd forms, and what becomes of their values: the fault shows the signal as it was understood.
  @ config
  | [program:cat]
  | command=/bin/sh -c "trap '' HUP; echo ready; exec cat"
  | startsecs=0
  | stdout_logfile=%(here)s/cat.log
  @ start
  @ wait-file cat.log ready

Numbers.

  @ http
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 169
  |
  | <methodCall><methodName>supervisor.signalProcess</methodName><params><param><value>cat</value></param><param><value><int>+500</int></value></param></params></methodCall>
  HTTP/1.1 200 OK
  content-length: 271
  content-type: text/xml
  ␤
  <?xml version='1.0'?>
  <methodResponse>
  <fault>
  <value><struct>
  <member>
  <name>faultCode</name>
  <value><int>11</int></value>
  </member>
  <member>
  <name>faultString</name>
  <value><string>BAD_SIGNAL: 500</string></value>
  </member>
  </struct></value>
  </fault>
  </methodResponse>
  @ http
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 171
  |
  | <methodCall><methodName>supervisor.signalProcess</methodName><params><param><value>cat</value></param><param><value><int> 5_00 </int></value></param></params></methodCall>
  HTTP/1.1 200 OK
  content-length: 271
  content-type: text/xml
  ␤
  <?xml version='1.0'?>
  <methodResponse>
  <fault>
  <value><struct>
  <member>
  <name>faultCode</name>
  <value><int>11</int></value>
  </member>
  <member>
  <name>faultString</name>
  <value><string>BAD_SIGNAL: 500</string></value>
  </member>
  </struct></value>
  </fault>
  </methodResponse>
  @ http
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 185
  |
  | <methodCall><methodName>supervisor.signalProcess</methodName><params><param><value>cat</value></param><param><value><int>99999999999999999999</int></value></param></params></methodCall>
  HTTP/1.1 200 OK
  content-length: 288
  content-type: text/xml
  ␤
  <?xml version='1.0'?>
  <methodResponse>
  <fault>
  <value><struct>
  <member>
  <name>faultCode</name>
  <value><int>11</int></value>
  </member>
  <member>
  <name>faultString</name>
  <value><string>BAD_SIGNAL: 99999999999999999999</string></value>
  </member>
  </struct></value>
  </fault>
  </methodResponse>
  ~ daemon: numbers have 64 bits; what is larger counts as the largest
  HTTP/1.1 200 OK
  content-length: 287
  content-type: text/xml
  ␤
  <?xml version='1.0'?>
  <methodResponse>
  <fault>
  <value><struct>
  <member>
  <name>faultCode</name>
  <value><int>11</int></value>
  </member>
  <member>
  <name>faultString</name>
  <value><string>BAD_SIGNAL: 9223372036854775807</string></value>
  </member>
  </struct></value>
  </fault>
  </methodResponse>
  @ http
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 174
  |
  | <methodCall><methodName>supervisor.signalProcess</methodName><params><param><value>cat</value></param><param><value><boolean>1</boolean></value></param></params></methodCall>
  HTTP/1.1 200 OK
  content-length: 129
  content-type: text/xml
  ␤
  <?xml version='1.0'?>
  <methodResponse>
  <params>
  <param>
  <value><boolean>1</boolean></value>
  </param>
  </params>
  </methodResponse>
  ~ daemon: a boolean is no signal; the reference takes it for the number 1
  HTTP/1.1 200 OK
  content-length: 272
  content-type: text/xml
  ␤
  <?xml version='1.0'?>
  <methodResponse>
  <fault>
  <value><struct>
  <member>
  <name>faultCode</name>
  <value><int>11</int></value>
  </member>
  <member>
  <name>faultString</name>
  <value><string>BAD_SIGNAL: True</string></value>
  </member>
  </struct></value>
  </fault>
  </methodResponse>
  @ http
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 176
  |
  | <methodCall><methodName>supervisor.signalProcess</methodName><params><param><value>cat</value></param><param><value><boolean> 1 </boolean></value></param></params></methodCall>
  HTTP/1.1 200 OK
  content-length: 129
  content-type: text/xml
  ␤
  <?xml version='1.0'?>
  <methodResponse>
  <params>
  <param>
  <value><boolean>1</boolean></value>
  </param>
  </params>
  </methodResponse>
  ~ daemon: a boolean is no signal; the reference takes it for the number 0
  HTTP/1.1 200 OK
  content-length: 273
  content-type: text/xml
  ␤
  <?xml version='1.0'?>
  <methodResponse>
  <fault>
  <value><struct>
  <member>
  <name>faultCode</name>
  <value><int>11</int></value>
  </member>
  <member>
  <name>faultString</name>
  <value><string>BAD_SIGNAL: False</string></value>
  </member>
  </struct></value>
  </fault>
  </methodResponse>
  @ http
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 174
  |
  | <methodCall><methodName>supervisor.signalProcess</methodName><params><param><value>cat</value></param><param><value><double>500</double></value></param></params></methodCall>
  HTTP/1.1 200 OK
  content-length: 273
  content-type: text/xml
  ␤
  <?xml version='1.0'?>
  <methodResponse>
  <fault>
  <value><struct>
  <member>
  <name>faultCode</name>
  <value><int>11</int></value>
  </member>
  <member>
  <name>faultString</name>
  <value><string>BAD_SIGNAL: 500.0</string></value>
  </member>
  </struct></value>
  </fault>
  </methodResponse>
  @ http
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 174
  |
  | <methodCall><methodName>supervisor.signalProcess</methodName><params><param><value>cat</value></param><param><value><double>nan</double></value></param></params></methodCall>
  HTTP/1.1 500 Internal Server Error
  content-length: 146
  content-type: text/html
  ␤
  <head>
  <title>Error response</title>
  </head>
  <body>
  <h1>Error response</h1>
  <p>Error code 500.
  <p>Message: Internal Server Error.
  </body>
  ~ daemon: a value of the wrong type is a fault, not an error of the server
  HTTP/1.1 200 OK
  content-length: 271
  content-type: text/xml
  ␤
  <?xml version='1.0'?>
  <methodResponse>
  <fault>
  <value><struct>
  <member>
  <name>faultCode</name>
  <value><int>11</int></value>
  </member>
  <member>
  <name>faultString</name>
  <value><string>BAD_SIGNAL: NaN</string></value>
  </member>
  </struct></value>
  </fault>
  </methodResponse>
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 168
  |
  | <methodCall><methodName>supervisor.signalProcess</methodName><params><param><value>cat</value></param><param><value><int>5 0</int></value></param></params></methodCall>
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 168
  |
  | <methodCall><methodName>supervisor.signalProcess</methodName><params><param><value>cat</value></param><param><value><int>5.0</int></value></param></params></methodCall>
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 171
  |
  | <methodCall><methodName>supervisor.signalProcess</methodName><params><param><value>cat</value></param><param><value><double></double></value></param></params></methodCall>
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 208
  |
  | <methodCall><methodName>supervisor.signalProcess</methodName><params><param><value>cat</value></param><param><value><dateTime.iso8601>20260101T00:00:00</dateTime.iso8601></value></param></params></methodCall>
  HTTP/1.1 500 Internal Server Error
  ~ daemon: a value of the wrong type is a fault, not an error of the server
  HTTP/1.1 200 OK
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 210
  |
  | <methodCall><methodName>supervisor.signalProcess</methodName><params><param><value>cat</value></param><param><value><dateTime.iso8601>2026-01-01T00:00:00</dateTime.iso8601></value></param></params></methodCall>
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 174
  |
  | <methodCall><methodName>supervisor.signalProcess</methodName><params><param><value>cat</value></param><param><value><base64>Zm9</base64></value></param></params></methodCall>
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 175
  |
  | <methodCall><methodName>supervisor.signalProcess</methodName><params><param><value>cat</value></param><param><value><base64>/w==</base64></value></param></params></methodCall>
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 202
  |
  | <methodCall><methodName>supervisor.signalProcess</methodName><params><param><value>cat</value></param><param><value><struct><member><name>a</name></member></struct></value></param></params></methodCall>
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 179
  |
  | <methodCall><methodName>supervisor.signalProcess</methodName><params><param><value>cat</value></param><param><value><struct><a>x</a></struct></value></param></params></methodCall>
  HTTP/1.1 400 Bad Request

Text.

  @ http
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 157
  |
  | <methodCall><methodName>supervisor.signalProcess</methodName><params><param><value>cat</value></param><param><value> x </value></param></params></methodCall>
  HTTP/1.1 200 OK
  content-length: 271
  content-type: text/xml
  ␤
  <?xml version='1.0'?>
  <methodResponse>
  <fault>
  <value><struct>
  <member>
  <name>faultCode</name>
  <value><int>11</int></value>
  </member>
  <member>
  <name>faultString</name>
  <value><string>BAD_SIGNAL:  x </string></value>
  </member>
  </struct></value>
  </fault>
  </methodResponse>
  @ http
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 166
  |
  | <methodCall><methodName>supervisor.signalProcess</methodName><params><param><value>cat</value></param><param><value>a<!-- b -->c</value></param></params></methodCall>
  HTTP/1.1 200 OK
  content-length: 270
  content-type: text/xml
  ␤
  <?xml version='1.0'?>
  <methodResponse>
  <fault>
  <value><struct>
  <member>
  <name>faultCode</name>
  <value><int>11</int></value>
  </member>
  <member>
  <name>faultString</name>
  <value><string>BAD_SIGNAL: ac</string></value>
  </member>
  </struct></value>
  </fault>
  </methodResponse>
  @ http
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 198
  |
  | <methodCall><methodName>supervisor.signalProcess</methodName><params><param><value>cat</value></param><param><value><string>a<![CDATA[<b>]]>&amp;&#x63;</string></value></param></params></methodCall>
  HTTP/1.1 200 OK
  content-length: 284
  content-type: text/xml
  ␤
  <?xml version='1.0'?>
  <methodResponse>
  <fault>
  <value><struct>
  <member>
  <name>faultCode</name>
  <value><int>11</int></value>
  </member>
  <member>
  <name>faultString</name>
  <value><string>BAD_SIGNAL: a&lt;b&gt;&amp;c</string></value>
  </member>
  </struct></value>
  </fault>
  </methodResponse>
  @ http
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 168
  |
  | <methodCall><methodName>supervisor.signalProcess</methodName><params><param><value>cat</value></param><param><value><foo>bar</foo></value></param></params></methodCall>
  HTTP/1.1 200 OK
  content-length: 271
  content-type: text/xml
  ␤
  <?xml version='1.0'?>
  <methodResponse>
  <fault>
  <value><struct>
  <member>
  <name>faultCode</name>
  <value><int>11</int></value>
  </member>
  <member>
  <name>faultString</name>
  <value><string>BAD_SIGNAL: bar</string></value>
  </member>
  </struct></value>
  </fault>
  </methodResponse>
  @ http
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 181
  |
  | <methodCall><methodName>supervisor.signalProcess</methodName><params><param><value>cat</value></param><param><value><base64>Z m9v IQ==</base64></value></param></params></methodCall>
  HTTP/1.1 200 OK
  content-length: 272
  content-type: text/xml
  ␤
  <?xml version='1.0'?>
  <methodResponse>
  <fault>
  <value><struct>
  <member>
  <name>faultCode</name>
  <value><int>11</int></value>
  </member>
  <member>
  <name>faultString</name>
  <value><string>BAD_SIGNAL: foo!</string></value>
  </member>
  </struct></value>
  </fault>
  </methodResponse>
  @ http
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 154
  |
  | <methodCall><methodName>supervisor.signalProcess</methodName><params><param><value>cat</value></param><param><foo>bare</foo></param></params></methodCall>
  HTTP/1.1 200 OK
  content-length: 272
  content-type: text/xml
  ␤
  <?xml version='1.0'?>
  <methodResponse>
  <fault>
  <value><struct>
  <member>
  <name>faultCode</name>
  <value><int>11</int></value>
  </member>
  <member>
  <name>faultString</name>
  <value><string>BAD_SIGNAL: bare</string></value>
  </member>
  </struct></value>
  </fault>
  </methodResponse>

The document around them.

  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 74
  |
  | <methodCall><methodName>supervisor.getAPIVersion</methodName></methodCall>
  HTTP/1.1 200 OK
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 77
  |
  | ﻿<methodCall><methodName>supervisor.getAPIVersion</methodName></methodCall>
  HTTP/1.1 200 OK
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 114
  |
  | <?xml version='1.0' encoding='latin-1'?><methodCall><methodName>supervisor.getAPIVersion</methodName></methodCall>
  HTTP/1.1 200 OK
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 92
  |
  | <!-- c --><?pi x?><methodCall><methodName>supervisor.getAPIVersion</methodName></methodCall>
  HTTP/1.1 200 OK
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 107
  |
  | <methodCall><methodName>nonsense</methodName><methodName>supervisor.getAPIVersion</methodName></methodCall>
  HTTP/1.1 200 OK
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 84
  |
  | <methodCall><methodName>supervisor.getAPIVersion</methodName></methodCall><!-- c -->
  HTTP/1.1 200 OK
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 70
  |
  | <anything><methodName>supervisor.getAPIVersion</methodName></anything>
  HTTP/1.1 200 OK
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 83
  |
  | <methodCall><methodName>supervisor.getAPIVersion</methodName><params/></methodCall>
  HTTP/1.1 200 OK
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 75
  |
  | <methodCall><methodName>supervisor.getAPIVersion</methodName></methodCall>x
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 78
  |
  | <methodCall><methodName>supervisor.getAPIVersion</methodName></methodCall><a/>
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 80
  |
  | <methodCall><a:b/><methodName>supervisor.getAPIVersion</methodName></methodCall>
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 80
  |
  | <methodCall>&nope;<methodName>supervisor.getAPIVersion</methodName></methodCall>
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 78
  |
  | <methodCall>&#0;<methodName>supervisor.getAPIVersion</methodName></methodCall>
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 90
  |
  | <methodCall><a b='c' b='d'/><methodName>supervisor.getAPIVersion</methodName></methodCall>
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 82
  |
  | <methodCall><a b=c/><methodName>supervisor.getAPIVersion</methodName></methodCall>
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 77
  |
  | <methodCall>]]><methodName>supervisor.getAPIVersion</methodName></methodCall>
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 96
  |
  |  <?xml version='1.0'?><methodCall><methodName>supervisor.getAPIVersion</methodName></methodCall>
  HTTP/1.1 400 Bad Request
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 95
  |
  | <?xml version='1.1'?><methodCall><methodName>supervisor.getAPIVersion</methodName></methodCall>
  HTTP/1.1 200 OK
  @ http-status
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 88
  |
  | <methodCall xmlns='urn:x'><methodName>supervisor.getAPIVersion</methodName></methodCall>
  HTTP/1.1 400 Bad Request

Names of methods are taken as they are.

  @ http
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 75
  |
  | <methodCall><methodName> supervisor.getAPIVersion</methodName></methodCall>
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
  @ http
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 75
  |
  | <methodCall><methodName>supervisor.getAPIVersion </methodName></methodCall>
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
  @ http
  | POST /RPC2 HTTP/1.1
  | Connection: close
  | Content-Length: 74
  |
  | <methodCall><methodName>supervisor.getapiversion</methodName></methodCall>
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

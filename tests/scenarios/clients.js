// Talks to a daemon with the clients from npm: `xmlrpc` itself, and `supervisord`, which stands on it.
//
// Arguments: the folder of the packages, the path of a unix socket, a port with the credentials user:pass:word.
// Prints one line of JSON for each call.
'use strict'

const [packages, socketPath, port] = process.argv.slice(2)
const xmlrpc = require(`${packages}/xmlrpc`)
const Supervisord = require(`${packages}/supervisord`)

const unix = xmlrpc.createClient({ socketPath, path: '/RPC2' })
const tcp = (pass) => xmlrpc.createClient({ host: '127.0.0.1', port, path: '/RPC2', basic_auth: { user: 'user', pass } })

const shown = (error, value) => {
  if (!error) return value
  return error.faultCode ? `fault ${error.faultCode} ${error.faultString}` : `http ${error.res && error.res.statusCode}`
}

const call = (client, method, ...params) => new Promise((resolve) => {
  client.methodCall(method, params, (error, value) => resolve(shown(error, value)))
})

const types = (struct) => Object.entries(struct).map(([key, value]) => `${key}:${typeof value}`).join(' ')

const main = async () => {
  const say = (value) => console.log(JSON.stringify(value))
  say(await call(unix, 'supervisor.getState'))
  say(types(await call(unix, 'supervisor.getProcessInfo', 'cat')))
  say((await call(unix, 'supervisor.getAllProcessInfo')).map((row) => `${row.group}:${row.name} ${row.statename}`))
  say(await call(unix, 'supervisor.getProcessInfo', 'zz'))
  say(await call(unix, 'supervisor.sendProcessStdin', 'cat', 'grüße & <küsse>\n'))
  say(await call(unix, 'supervisor.sendProcessStdin', 'cat', Buffer.from('as base64\n')))
  while (!(await call(unix, 'supervisor.readProcessStdoutLog', 'cat', 0, 0)).includes('as base64'));
  say(await call(unix, 'supervisor.stopProcess', 'cat', true))
  say(await call(unix, 'supervisor.readProcessStdoutLog', 'cat', 0, 0))
  say(await call(unix, 'supervisor.tailProcessStdoutLog', 'cat', 0, 10))
  say(await call(unix, 'supervisor.startProcess', 'cat'))
  say(await call(unix, 'system.multicall', [
    { methodName: 'supervisor.getIdentification', params: [] },
    { methodName: 'supervisor.startProcess', params: ['cat'] },
    { methodName: 'supervisor.nope', params: [] }
  ]))
  say(await call(unix, 'supervisor.startAllProcesses', false))
  say(await call(tcp('pass:word'), 'supervisor.getAPIVersion'))
  say(await call(tcp('wrong'), 'supervisor.getAPIVersion'))
  const library = Supervisord.connect(`unix://${socketPath}`)
  say(await new Promise((resolve) => library.getState((error, value) => resolve(shown(error, value)))))
  say(await new Promise((resolve) => library.stopProcess('cat', (error, value) => resolve(shown(error, value)))))
}

main()

"""JSON-RPC with the daemon, one message on each line.

Both sides ask. A thread reads, so that an interface may call the daemon while it carries out a call itself; questions
of the daemon wait in a queue, because interfaces are not written for more than one thread.
"""
import itertools
import queue
import threading

from provost_host import values

METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603


class Fault(Exception):
    """What the daemon answered instead of a result."""

    def __init__(self, code, text):
        Exception.__init__(self, text)
        self.code = code
        self.text = text


class Gone(Exception):
    """The daemon closed the pipe."""


class Peer:
    """The daemon, at the other end of two binary streams."""

    def __init__(self, incoming, outgoing):
        self.incoming = incoming
        self.outgoing = outgoing
        self.numbers = itertools.count(1)
        # Of questions that are under way: what the answer will be put into.
        self.waiting = {}
        self.lock = threading.Lock()
        # (id, method, params), and None at the end.
        self.questions = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def call(self, method, *params):
        """What the daemon's interface answers, such as `call("supervisor.getState")`."""
        number = next(self.numbers)
        answer = queue.Queue(1)
        with self.lock:
            if self.waiting is None:
                raise Gone()
            self.waiting[number] = answer
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": list(params)})
        message = answer.get()
        if message is None:
            raise Gone()
        error = message.get("error")
        if error is not None:
            raise Fault(error["code"], error["message"])
        return message["result"]

    def log(self, level, text):
        """Writes to the activity log."""
        self._send({"jsonrpc": "2.0", "method": "rpc.log", "params": {"level": level, "message": text}})

    def answer(self, question, result):
        self._send({"jsonrpc": "2.0", "id": question, "result": result})

    def refuse(self, question, code, text):
        self._send({"jsonrpc": "2.0", "id": question, "error": {"code": code, "message": text}})

    def _send(self, message):
        line = values.dump(message)
        try:
            with self.lock:
                self.outgoing.write(line)
                self.outgoing.flush()
        except (BrokenPipeError, ConnectionError) as error:
            raise Gone() from error

    def _read(self):
        for line in self.incoming:
            message = values.load(line)
            if "method" in message:
                self.questions.put((message.get("id"), message["method"], message.get("params") or []))
                continue
            with self.lock:
                answer = self.waiting.pop(message.get("id"), None)
            if answer is not None:
                answer.put(message)
        with self.lock:
            waiting, self.waiting = self.waiting, None
        for answer in waiting.values():
            answer.put(None)
        self.questions.put(None)

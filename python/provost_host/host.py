"""Carries out the daemon's questions with an interface, one after the other."""
import importlib
import queue
import sys
import time
import traceback
import types

from provost_host import methods
from provost_host.facade import Supervisord
from provost_host.peer import INTERNAL_ERROR, INVALID_PARAMS, METHOD_NOT_FOUND, Fault, Gone

DESCRIBE = "rpc.describe"
FAILED = 30
# Seconds between two looks at a result that is not there yet, unless it says otherwise itself.
DELAY = 0.05
NOTHING = object()


class Host:
    """Serves until the daemon closes the pipe."""

    def __init__(self, peer, factory=None, settings=None):
        self.peer = peer
        self.factory = factory
        self.settings = settings or {}
        self.methods = {}
        # (when to look again, question, function that gives the result)
        self.deferred = []

    def serve(self):
        """The exit status."""
        try:
            while True:
                question = self._next()
                if question is None:
                    return 0
                if question is not NOTHING and not self._carry_out(*question):
                    return 1
                self._look_at_deferred()
        except Gone:
            return 0

    def _next(self):
        """The next question; NOTHING if a deferred result is due before there is one, None at the end."""
        if not self.deferred:
            return self.peer.questions.get()
        wait = min(due for due, _, _ in self.deferred) - time.monotonic()
        try:
            return self.peer.questions.get(timeout=max(wait, 0))
        except queue.Empty:
            return NOTHING

    def _carry_out(self, number, method, params):
        """False if there is no use in going on."""
        if method == DESCRIBE:
            return self._describe(number, params)
        function = self.methods.get(method)
        if function is None:
            self.peer.refuse(number, METHOD_NOT_FOUND, method)
        else:
            self._give(number, lambda: function(*params))
        return True

    def _describe(self, number, told):
        try:
            interface = self._make(told)
        except Exception as error:
            traceback.print_exc()
            self.peer.refuse(number, FAILED, str(error) or type(error).__name__)
            return False
        self.methods = methods.public(interface)
        found = [methods.described(name, method) for name, method in sorted(self.methods.items())]
        self.peer.answer(number, {"methods": found})
        return True

    def _make(self, told):
        factory = self.factory or told.get("factory")
        if not factory:
            raise ValueError("no factory: write supervisor.rpcinterface_factory = module:factory into the section")
        settings = dict(told.get("settings") or {})
        settings.update(self.settings)
        return resolved(factory)(Supervisord(self.peer, told["daemon"]), **settings)

    def _give(self, number, function):
        """Answers with what a function returns, now or later."""
        try:
            result = function()
            if isinstance(result, types.FunctionType):
                self._defer(number, result)
            elif is_not_done(result):
                self._defer(number, function)
            else:
                self.peer.answer(number, result)
        except Gone:
            raise
        except Exception as error:
            self._refuse(number, error)

    def _defer(self, number, function):
        due = time.monotonic() + float(getattr(function, "delay", DELAY))
        self.deferred.append((due, number, function))

    def _look_at_deferred(self):
        now = time.monotonic()
        due = [entry for entry in self.deferred if entry[0] <= now]
        self.deferred = [entry for entry in self.deferred if entry[0] > now]
        for _, number, function in due:
            self._give(number, function)

    def _refuse(self, number, error):
        """What the reference makes of an exception: a fault, or the interface's own mistake."""
        code, text = getattr(error, "code", None), getattr(error, "text", None)
        if isinstance(code, int) and isinstance(text, str):
            return self.peer.refuse(number, code, text)
        traceback.print_exc()
        if isinstance(error, TypeError):
            return self.peer.refuse(number, INVALID_PARAMS, str(error))
        return self.peer.refuse(number, INTERNAL_ERROR, "%s: %s" % (type(error).__name__, error))


def is_not_done(result):
    """Whether this is how Supervisor's interfaces say that a result is not there yet."""
    module = sys.modules.get("supervisor.http")
    return module is not None and result is getattr(module, "NOT_DONE_YET", module)


def resolved(name):
    """What `module:callable` names."""
    module, _, path = name.replace(" ", "").partition(":")
    try:
        found = importlib.import_module(module)
        for part in path.split("."):
            found = getattr(found, part)
        return found
    except (ImportError, AttributeError, ValueError) as error:
        raise ImportError("%s cannot be resolved: %s" % (name, error)) from error

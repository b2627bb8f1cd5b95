"""Values of XML-RPC as JSON, the way the daemon writes and reads them."""
import datetime
import json
from xmlrpc.client import Binary, DateTime

# The one member of an object that stands for a date.
DATE = "$datetime"
DATE_FORM = "%Y%m%dT%H:%M:%S"


def dump(message):
    """A message as one line. TypeError and ValueError say what has no form."""
    return json.dumps(message, default=plain, allow_nan=False).encode() + b"\n"


def load(line):
    """The message of a line; ValueError if it is none."""
    return json.loads(line, object_hook=special)


def plain(value):
    if isinstance(value, DateTime):
        return {DATE: value.value}
    if isinstance(value, datetime.datetime):
        return {DATE: value.strftime(DATE_FORM)}
    if isinstance(value, Binary):
        value = value.data
    if isinstance(value, (bytes, bytearray)):
        # UnicodeDecodeError is a ValueError.
        return bytes(value).decode("utf-8")
    if isinstance(value, (set, frozenset)) or hasattr(value, "__iter__"):
        raise TypeError("cannot marshal %s objects; make a list of it" % type(value).__name__)
    raise TypeError("cannot marshal %s objects" % type(value).__name__)


def special(members):
    if len(members) == 1 and DATE in members:
        return DateTime(members[DATE])
    return members

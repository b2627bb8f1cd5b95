"""Differences on purpose, as amendments of the reference.

While an amendment is active the reference behaves in that one point as it would if it had been changed too. Each has
the name of its row in `on_purpose/table.rs`, and notes when it made a difference.
"""
import re
import shlex

from supervisor import datatypes, options

ACTIVE = set()
FIRED = set()


def amended(name):
    return name in ACTIVE


def attempt(function, *arguments):
    """The result or the refusal of a call, to be compared or given back."""
    try:
        return ("value", function(*arguments))
    except ValueError as refusal:
        return ("refusal", refusal)


def settle(result):
    kind, content = result
    if kind == "refusal":
        raise content
    return content


def comparable(result):
    kind, content = result
    return (kind, str(content) if kind == "refusal" else content)


def replaced(name, original, amendment):
    """Calls `amendment` instead of `original` while the amendment is active."""

    def call(*arguments):
        before = attempt(original, *arguments)
        if not amended(name):
            return settle(before)
        after = attempt(amendment, *arguments)
        if comparable(before) != comparable(after):
            FIRED.add(name)
        return settle(after)

    return call


def posix_pairs(text):
    """The pairs of `environment=` with the quotes and escapes of a POSIX shell, as 4.4 reads them."""
    lexer = shlex.shlex(str(text), posix=True)
    lexer.wordchars += "/.+-():"
    words = list(lexer)
    pairs = {}
    for start in range(0, len(words), 4):
        part = words[start:start + 3]
        if len(part) != 3 or part[1] != "=":
            raise ValueError("Unexpected end of key/value pairs in value '%s'" % text)
        pairs[part[0]] = part[2]
    return pairs


class Names(dict):
    """Names for an expansion that cannot be printed all at once."""

    def __repr__(self):
        raise ValueError("format requires a mapping key, as in %(name)s; write %% for a percent sign")

    __str__ = __repr__


Names.__name__ = "dict"  # Messages name the type.

LOGFILE = re.compile(r"(?:.*\.)?std(?:out|err)_logfile$")


def expand_amended(original):
    def call(text, names, name):
        before = attempt(original, text, names, name)
        after, fired, single = before, None, text
        second_pass = name in ("stdout_logfile", "stderr_logfile")
        if amended("environment is expanded once") and name == "supervisord.environment":
            after, fired = ("value", text), "environment is expanded once"
        elif amended("logfiles are expanded once") and second_pass:
            after, fired = ("value", text), "logfiles are expanded once"
        elif amended("logfiles are expanded once") and LOGFILE.match(name):
            single = re.sub("%%%%", "%%", text)
            after, fired = attempt(original, single, names, name), "logfiles are expanded once"
        if comparable(before) != comparable(after):
            FIRED.add(fired)
        if amended("bare conversions are refused") and after[1] is not text:
            strict = attempt(original, single, Names(names), name)
            if strict[0] == "refusal" and comparable(strict) != comparable(after):
                FIRED.add("bare conversions are refused")
                after = strict
        return settle(after)

    return call


def only_signals(value):
    """Names and numbers that the signal module has but that are no signals."""
    number = settle(attempt(original_signal_number, value))
    name = value.strip().upper()
    if name.startswith(("SIG_", "_")):
        raise ValueError("value %r is not a valid signal name" % value)
    if number < 1:
        raise ValueError("value %r is not a valid signal number" % value)
    return number


def fcgi_message_as_sentence(*arguments):
    try:
        return original_parse_fcgi_socket(*arguments)
    except ValueError as refusal:
        if len(refusal.args) == 2:
            raise ValueError(refusal.args[0] % refusal.args[1])
        raise


def complete_credentials(self, parser, section):
    """No user name beside a password is a mistake; both empty are none."""
    found = original_credentials(self, parser, section)
    if found["username"] == "" and found["password"] == "":
        return {"username": None, "password": None}
    if found["username"] == "":
        raise ValueError(
            "Section [%s] contains incomplete authentication: If a username or a password is specified, both the "
            "username and password must be specified" % section
        )
    return found


class FactoryOnly:
    """A parser whose plugin sections have their factory and nothing else."""

    def __init__(self, parser, key):
        self.parser, self.key = parser, key

    def options(self, section):
        return [self.key]

    def __getattr__(self, name):
        return getattr(self.parser, name)


def plugins_without_extras(self, parser, key, prefix):
    return original_get_plugins(self, FactoryOnly(parser, key), key, prefix)


original_signal_number = options.signal_number
original_parse_fcgi_socket = options.ServerOptions.parse_fcgi_socket
original_credentials = options.ServerOptions._parse_username_and_password
original_get_plugins = options.Options.get_plugins

options.expand = expand_amended(options.expand)
options.dict_of_key_value_pairs = replaced(
    "environment has POSIX quotes", options.dict_of_key_value_pairs, posix_pairs
)
options.signal_number = replaced("only signals are signals", original_signal_number, only_signals)
options.ServerOptions.parse_fcgi_socket = replaced(
    "messages are sentences", original_parse_fcgi_socket, fcgi_message_as_sentence
)
options.ServerOptions._parse_username_and_password = replaced(
    "credentials are complete", original_credentials, complete_credentials
)


def get_plugins(self, parser, key, prefix):
    if amended("factories get no extras"):
        before = attempt(original_get_plugins, self, parser, key, prefix)
        after = attempt(plugins_without_extras, self, parser, key, prefix)
        if before[0] != after[0] or before[0] == "refusal" and str(before[1]) != str(after[1]):
            FIRED.add("factories get no extras")
        return settle(after)
    return original_get_plugins(self, parser, key, prefix)


options.Options.get_plugins = get_plugins


def import_spec(self, spec):
    """Nothing but what is built in, once there are amendments at all.

    It has no name of its own: the advice behind the message tells this difference from others.
    """
    found = original_import_spec(self, spec)
    if ACTIVE and "".join(spec.split()) not in BUILT_IN:
        raise ImportError(spec)
    return found


BUILT_IN = ("supervisor.rpcinterface:make_main_rpcinterface", "supervisor.dispatchers:default_handler")
original_import_spec = options.ServerOptions.import_spec
options.ServerOptions.import_spec = import_spec


class OnlySection:
    """A parser with a single section, whose priority is nobody's business."""

    def __init__(self, parser, section):
        self.parser, self.section = parser, section

    def sections(self):
        return [self.section]

    def saneget(self, section, option, default=None, **more):
        if option == "priority":
            return default
        return self.parser.saneget(section, option, default, **more)


def processes_from_section(self, parser, section, group_name, klass=None):
    """Looks at the socket of a FastCGI program that stands in a group, as outside of one."""
    processes = original_processes(self, parser, section, group_name, klass)
    name = "sockets in groups are checked"
    if amended(name) and klass is options.ProcessConfig and section.startswith("fcgi-program:"):
        self.processes_from_section = lambda *arguments: []
        try:
            shared = self.process_groups_from_parser(OnlySection(parser, section))[0].socket_config
        except ValueError:
            FIRED.add(name)
            raise
        finally:
            del self.processes_from_section
        for config in processes:
            config.shared = shared
    return processes


original_processes = options.ServerOptions.processes_from_section
options.ServerOptions.processes_from_section = processes_from_section


def without_twins(groups):
    """The groups and processes that a running daemon would have, of those that were configured."""
    kept = []
    for group in groups:
        if any(other.name == group.name for other in kept):
            FIRED.add("twins are left out")
            continue
        processes = {}
        for process in group.process_configs:
            processes[process.name] = process
        if len(processes) < len(group.process_configs):
            FIRED.add("twins are left out")
            group.process_configs = list(processes.values())
        kept.append(group)
    return kept


def logfile(name):
    """The log file of a channel. An empty name always meant none; amended, it is none."""
    if name != "" or not amended("an empty log file is none"):
        return name
    FIRED.add("an empty log file is none")
    return None


def clamp(number, low, high):
    bounded = max(low, min(high, number))
    if bounded != number and amended("numbers are bounded"):
        FIRED.add("numbers are bounded")
        return bounded
    return number


def signed(number):
    return clamp(number, -2**63, 2**63 - 1)


original_integer = options.integer
options.integer = replaced("numbers are bounded", original_integer, lambda text: signed(original_integer(text)))


def count(number):
    return clamp(signed(number), 0, 2**63 - 1)


def backups(number):
    return clamp(signed(number), 0, 2**32 - 1)


def mode(number):
    if number is None or not amended("numbers are bounded"):
        return number
    if number != number & 0o7777:
        FIRED.add("numbers are bounded")
    # The other side stops at 64 bits, and then takes the lowest twelve.
    return signed(number) & 0o7777


original_process_equal = options.ProcessConfig.__eq__
original_socket_equal = datatypes.SocketConfig.__eq__


def configured(config, name):
    value = getattr(config, name)
    return logfile(value) if name.endswith("_logfile") else value


def processes_equal(one, other):
    equal = original_process_equal(one, other)
    if equal and getattr(one, "shared", None) != getattr(other, "shared", None):
        FIRED.add("sockets in groups are checked")
        return False
    if not amended("AUTO is compared as configured"):
        return equal
    names = options.ProcessConfig.req_param_names + options.ProcessConfig.optional_param_names
    strict = all(configured(one, name) == configured(other, name) for name in names)
    if equal and not strict:
        FIRED.add("AUTO is compared as configured")
    return strict


def sockets_equal(one, other):
    equal = original_socket_equal(one, other)
    if not amended("sockets are compared in full") or not equal:
        return equal
    names = ("backlog", "mode", "owner")
    strict = all(getattr(one, name, None) == getattr(other, name, None) for name in names)
    if strict != equal:
        FIRED.add("sockets are compared in full")
    return strict


options.ProcessConfig.__eq__ = processes_equal
datatypes.SocketConfig.__eq__ = sockets_equal

"""What an interface offers: its public methods, with help and signatures out of their documentation."""
import inspect


def public(interface):
    """The methods that clients may call, by name."""
    found = {}
    for name in dir(interface):
        if name.startswith("_"):
            continue
        method = getattr(interface, name)
        if inspect.ismethod(method):
            found[name] = method
    return found


def described(name, method):
    """A method as the daemon wants to know it."""
    text = str(method.__doc__)
    return {"name": name, "help": text, "signature": signature(text)}


def signature(text):
    """The types of the result and of the parameters, from lines `@return type` and `@param type`; None without a
    result."""
    result, params = None, []
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 2 and words[0] == "@return":
            result = words[1]
        elif len(words) >= 2 and words[0] == "@param":
            params.append(words[1])
    return None if result is None else [result] + params

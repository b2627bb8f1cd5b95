"""An event listener that does with each event what its arguments say in turn, over all its lives.

Arguments: a file for notes, then words. `ok` accepts, `fail` rejects, `die` ends without an answer, `nonsense`
breaks the protocol and ends, `again` says READY twice before the event and accepts it. Every event is noted with
the word, the payload's last line and its serial number.
"""

import sys

notes, words = sys.argv[1], sys.argv[2:]


def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def past():
    """How many events were noted, in this life and in earlier ones."""
    try:
        with open(notes) as earlier:
            return len(earlier.readlines())
    except FileNotFoundError:
        return 0


while True:
    number = past()
    word = words[number] if number < len(words) else "ok"
    say("READY\n" * (2 if word == "again" else 1))
    headers = dict(token.split(":") for token in sys.stdin.readline().split())
    payload = sys.stdin.read(int(headers["len"]))
    with open(notes, "a") as file:
        file.write("%s %s %s\n" % (word, payload.splitlines()[-1], headers["serial"]))
    if word == "die":
        sys.exit(1)
    elif word == "nonsense":
        say("What is this?\n")
        sys.exit(1)
    else:
        say("RESULT 4\nFAIL" if word == "fail" else "RESULT 2\nOK")

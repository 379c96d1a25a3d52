"""Registers the probes, and fails one whose engine doesn't do what is expected."""

import time

PROBES = []

# A busy machine needs most of it.
DEADLINE_SECONDS = 60
# On an engine without the extension, what is missing is waited for in vain.
STOCK_DEADLINE_SECONDS = 8


def probe(name, module=None):
    """Registers a probe. `module` is the file of the extension that makes it pass."""

    def register(function):
        PROBES.append((name, module, function))
        return function

    return register


class Failure(Exception):
    """A probe failed."""


def expect(condition, what):
    if not condition:
        raise Failure(what)


def wait_for(what, find):
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        found = find()
        if found:
            return found
        time.sleep(0.02)
    raise Failure(f"not found within {DEADLINE_SECONDS} s: {what}")

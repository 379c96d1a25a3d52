"""Says what this process has used until now, on its standard error: the Python half of bench/figures.ts."""

import json
import re
import resource
import sys


def peak_mb():
    """As in bench/figures.ts: of this program, where Linux says it; else also of the copy of its parent that it was."""
    if sys.platform == "linux":
        with open("/proc/self/status", encoding="ascii") as status:
            return int(re.search(r"^VmHWM:\s+(\d+) kB$", status.read(), re.M)[1]) / 1024
    bytes_per_unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * bytes_per_unit / 1_048_576


def say_figures(**more):
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures = {
        "cpuMs": (used.ru_utime + used.ru_stime) * 1000,
        "rssMb": peak_mb(),
        **more,
    }
    print(json.dumps(figures), file=sys.stderr)

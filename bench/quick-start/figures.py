"""Says what this process has used until now, on its standard error: the Python half of bench/figures.ts."""

import json
import resource
import sys


def say_figures(**more):
    used = resource.getrusage(resource.RUSAGE_SELF)
    bytes_per_unit = 1 if sys.platform == "darwin" else 1024
    figures = {
        "cpuMs": (used.ru_utime + used.ru_stime) * 1000,
        "rssMb": used.ru_maxrss * bytes_per_unit / 1_048_576,
        **more,
    }
    print(json.dumps(figures), file=sys.stderr)

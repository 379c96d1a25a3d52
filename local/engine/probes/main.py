"""Checks each behaviour of the engine that the product or the extension relies on.

    python main.py --endpoint URL            every probe must pass (runs at the first start)
    python main.py --endpoint URL --stock    on an engine without the extension: probes of an extension module must
                                             fail, otherwise the module can be deleted

Prints one JSON line per probe: {name, ok, ms, detail}. Exits with 1 if one is not ok.
"""

import argparse
import json
import sys
import time
import traceback
import uuid
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True

# Each registers its probes.
import cloudformation  # noqa: E402, F401
import events  # noqa: E402, F401
import functions  # noqa: E402, F401
import probe  # noqa: E402
import services  # noqa: E402, F401
from aws import Aws  # noqa: E402

# What went wrong in another way than a behaviour that does not hold: an engine that is not there, a broken probe.
UNEXPECTED = "unexpected "
# The stock engine refuses the whole template for its unknown types.
UNKNOWN_TYPES = "Unrecognized resource types"


def is_gap(problem):
    """Whether a probe failed because the behaviour is missing, and for no other reason."""
    return problem is not None and (not problem.startswith(UNEXPECTED) or UNKNOWN_TYPES in problem)


def run(aws, function):
    """What is wrong, or None."""
    try:
        function(aws)
        return None
    except probe.Failure as failure:
        return str(failure)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return f"{UNEXPECTED}{type(error).__name__}: {error} ({where.name})"


def report(aws, name, module, function, stock):
    started = time.monotonic()
    problem = run(aws, function)
    ok = is_gap(problem) if stock else (problem is None)
    detail = problem or ""
    if stock and problem is None:
        detail = f"the engine does this by itself now: local/engine/{module} can go"
    return {"name": name, "ok": ok, "ms": round((time.monotonic() - started) * 1000), "detail": detail}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--stock", action="store_true")
    arguments = parser.parse_args()
    if arguments.stock:
        probe.DEADLINE_SECONDS = probe.STOCK_DEADLINE_SECONDS
    aws = Aws(arguments.endpoint, uuid.uuid4().hex[:8])
    probes = [entry for entry in probe.PROBES if entry[1] or not arguments.stock]
    with ThreadPoolExecutor(max_workers=4) as pool:
        lines = pool.map(lambda entry: report(aws, *entry, arguments.stock), probes)
        all_ok = True
        for line in lines:
            print(json.dumps(line), flush=True)
            all_ok = all_ok and line["ok"]
    aws.close()
    return 0 if all_ok else 1


if __name__ == "__main__":
    sys.exit(main())

"""Says the CPU of one call: of the stand-in's handler, or of boto3's PutEvents call and nothing else."""

import json
import sys
import time

import app
from figures import say_figures

event = json.load(open(sys.argv[1]))
entry = {"Source": "github.com", "DetailType": "issues", "Detail": event["body"], "EventBusName": "bus"}
calls = int(sys.argv[3])


def cpu_of(call):
    start = time.process_time()
    for _ in range(calls):
        call()
    return (time.process_time() - start) / calls * 1_000_000


if sys.argv[2] == "handler":
    call = lambda: app.lambda_handler(event, None)  # noqa: E731
else:
    call = lambda: app.events.put_events(Entries=[entry])  # noqa: E731
cpu_of(call)
say_figures(usPerCall=cpu_of(call))

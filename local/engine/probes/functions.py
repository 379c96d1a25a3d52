"""What functions, their URLs and their event source mappings must do."""

import base64
import json

from probe import expect, probe, wait_for


@probe("event source mapping batches", module="event_source_mapping.py")
def batches(aws):
    with aws.http_server() as server, aws.queue() as queue, aws.function(server) as function:
        for start in range(0, 30, 10):
            entries = [{"Id": str(n), "MessageBody": str(n)} for n in range(start, start + 10)]
            aws.sqs.send_message_batch(QueueUrl=queue.url, Entries=entries)
        with aws.mapping(queue, function, BatchSize=1000, MaximumBatchingWindowInSeconds=1):
            batch = wait_for("a batch", lambda: server.posted("/batch"))
        expect(len(batch["Records"]) == 30, f"the first batch held {len(batch['Records'])} of 30")


@probe("partial batch responses")
def partial_batches(aws):
    with aws.http_server() as server, aws.queue(VisibilityTimeout="3") as queue, aws.function(server) as function:
        aws.sqs.send_message(QueueUrl=queue.url, MessageBody="fail")
        with aws.mapping(queue, function, FunctionResponseTypes=["ReportBatchItemFailures"]):
            again = lambda: server.posted("/batch", count=2)  # noqa: E731
            record = wait_for("the failed message a second time", again)["Records"][0]
        count = record["attributes"]["ApproximateReceiveCount"]
        # A start of the function that outlasts the visibility timeout counts as well.
        expect(int(count) >= 2, f"its receive count is {count}")


@probe("function URL, layer and environment")
def function_url(aws):
    with aws.http_server() as server, aws.function(server, url=True) as function:
        answer = aws.call_url(function.url, "path?a=1&b=%2F", b"\xff\x00")
        event = json.loads(answer)
        expect(event["layer"] == "from the layer", "the layer's package was not imported")
        expect(event["event"]["isBase64Encoded"] is True, "a binary body was not base64")
        expect(event["remaining"] > 0, "the context has no remaining time")


@probe("function log without warnings of the engine", module="node_worker.py")
def worker_warnings(aws):
    with aws.http_server() as server, aws.function(server) as function:
        answer = aws.lambdas.invoke(FunctionName=function.name, LogType="Tail", Payload=b"{}")
        # Absent if nothing was logged.
        log = base64.b64decode(answer.get("LogResult", "")).decode()
        expect("Warning" not in log, f"it logged {log}")


@probe("raw query string of a function URL", module="function_urls.py")
def raw_query_string(aws):
    query = "b=&a=%2b+x&c&a='"
    with aws.http_server() as server, aws.function(server, url=True) as function:
        event = json.loads(aws.call_url(function.url, f"path?{query}", b""))["event"]
        expect(event["rawQueryString"] == query, f"it became {event['rawQueryString']}")


@probe("address of a function URL", module="function_urls.py")
def address_of_url(aws):
    with aws.http_server() as server, aws.function(server, url=True) as function:
        aws.lambdas.delete_function_url_config(FunctionName=function.name)
        again = aws.lambdas.create_function_url_config(FunctionName=function.name, AuthType="NONE")
        host = again["FunctionUrl"].split("/")[2].split(".")[0]
        expect(f"/{host}/" in function.url, "it has another address when it is created again")

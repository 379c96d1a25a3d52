"""Checks each behaviour of the engine that the product or the extension relies on.

    python probes.py --endpoint URL            every probe must pass (runs at the first start)
    python probes.py --endpoint URL --stock    on an engine without the extension: probes of an extension module must
                                               fail, otherwise the module can be deleted

Prints one JSON line per probe: {name, ok, ms, detail}. Exits with 1 if one is not ok.
"""

import argparse
import base64
import json
import sys
import time
import traceback
import uuid
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True

import probe_kit  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402
from probe_kit import Aws, Failure, expect, wait_for  # noqa: E402

PROBES = []


def probe(name, module=None):
    """Registers a probe. `module` is the file of the extension that makes it pass."""

    def register(function):
        PROBES.append((name, module, function))
        return function

    return register


@probe("cloudformation types", module="resources.py")
def cloudformation_types(aws):
    name = aws.name("types")
    bus = {"Type": "AWS::Events::EventBus", "Properties": {"Name": name}}
    connection = {
        "AuthorizationType": "API_KEY",
        "AuthParameters": {"ApiKeyAuthParameters": {"ApiKeyName": "k", "ApiKeyValue": "v"}},
    }
    destination = {
        "ConnectionArn": {"Fn::GetAtt": ["Connection", "Arn"]},
        "HttpMethod": "POST",
        "InvocationEndpoint": "https://example.com/*",
    }
    resources = {
        "Bus": bus,
        "Connection": {"Type": "AWS::Events::Connection", "Properties": connection},
        "Destination": {"Type": "AWS::Events::ApiDestination", "Properties": destination},
        "Archive": {
            "Type": "AWS::Events::Archive",
            "Properties": {"SourceArn": {"Fn::GetAtt": ["Bus", "Arn"]}, "RetentionDays": 1},
        },
        "Policy": {
            "Type": "AWS::Events::EventBusPolicy",
            "Properties": {"EventBusName": {"Ref": "Bus"}, "StatementId": "probe", "Statement": {}},
        },
        "Query": {
            "Type": "AWS::Logs::QueryDefinition",
            "Properties": {"Name": name, "QueryString": "fields @message"},
        },
    }
    deploys(aws, name, resources)


def deploys(aws, name, resources):
    aws.cloudformation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}))
    try:
        status = wait_for("the stack to become stable", lambda: aws.settled_stack(name))
        expect(status == "CREATE_COMPLETE", f"the stack ended as {status}")
    finally:
        aws.cloudformation.delete_stack(StackName=name)


@probe("alarms by template", module="alarms.py")
def alarms_by_template(aws):
    metric = {"Namespace": "probe", "MetricName": "m", "Dimensions": []}
    math = {
        "Metrics": [
            {"Id": "twice", "Expression": "2 * m"},
            {"Id": "m", "ReturnData": False, "MetricStat": {"Stat": "Sum", "Period": 300, "Metric": metric}},
        ],
        "EvaluationPeriods": 1,
        "Threshold": 0,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    resources = {
        "Math": {"Type": "AWS::CloudWatch::Alarm", "Properties": math},
        "Any": {
            "Type": "AWS::CloudWatch::CompositeAlarm",
            "Properties": {"AlarmRule": {"Fn::Sub": 'ALARM("${Math}")'}},
        },
    }
    deploys(aws, aws.name("alarms"), resources)


def dead_letter_of(aws, server, path, attempts):
    """What becomes of an event whose API destination answers as `path` says."""
    with aws.queue() as dlq, aws.bus() as bus, aws.destination(server, path) as destination:
        policy = {"MaximumRetryAttempts": attempts, "MaximumEventAgeInSeconds": 60}
        target = {"RetryPolicy": policy, "DeadLetterConfig": {"Arn": dlq.arn}, "RoleArn": aws.role_arn}
        with aws.rule(bus, destination, target):
            aws.put_event(bus, {"text": "probe"})
            return wait_for("a dead letter", dlq.receive)


@probe("conditions in change sets", module="change_sets.py")
def conditions_in_change_sets(aws):
    name = aws.name("conditions")
    queue = {"Type": "AWS::SQS::Queue"}
    template = {
        "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
        "Resources": {"Queue": queue, "Other": {**queue, "Condition": "Never"}},
    }
    change_set = aws.cloudformation.create_change_set(
        StackName=name,
        ChangeSetName=name,
        ChangeSetType="CREATE",
        TemplateBody=json.dumps(template),
    )
    try:
        described = aws.cloudformation.describe_change_set(ChangeSetName=change_set["Id"])
        ids = [change["ResourceChange"]["LogicalResourceId"] for change in described["Changes"]]
        expect(ids == ["Queue"], f"the changes are those of {ids}")
    finally:
        aws.cloudformation.delete_stack(StackName=name)


@probe("dead-letter queues of rules", module="delivery.py")
def rule_dead_letters(aws):
    with aws.http_server() as server:
        final = dead_letter_of(aws, server, "/status/400", attempts=2)
        expect(final.attributes.get("RETRY_ATTEMPTS") == "0", "a 400 was tried again")
        expect("EXHAUSTED_RETRY_CONDITION" not in final.attributes, "a 400 exhausted a condition")
        expect(json.loads(final.body)["detail"] == {"text": "probe"}, "the body is not the event")
        for name in ("RULE_ARN", "TARGET_ARN", "ERROR_CODE", "ERROR_MESSAGE"):
            expect(final.attributes.get(name), f"{name} is missing")
        tried = dead_letter_of(aws, server, "/status/503", attempts=2)
        expect(tried.attributes.get("RETRY_ATTEMPTS") == "2", "a 503 was not tried three times")
        condition = tried.attributes.get("EXHAUSTED_RETRY_CONDITION")
        expect(condition == "MaximumRetryAttempts", f"the exhausted condition is {condition}")


@probe("connection states", module="connection_states.py")
def connection_states(aws):
    with aws.http_server() as server, aws.bus() as bus, aws.queue() as queue:
        with aws.destination(server, "/any", token="/status/401") as destination:
            pattern = {"source": ["aws.events"], "detail": {"ConnectionName": [destination.split("/")[1]]}}
            target = {"RoleArn": aws.role_arn}
            with aws.rule("default", queue.arn, {}, pattern), aws.rule(bus, destination, target):
                aws.put_event(bus, {})
                event = json.loads(wait_for("the connection's event", queue.receive).body)
    expect(event["detail-type"] == "Connection Deauthorized", f"it became {event['detail-type']}")


def denial(call, **arguments):
    """Why IAM refuses a call, or None."""
    try:
        call(**arguments)
    except ClientError as error:
        expect(error.response["Error"]["Code"].startswith("AccessDenied"), f"it failed otherwise: {error}")
        return str(error)
    return None


@probe("IAM over TLS", module="iam.py")
def iam_over_tls(aws):
    with aws.queue() as queue:
        deny = {"Effect": "Deny", "Principal": "*", "Action": "sqs:SendMessage", "Resource": queue.arn}
        policy = {"Statement": [{**deny, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}
        aws.sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"Policy": json.dumps(policy)})
        allow = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue.arn}
        with aws.session("sqs", allow) as sqs:
            entries = [{"Id": "1", "MessageBody": "probe"}]
            denied = denial(sqs.send_message_batch, QueueUrl=queue.url, Entries=entries)
            expect(denied is None, f"an allowed call was denied: {denied}")
            expect(denial(sqs.purge_queue, QueueUrl=queue.url), "a call that no policy allows was accepted")


@probe("reference to a secret", module="resources.py")
def secret_reference(aws):
    name = aws.name("reference")
    secret = {"Type": "AWS::SecretsManager::Secret", "Properties": {"SecretString": "{}"}}
    outputs = {"Reference": {"Value": {"Ref": "Secret"}}}
    body = json.dumps({"Resources": {"Secret": secret}, "Outputs": outputs})
    aws.cloudformation.create_stack(StackName=name, TemplateBody=body)
    try:
        wait_for("the stack to become stable", lambda: aws.settled_stack(name))
        stack = aws.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        value = stack["Outputs"][0]["OutputValue"]
        expect(value.startswith("arn:aws:secretsmanager:"), f"it is {value}")
    finally:
        aws.cloudformation.delete_stack(StackName=name)


@probe("array index in input paths", module="input_paths.py")
def array_index(aws):
    body = aws.transformed({"first": "$.resources[0]"}, '{"first": <first>}', resources=["one", "two"])
    expect(json.loads(body) == {"first": "one"}, f"the transformer made {body}")


@probe("variable without a value", module="input_paths.py")
def missing_variable(aws):
    body = aws.transformed({"gone": "$.detail.gone"}, '{"list": [<gone>], "text": "<gone>"}')
    expect(json.loads(body) == {"list": [], "text": ""}, f"the transformer made {body}")


@probe("pages of log events", module="log_events.py")
def log_pages(aws):
    group, stream = f"probe-{uuid.uuid4()}", "stream"
    aws.logs.create_log_group(logGroupName=group)
    aws.logs.create_log_stream(logGroupName=group, logStreamName=stream)
    now = int(time.time() * 1000)
    events = [{"timestamp": now + at, "message": text} for at, text in enumerate(['{"id":"a"}', '{"id":"b"}', "c"])]
    aws.logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
    pages = aws.logs.get_paginator("filter_log_events").paginate(
        logGroupName=group, filterPattern='?"a" ?"c"', PaginationConfig={"PageSize": 1}
    )
    found = [event for page in pages for event in page["events"]]
    expect([event["message"] for event in found] == ['{"id":"a"}', "c"], f"found {found}")
    expect(len({event.get("eventId") for event in found}) == 2, "the events have no ids")


@probe("one OAuth token for concurrent deliveries", module="oauth_tokens.py")
def one_token(aws):
    with aws.http_server() as server, aws.bus() as bus, aws.destination(server, "/status/200") as destination:
        with aws.rule(bus, destination, {"RoleArn": aws.role_arn}):
            aws.put_event(bus, {}, times=5)
            wait_for("five requests", lambda: server.count("/status/200") == 5)
        expect(server.count("/token") == 1, f"{server.count('/token')} tokens were fetched")


@probe("partner events", module="partner_events.py")
def partner_events(aws):
    name = f"aws.partner/example.com/{aws.name('source')}"
    with aws.queue() as queue, aws.bus(name) as bus, aws.rule(bus, queue.arn, {}, {"source": [name]}):
        entry = {"Source": name, "DetailType": "probe", "Detail": '{"text": "probe"}'}
        aws.events.put_partner_events(Entries=[entry])
        event = json.loads(wait_for("the partner's event", queue.receive).body)
    expect(event["source"] == name and event["detail"] == {"text": "probe"}, f"it became {event}")


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


@probe("input transformer quoting")
def transformer_quoting(aws):
    text = 'a "quote",\na new line and <brackets>'
    body = aws.transformed({"text": "$.detail.text"}, '{"text": <text>}', detail={"text": text})
    expect(json.loads(body) == {"text": text}, f"the transformer made {body}")


@probe("API destination: OAuth, path parameter")
def api_destination(aws):
    with aws.http_server() as server, aws.bus() as bus, aws.destination(server, "/status/200/*") as destination:
        target = {"HttpParameters": {"PathParameterValues": ["$.detail.key"]}, "RoleArn": aws.role_arn}
        with aws.rule(bus, destination, target):
            aws.put_event(bus, {"key": "a b"})
            request = wait_for("the request", lambda: server.request("/status/200/a%20b"))
        expect(request.headers.get("authorization") == "Bearer probe-token", "no bearer token was sent")


@probe("queues: size, attributes, maxReceiveCount")
def queues(aws):
    with aws.queue() as dlq:
        policy = json.dumps({"deadLetterTargetArn": dlq.arn, "maxReceiveCount": 1})
        with aws.queue(RedrivePolicy=policy, VisibilityTimeout="0") as queue:
            body = "x" * 1_000_000
            attributes = {"Failure": {"DataType": "String", "StringValue": "why"}}
            aws.sqs.send_message(QueueUrl=queue.url, MessageBody=body, MessageAttributes=attributes)
            expect(queue.receive().attributes == {"Failure": "why"}, "the attribute was lost")
            queue.receive()
            dead = wait_for("the message in the dead-letter queue", dlq.receive)
            expect(dead.body == body, "the body was changed")


@probe("secret versions")
def secrets(aws):
    name = aws.name("secret")
    arn = aws.secretsmanager.create_secret(Name=name, SecretString='{"a": "old"}')["ARN"]
    try:
        aws.secretsmanager.put_secret_value(SecretId=arn, SecretString='{"a": "new"}')
        stages = {
            stage: json.loads(aws.secretsmanager.get_secret_value(SecretId=arn, VersionStage=stage)["SecretString"])
            for stage in ("AWSCURRENT", "AWSPREVIOUS")
        }
        expect(stages["AWSCURRENT"] == {"a": "new"} and stages["AWSPREVIOUS"] == {"a": "old"}, f"{stages}")
    finally:
        aws.secretsmanager.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


@probe("conditional put")
def conditional_put(aws):
    with aws.table() as table:
        item = {"id": {"S": "one"}}
        put = {"TableName": table, "Item": item, "ConditionExpression": "attribute_not_exists(id)"}
        aws.dynamodb.put_item(**put)
        try:
            aws.dynamodb.put_item(**put, ReturnValuesOnConditionCheckFailure="ALL_OLD")
        except aws.dynamodb.exceptions.ConditionalCheckFailedException as error:
            expect(error.response.get("Item") == item, "the old item was not returned")
            return
        raise Failure("the second put was taken")


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
    except Failure as failure:
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
        probe_kit.DEADLINE_SECONDS = probe_kit.STOCK_DEADLINE_SECONDS
    aws = Aws(arguments.endpoint, uuid.uuid4().hex[:8])
    probes = [entry for entry in PROBES if entry[1] or not arguments.stock]
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

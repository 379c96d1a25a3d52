"""What IAM, CloudWatch Logs, SQS, Secrets Manager and DynamoDB must do, and that web pages get no answer."""

import json
import time
import urllib.error
import urllib.request
import uuid

from botocore.exceptions import ClientError
from probe import Failure, expect, probe, wait_for


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


@probe("no answer to web pages", module="web_pages.py")
def no_answer_to_web_pages(aws):
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Host": "evil.example"}):
        request = urllib.request.Request(f"{aws.endpoint}/", headers=headers)
        try:
            urllib.request.urlopen(request).close()
            status = 200
        except urllib.error.HTTPError as error:
            status = error.code
            error.close()
        expect(status == 403, f"a request with {headers} is answered with {status}")

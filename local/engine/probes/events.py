"""What buses, rules and API destinations must do."""

import json

from probe import expect, probe, wait_for


def dead_letter_of(aws, server, path, attempts):
    """What becomes of an event whose API destination answers as `path` says."""
    with aws.queue() as dlq, aws.bus() as bus, aws.destination(server, path) as destination:
        policy = {"MaximumRetryAttempts": attempts, "MaximumEventAgeInSeconds": 60}
        target = {"RetryPolicy": policy, "DeadLetterConfig": {"Arn": dlq.arn}, "RoleArn": aws.role_arn}
        with aws.rule(bus, destination, target):
            aws.put_event(bus, {"text": "probe"})
            return wait_for("a dead letter", dlq.receive)


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


@probe("array index in input paths", module="input_paths.py")
def array_index(aws):
    body = aws.transformed({"first": "$.resources[0]"}, '{"first": <first>}', resources=["one", "two"])
    expect(json.loads(body) == {"first": "one"}, f"the transformer made {body}")


@probe("variable without a value", module="input_paths.py")
def missing_variable(aws):
    body = aws.transformed({"gone": "$.detail.gone"}, '{"list": [<gone>], "text": "<gone>"}')
    expect(json.loads(body) == {"list": [], "text": ""}, f"the transformer made {body}")


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

"""Failed deliveries to rule targets: retried by the RetryPolicy, then sent to the dead-letter queue.

The stock engine drops failed deliveries. Retries are compressed: all attempts of a policy happen within
ENGINE_RETRY_SECONDS (default 2), which also replaces the policy's MaximumEventAgeInSeconds.

Delete this file when the probe `needed: dead-letter queues of rules` fails.
"""

import json
import os
import threading
import time
import uuid

import connection_states
from ministack.core.concurrency import esm_wake
from ministack.services import eventbridge, sqs

RETRY_SECONDS = float(os.environ.get("ENGINE_RETRY_SECONDS", "2"))
RETRYABLE_STATUSES = {401, 407, 409, 429}
DEFAULT_ATTEMPTS = 185

_current = threading.local()
_stock_invoke_target = eventbridge._invoke_target
_stock_dispatch_to_sqs = eventbridge._dispatch_to_sqs
_stock_build_request = eventbridge._build_api_destination_request


class Delivery:
    """The delivery of one event to one target of one rule."""

    def __init__(self, target, event, rule, view):
        self.target = target
        self.rule = rule or {}
        self.view = view or eventbridge._pattern_event_view(event)
        self.started = False

    def dead_letter(self, code, message, attempts=0, exhausted=None):
        queue_arn = (self.target.get("DeadLetterConfig") or {}).get("Arn")
        queue = queue_arn and sqs._queue_by_arn(queue_arn)
        if not queue:
            return
        attributes = {
            "RULE_ARN": self.rule.get("Arn", ""),
            "TARGET_ARN": self.target.get("Arn", ""),
            "ERROR_CODE": code,
            "ERROR_MESSAGE": message,
            "RETRY_ATTEMPTS": str(attempts),
        }
        if exhausted:
            attributes["EXHAUSTED_RETRY_CONDITION"] = exhausted
        with sqs._queues_lock:
            queue["messages"].append(message_of(queue, json.dumps(self.view.event_with_detail()), attributes))
        esm_wake.set()


def message_of(queue, body, attributes):
    """A message with its attributes from the start: ReceiveMessage takes no lock, so that it would see one without."""
    now = time.time()
    message = {
        "id": str(uuid.uuid4()),
        "body": body,
        "sent_at": now,
        "visible_at": now + sqs.queue_delay(queue),
        "message_attributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items() if value
        },
    }
    sqs._ensure_msg_fields(message)
    return message


def invoke_target(target, event, rule, view=None):
    delivery = Delivery(target, event, rule, view)
    _current.delivery = delivery
    try:
        _stock_invoke_target(target, event, rule, view)
    finally:
        _current.delivery = None
    if ":api-destination/" in target.get("Arn", "") and not delivery.started:
        delivery.dead_letter("NO_RESOURCE", "The API destination or its connection is not usable.")


def dispatch_to_sqs(spec, payload, sqs_parameters=None):
    if not sqs._queue_by_arn(str(spec)) and getattr(_current, "delivery", None):
        _current.delivery.dead_letter("NO_RESOURCE", "The specified queue does not exist.")
        return
    _stock_dispatch_to_sqs(spec, payload, sqs_parameters)


def build_request(*args):
    """Passes the delivery to the thread in which the engine sends the request."""
    request = _stock_build_request(*args)
    delivery = getattr(_current, "delivery", None)
    if delivery:
        delivery.started = True
    return {**request, "delivery": delivery}


def _send(request, conn, token_key):
    """Returns (None, None, False) if delivered, else (code, message, whether EventBridge retries)."""
    is_oauth = conn.get("AuthorizationType") == "OAUTH_CLIENT_CREDENTIALS"
    try:
        headers = eventbridge._connection_auth_headers(conn, token_key)
        status = eventbridge._api_destination_send_sync(request, headers)
        if status in (401, 407) and is_oauth:
            headers = eventbridge._connection_auth_headers(conn, token_key, force_refresh=True)
            status = eventbridge._api_destination_send_sync(request, headers)
        connection_states.check(conn, status)
    except connection_states.Deauthorized as error:
        return "SDK_CLIENT_ERROR", f"Unable to invoke ApiDestination endpoint: {error}", False
    except TimeoutError:
        return "UNKNOWN", "Unable to invoke ApiDestination endpoint: Timeout.", True
    except Exception:
        return "SDK_CLIENT_ERROR", "Unable to invoke ApiDestination endpoint: API destination endpoint cannot be reached.", True
    if 200 <= status < 300:
        return None, None, False
    retryable = status in RETRYABLE_STATUSES or status >= 500
    return "SDK_CLIENT_ERROR", f"Unable to invoke ApiDestination endpoint: The request failed with status code {status}.", retryable


def deliver_to_api_destination(_name, request, conn, token_key):
    delivery = request.pop("delivery")
    policy = delivery.target.get("RetryPolicy") or {}
    limit = int(policy.get("MaximumRetryAttempts", DEFAULT_ATTEMPTS))
    deadline = time.monotonic() + RETRY_SECONDS
    for attempt in range(limit + 1):
        code, message, retryable = _send(request, conn, token_key)
        if code is None:
            return
        if not retryable:
            delivery.dead_letter(code, message)
            return
        if attempt == limit:
            delivery.dead_letter(code, message, attempt, "MaximumRetryAttempts")
            return
        if time.monotonic() >= deadline:
            delivery.dead_letter(code, message, attempt, "MaximumEventAgeInSeconds")
            return
        time.sleep(RETRY_SECONDS / (limit + 1))


def register():
    eventbridge._invoke_target = invoke_target
    eventbridge._dispatch_to_sqs = dispatch_to_sqs
    eventbridge._build_api_destination_request = build_request
    eventbridge._deliver_to_api_destination = deliver_to_api_destination

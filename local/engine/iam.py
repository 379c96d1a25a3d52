"""IAM: each decision of the engine is recorded, and the engine's faults in evaluating requests are fixed.

The engine evaluates IAM by itself with AUTH=true: a function calls AWS with the credentials of its execution role, and
a call that its policies don't allow fails with AccessDenied. This file adds:

- ENGINE_IAM_CALLS, a file that gets a JSON line for each call: {role, action, resource, context, decision}. `role` is
  the role's name, or null for the developer's own credentials, which may do everything. `context` holds the condition
  keys of the request that the template's policies refer to.
- The calls for one event source mapping are authorized as what they are: the engine takes a read for
  ListEventSourceMappings, and knows no action for a change.
- The batch calls of SQS are authorized as the action of the single call ("Actions, resources, and condition keys for
  Amazon SQS", Service Authorization Reference).
- aws:SecureTransport is true. The engine has no TLS, and the policies of queues and buckets deny calls without it.
- Signatures are not verified: tests put a proxy between functions and the engine, which changes requests.

Delete the fixes when the probe `needed: IAM over TLS` fails.
"""

import contextvars
import json
import os
import re
import threading

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id

# Others may hold contents: dynamodb:LeadingKeys holds the keys of items.
RECORDED_KEYS = {"s3:prefix"}

_lock = threading.Lock()
_stock_action = iam_actions.extract_iam_action
_stock_enforce = iam_evaluator.enforce
_stock_pin = iam_evaluator.pin_request_origin


EVENT_SOURCE_MAPPING = re.compile(r"/event-source-mappings/[^/]+/?$")
EVENT_SOURCE_MAPPING_ACTIONS = {"GET": "Get", "PUT": "Update", "DELETE": "Delete"}


def extract_iam_action(service, method, path, *args):
    if service == "lambda" and EVENT_SOURCE_MAPPING.search(path) and method in EVENT_SOURCE_MAPPING_ACTIONS:
        return f"lambda:{EVENT_SOURCE_MAPPING_ACTIONS[method]}EventSourceMapping"
    action = _stock_action(service, method, path, *args)
    return action.removesuffix("Batch") if action and service == "sqs" else action


def _role(access_key_id):
    """The name of the role that the key belongs to, or None."""
    credential = iam_evaluator.resolve_credential(access_key_id or "", get_account_id())
    arn = getattr(credential, "principal_arn", "")
    return arn.split("/")[1] if ":assumed-role/" in arn else None


def _decision(denied):
    if denied is None:
        return "Allow"
    return getattr(denied, "decision", None) or denied.code


def _recording_to(path):
    """`enforce`, which also appends each call to the file. A line is complete when its call is answered."""
    # Readable by the user only, like all that the local stack writes.
    file = open(path, "w", encoding="utf-8", buffering=1, opener=lambda name, flags: os.open(name, flags, 0o600))

    def enforce(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
        denied = _stock_enforce(access_key_id, iam_action, service, region, resource_arn, service_context)
        context = service_context or {}
        call = {
            "role": _role(access_key_id),
            "action": iam_action,
            "resource": resource_arn,
            "context": {key: value for key, value in context.items() if key in RECORDED_KEYS},
            "decision": _decision(denied),
        }
        with _lock:
            file.write(json.dumps(call) + "\n")
        return denied

    return enforce


def authenticate(access_key_id, account_id):
    """The credentials of the request, whose signature is not verified. An unknown key fails."""
    request = iam_evaluator._signed_request.get()
    if request is None or request.access_key_id != access_key_id:
        return None
    iam_evaluator._signed_request.set(None)
    credential = iam_evaluator.resolve_credential(access_key_id, account_id)
    if isinstance(credential, iam_evaluator.CredentialResolutionError):
        return iam_evaluator.AuthError(credential.code, credential.message)
    iam_evaluator._verified_key.set(access_key_id)
    return credential


def pin_request_origin(source_ip, _secure_transport):
    _stock_pin(source_ip, True)


def register():
    iam_actions.extract_iam_action = extract_iam_action
    iam_evaluator.authenticate = authenticate
    app.pin_request_origin = pin_request_origin
    # The origin of what the engine does by itself, without a request.
    iam_evaluator._request_origin = contextvars.ContextVar("request_origin", default=("127.0.0.1", True))
    path = os.environ.get("ENGINE_IAM_CALLS")
    if path:
        iam_evaluator.enforce = _recording_to(path)

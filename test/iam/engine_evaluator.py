"""Evaluates calls with the local engine's own IAM evaluation.

    python engine_evaluator.py < CASES

Each line of CASES is a JSON object {principal, action, resource, context, identity, policy}: `identity` and `policy` are
statements of the principal and of the resource (null if it has no policy). Prints true or false for each.
"""

import json
import sys

from ministack.core import iam_evaluator
from ministack.core.iam_evaluator import EvalContext


def document(statements):
    return {"Version": "2012-10-17", "Statement": statements}


def is_allowed(case):
    account = (case["principal"].split(":") + [""] * 5)[4]
    is_service = not account
    context = EvalContext(
        principal_arn="*" if is_service else case["principal"],
        principal_type="Service" if is_service else "AssumedRole",
        principal_account=account,
        action=case["action"],
        resource_arn=case["resource"],
        region="us-east-1",
        secure_transport=True,
        service_context={key.lower(): value for key, value in case["context"].items()},
    )
    policy = None if case["policy"] is None else document(case["policy"])
    if is_service:
        result = iam_evaluator.evaluate_resource_policy(policy, context, service=case["principal"])
        return result.decision == "Allow"
    identity = iam_evaluator.evaluate(context, [iam_evaluator.parse_policy_document(document(case["identity"]))])
    required = case["action"].startswith("kms:") and policy is not None
    result = iam_evaluator.combine_resource_policy(identity, context, policy, account, required=required)
    return result.decision == "Allow"


for line in sys.stdin:
    print(json.dumps(is_allowed(json.loads(line))))

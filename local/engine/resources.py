"""CloudFormation resource types that the engine's services know but its CloudFormation does not.

Probe that will remove this file: `needed: cloudformation types` (each type deploys on the stock engine).
"""

import hashlib
import json

from ministack.services import eventbridge
from ministack.services.cloudformation import provisioners


class ResourceError(Exception):
    """What the service answered when it refused a resource."""


def _call(function, data):
    status, _headers, body = function(data)
    answer = json.loads(body or b"{}")
    if status >= 400:
        raise ResourceError(answer.get("message") or answer.get("Message") or str(answer))
    return answer


def _name(logical_id, stack_name, given):
    digest = hashlib.sha256(f"{stack_name}/{logical_id}".encode()).hexdigest()[:12]
    return given or f"{stack_name}-{logical_id}-{digest}"[-64:]


def _archive(props):
    data = {key: props[key] for key in ("Description", "RetentionDays") if key in props}
    data["EventSourceArn"] = props.get("SourceArn", "")
    if props.get("EventPattern"):
        data["EventPattern"] = json.dumps(props["EventPattern"])
    if "RetentionDays" in data:
        data["RetentionDays"] = int(data["RetentionDays"])
    return data


def _same(props):
    return {key: value for key, value in props.items() if key != "Name"}


def _register(resource_type, name_key, to_data, create, update, delete, attributes):
    """One resource whose physical id is its name and whose API takes `name_key` plus `to_data(props)`."""

    def on_create(logical_id, props, stack_name):
        name = _name(logical_id, stack_name, props.get("Name") or props.get(name_key))
        return name, attributes(_call(create, {name_key: name, **to_data(props)}))

    def on_update(physical_id, _old, new, _stack_name):
        return physical_id, attributes(_call(update, {name_key: physical_id, **to_data(new)}))

    def on_delete(physical_id, _props):
        _call(delete, {name_key: physical_id})

    provisioners._RESOURCE_HANDLERS[resource_type] = {
        "create": on_create,
        "update": on_update,
        "delete": on_delete,
    }


def _bus_policy_create(logical_id, props, _stack_name):
    bus = props.get("EventBusName", "default")
    statement = {**props.get("Statement", {}), "Sid": props["StatementId"]}
    policy = eventbridge._event_bus_policies.get(bus) or {"Version": "2012-10-17", "Statement": []}
    policy["Statement"] = [s for s in policy["Statement"] if s.get("Sid") != statement["Sid"]]
    policy["Statement"].append(statement)
    eventbridge._event_bus_policies[bus] = policy
    return f"{bus}|{props['StatementId']}", {}


def _bus_policy_delete(physical_id, _props):
    bus, statement_id = physical_id.split("|", 1)
    _call(eventbridge._remove_permission, {"EventBusName": bus, "StatementId": statement_id})


def register():
    _register(
        "AWS::Events::Connection",
        "Name",
        _same,
        eventbridge._create_connection,
        eventbridge._update_connection,
        eventbridge._delete_connection,
        lambda answer: {"Arn": answer["ConnectionArn"], "SecretArn": answer["ConnectionArn"]},
    )
    _register(
        "AWS::Events::ApiDestination",
        "Name",
        _same,
        eventbridge._create_api_destination,
        eventbridge._update_api_destination,
        eventbridge._delete_api_destination,
        # On AWS the ARN ends in a UUID and ArnForPolicy does not; the engine's ARN has none.
        lambda answer: {
            "Arn": answer["ApiDestinationArn"],
            "ArnForPolicy": answer["ApiDestinationArn"],
        },
    )
    _register(
        "AWS::Events::Archive",
        "ArchiveName",
        _archive,
        eventbridge._create_archive,
        eventbridge._update_archive,
        eventbridge._delete_archive,
        lambda answer: {"Arn": answer["ArchiveArn"]},
    )
    provisioners._RESOURCE_HANDLERS["AWS::Events::EventBusPolicy"] = {
        "create": _bus_policy_create,
        "update": lambda _physical_id, _old, new, stack: _bus_policy_create("", new, stack),
        "delete": _bus_policy_delete,
    }
    provisioners._RESOURCE_HANDLERS["AWS::Logs::QueryDefinition"] = {
        "create": lambda logical_id, props, stack: (_name(logical_id, stack, None), {}),
        "update": lambda physical_id, _old, _new, _stack: (physical_id, {}),
        "delete": lambda _physical_id, _props: None,
    }

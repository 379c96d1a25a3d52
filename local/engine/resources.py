"""CloudFormation: resource types that the engine's services support, but its CloudFormation does not.

Also the reference to a secret: its ARN, as on AWS. The stock engine's is the secret's name, which no policy allows.

Delete this file when the probe `needed: cloudformation types` fails (each type deploys on the stock engine).
"""

import hashlib
import json

from ministack.services import eventbridge, secretsmanager
from ministack.services.cloudformation import provisioners


class ResourceError(Exception):
    """The service rejected a resource."""


def _call(function, data):
    status, _headers, body = function(data)
    result = json.loads(body or b"{}")
    if status >= 400:
        raise ResourceError(result.get("message") or result.get("Message") or str(result))
    return result


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
    """A resource whose physical id is its name, and whose API accepts `name_key` and `to_data(props)`."""

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


def _register_secret():
    """The physical id of a secret is its ARN ("AWS::SecretsManager::Secret", Return values, Ref)."""
    stock = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]

    def name_of(arn):
        return next((name for name, secret in secretsmanager._secrets.items() if secret["ARN"] == arn), arn)

    def create(*args):
        _name, attributes = stock["create"](*args)
        return attributes["Arn"], attributes

    def update(physical_id, *args, **options):
        _name, attributes = stock["update"](name_of(physical_id), *args, **options)
        return attributes["Arn"], attributes

    def delete(physical_id, props):
        stock["delete"](name_of(physical_id), props)

    provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"] = {
        **stock,
        "create": create,
        "update": update,
        "delete": delete,
    }


def register():
    _register_secret()
    _register(
        "AWS::Events::Connection",
        "Name",
        _same,
        eventbridge._create_connection,
        eventbridge._update_connection,
        eventbridge._delete_connection,
        lambda result: {"Arn": result["ConnectionArn"], "SecretArn": result["ConnectionArn"]},
    )
    _register(
        "AWS::Events::ApiDestination",
        "Name",
        _same,
        eventbridge._create_api_destination,
        eventbridge._update_api_destination,
        eventbridge._delete_api_destination,
        # On AWS the ARN ends in a UUID and ArnForPolicy does not; the engine's ARN has none.
        lambda result: {
            "Arn": result["ApiDestinationArn"],
            "ArnForPolicy": result["ApiDestinationArn"],
        },
    )
    _register(
        "AWS::Events::Archive",
        "ArchiveName",
        _archive,
        eventbridge._create_archive,
        eventbridge._update_archive,
        eventbridge._delete_archive,
        lambda result: {"Arn": result["ArchiveArn"]},
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

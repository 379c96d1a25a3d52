"""Change sets: resources whose condition is false are not part of a stack.

Delete this file when the probe `conditions in change sets` fails with `--stock` (the engine lists only resources that exist).
"""

from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, engine, handlers

NO_CHANGES = (
    "The submitted information didn't contain changes. "
    "Submit different information to create a change set."
)
RETAINED = ("Retain", "RetainExceptOnCreate")


def _present(template, parameters):
    conditions = engine._evaluate_conditions(template, parameters)
    return {
        logical_id: resource
        for logical_id, resource in template.get("Resources", {}).items()
        if conditions.get(resource.get("Condition"), True)
    }


def _added(logical_id, resource):
    return {"Action": "Add", "LogicalResourceId": logical_id, "ResourceType": resource["Type"]}


def _removed(logical_id, existing, old_template):
    policy = old_template.get("Resources", {}).get(logical_id, {}).get("DeletionPolicy")
    return {
        "Action": "Remove",
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": existing.get("PhysicalResourceId"),
        "ResourceType": existing.get("ResourceType", ""),
        "PolicyAction": "Retain" if policy in RETAINED else "Delete",
    }


def _changes(change_set, stack):
    """The changes of resources that exist before or after, each described as AWS would."""
    present = _present(change_set["_template"], change_set["_resolved_params"])
    existing = stack.get("_resources", {}) if change_set["ChangeSetType"] == "UPDATE" else {}
    kept = {
        change["ResourceChange"]["LogicalResourceId"]: change["ResourceChange"]
        for change in change_set["Changes"]
        if change["ResourceChange"]["LogicalResourceId"] in present.keys() & existing.keys()
    }
    old_template = stack.get("_template", {})
    added = {id: _added(id, present[id]) for id in present.keys() - existing.keys()}
    removed = {
        id: _removed(id, existing[id], old_template) for id in existing.keys() - present.keys()
    }
    every = {**kept, **added, **removed}
    return [{"ResourceChange": every[logical_id]} for logical_id in sorted(every)]


def _state(change_set):
    """A change set without changes has failed, as the engine says of those that it finds none for."""
    if change_set["Changes"]:
        return {"Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE", "StatusReason": ""}
    return {"Status": "FAILED", "ExecutionStatus": "UNAVAILABLE", "StatusReason": NO_CHANGES}


def register():
    create = changesets._create_change_set

    def create_change_set(params):
        response = create(params)
        change_set = next(reversed(cloudformation._change_sets.values()), None)
        # An import, and a refused request, have no changes of conditions.
        if response[0] != 200 or change_set is None or change_set["ChangeSetType"] == "IMPORT":
            return response
        stack = cloudformation._stacks.get(change_set["StackName"], {})
        change_set["Changes"] = _changes(change_set, stack)
        change_set.update(_state(change_set))
        return response

    handlers._ACTION_HANDLERS["CreateChangeSet"] = create_change_set

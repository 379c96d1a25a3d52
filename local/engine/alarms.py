"""CloudFormation: alarms on metric math, and composite alarms. They are stored, never evaluated.

Delete this file when the probe `needed: alarms by template` fails (both kinds deploy on the stock engine).
"""

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import provisioners

HANDLERS = provisioners._RESOURCE_HANDLERS


def _without_math(props):
    """Replaces metric math with an alarm on the first metric."""
    queries = props.get("Metrics")
    if not queries:
        return props
    stat = next(query["MetricStat"] for query in queries if "MetricStat" in query)
    plain = {name: value for name, value in props.items() if name != "Metrics"}
    return {**plain, **stat["Metric"], "Period": stat["Period"], "Statistic": stat["Stat"]}


def _metric_alarm(stock):
    def create(logical_id, props, stack_name):
        return stock["create"](logical_id, _without_math(props), stack_name)

    def update(physical_id, old, new, stack_name, logical_id=None):
        return stock["update"](physical_id, _without_math(old), _without_math(new), stack_name, logical_id)

    return {**stock, "create": create, "update": update}


def _composite(name):
    return name, {"Arn": f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}"}


def register():
    HANDLERS["AWS::CloudWatch::Alarm"] = _metric_alarm(HANDLERS["AWS::CloudWatch::Alarm"])
    HANDLERS["AWS::CloudWatch::CompositeAlarm"] = {
        "create": lambda logical_id, props, stack: _composite(props.get("AlarmName") or f"{stack}-{logical_id}"),
        "update": lambda physical_id, _old, new, _stack: _composite(new.get("AlarmName") or physical_id),
        "delete": lambda _physical_id, _props: None,
    }

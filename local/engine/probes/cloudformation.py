"""What templates and change sets rely on."""

import json

from probe import expect, probe, wait_for


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

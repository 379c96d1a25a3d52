"""Temporary AWS resources."""

import contextlib
import io
import itertools
import json
import urllib.request
import zipfile
from types import SimpleNamespace

import boto3
from botocore.config import Config
from probe import wait_for
from server import Server

# Reports a batch to the probe's server and fails messages with the body `fail`. Behind a URL, returns its input.
FUNCTION = """
import { where } from 'probe-layer';
export const handler = async (event, context) => {
  if (!event.Records) return { layer: where, event, remaining: context.getRemainingTimeInMillis() };
  await fetch(process.env.SERVER + '/batch', { method: 'POST', body: JSON.stringify(event) });
  const failed = event.Records.filter(({ body }) => body === 'fail');
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};
"""
LAYER = {
    "nodejs/node_modules/probe-layer/index.mjs": "export const where = 'from the layer';",
    "nodejs/node_modules/probe-layer/package.json": '{"type": "module", "exports": "./index.mjs"}',
}


def zipped(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


class Queue:
    def __init__(self, sqs, url):
        self.sqs = sqs
        self.url = url
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        self.arn = attributes["Attributes"]["QueueArn"]

    def receive(self):
        messages = self.sqs.receive_message(QueueUrl=self.url, MessageAttributeNames=["All"]).get("Messages")
        if not messages:
            return None
        attributes = messages[0].get("MessageAttributes") or {}
        texts = {name: value["StringValue"] for name, value in attributes.items()}
        return SimpleNamespace(body=messages[0]["Body"], attributes=texts)


# Anything may assume the role, and it may do nothing until a probe attaches a policy.
TRUST = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}


class Aws:
    def __init__(self, endpoint, run):
        self.endpoint = endpoint
        self.prefix = f"probe-{run}"
        self.made = itertools.count(1)
        for service in ("cloudformation", "dynamodb", "events", "iam", "lambda", "logs", "secretsmanager", "sqs", "sts"):
            setattr(self, "lambdas" if service == "lambda" else service, self.client(service))
        role = self.iam.create_role(RoleName=self.prefix, AssumeRolePolicyDocument=json.dumps(TRUST))
        self.role_arn = role["Role"]["Arn"]

    def client(self, service, key="test", secret="test", token=None):
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=Config(retries={"total_max_attempts": 1}, read_timeout=60),
        )

    @contextlib.contextmanager
    def session(self, service, statement):
        """A client that calls as a role with this one statement."""
        name = self.name("role")
        arn = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.iam.put_role_policy(RoleName=name, PolicyName="probe", PolicyDocument=policy)
        try:
            made = self.sts.assume_role(RoleArn=arn, RoleSessionName="probe")["Credentials"]
            yield self.client(service, made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
        finally:
            self.iam.delete_role_policy(RoleName=name, PolicyName="probe")
            self.iam.delete_role(RoleName=name)

    def close(self):
        self.iam.delete_role(RoleName=self.prefix)

    def name(self, what):
        return f"{self.prefix}-{what}-{next(self.made)}"

    def settled_stack(self, name):
        status = self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        return None if status.endswith("IN_PROGRESS") else status

    @contextlib.contextmanager
    def http_server(self):
        server = Server()
        try:
            yield server
        finally:
            server.http.shutdown()
            server.http.server_close()

    @contextlib.contextmanager
    def queue(self, **attributes):
        url = self.sqs.create_queue(QueueName=self.name("queue"), Attributes=attributes)["QueueUrl"]
        try:
            yield Queue(self.sqs, url)
        finally:
            self.sqs.delete_queue(QueueUrl=url)

    @contextlib.contextmanager
    def table(self):
        name = self.name("table")
        self.dynamodb.create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        try:
            yield name
        finally:
            self.dynamodb.delete_table(TableName=name)

    @contextlib.contextmanager
    def bus(self, name=None):
        name = name or self.name("bus")
        self.events.create_event_bus(Name=name)
        try:
            yield name
        finally:
            self.events.delete_event_bus(Name=name)

    @contextlib.contextmanager
    def destination(self, server, path, token="/token"):
        name = self.name("destination")
        client = {"ClientID": "id", "ClientSecret": "secret"}
        oauth = {"ClientParameters": client, "AuthorizationEndpoint": f"{server.url}{token}", "HttpMethod": "POST"}
        connection = self.events.create_connection(
            Name=name, AuthorizationType="OAUTH_CLIENT_CREDENTIALS", AuthParameters={"OAuthParameters": oauth}
        )
        destination = self.events.create_api_destination(
            Name=name,
            ConnectionArn=connection["ConnectionArn"],
            HttpMethod="POST",
            InvocationEndpoint=f"{server.url}{path}",
        )
        try:
            yield destination["ApiDestinationArn"]
        finally:
            self.events.delete_api_destination(Name=name)
            self.events.delete_connection(Name=name)

    @contextlib.contextmanager
    def rule(self, bus, arn, target, pattern=None):
        name = self.name("rule")
        pattern = json.dumps(pattern or {"source": ["probe"]})
        self.events.put_rule(Name=name, EventBusName=bus, EventPattern=pattern)
        self.events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "probe", "Arn": arn, **target}])
        try:
            yield
        finally:
            self.events.remove_targets(Rule=name, EventBusName=bus, Ids=["probe"])
            self.events.delete_rule(Name=name, EventBusName=bus)

    def put_event(self, bus, detail, resources=(), times=1):
        entry = {"EventBusName": bus, "Source": "probe", "DetailType": "probe", "Detail": json.dumps(detail)}
        self.events.put_events(Entries=[{**entry, "Resources": list(resources)}] * times)

    def transformed(self, paths, template, detail=None, resources=()):
        """What a rule's input transformer hands to a queue."""
        with self.queue() as queue, self.bus() as bus:
            transformer = {"InputPathsMap": paths, "InputTemplate": template}
            with self.rule(bus, queue.arn, {"InputTransformer": transformer}):
                self.put_event(bus, detail or {}, resources)
                return wait_for("the transformed event", queue.receive).body

    @contextlib.contextmanager
    def function(self, server, url=False):
        name = self.name("function")
        layer = self.lambdas.publish_layer_version(
            LayerName=name, Content={"ZipFile": zipped(LAYER)}, CompatibleRuntimes=["nodejs24.x"]
        )
        created = self.lambdas.create_function(
            FunctionName=name,
            Runtime="nodejs24.x",
            Role=self.role_arn,
            Handler="index.handler",
            Timeout=10,
            Code={"ZipFile": zipped({"index.mjs": FUNCTION})},
            Layers=[layer["LayerVersionArn"]],
            Environment={"Variables": {"SERVER": server.url}},
        )
        try:
            address = None
            if url:
                made = self.lambdas.create_function_url_config(FunctionName=name, AuthType="NONE")
                host = made["FunctionUrl"].split("/")[2]
                address = f"{self.endpoint}/_aws/lambda-url/{host.split('.')[0]}/"
            yield SimpleNamespace(name=name, arn=created["FunctionArn"], url=address)
        finally:
            self.lambdas.delete_function(FunctionName=name)
            self.lambdas.delete_layer_version(LayerName=name, VersionNumber=layer["Version"])

    @contextlib.contextmanager
    def mapping(self, queue, function, **options):
        made = self.lambdas.create_event_source_mapping(
            EventSourceArn=queue.arn, FunctionName=function.name, **options
        )
        try:
            yield
        finally:
            self.lambdas.delete_event_source_mapping(UUID=made["UUID"])

    def call_url(self, url, path, body):
        headers = {"content-type": "application/octet-stream"}
        request = urllib.request.Request(f"{url}{path}", data=body, headers=headers, method="POST")
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.read()

"""A stand-in for AWS's webhook quick start: written anew from its published behaviour, not its code.

Parses, verifies with HMAC over the raw body (GitHub) or host, path and first values (Twilio), reads the secret through
AWS's caching library, and puts one event with boto3.
"""

import base64
import hashlib
import hmac
import json
import os
from urllib.parse import parse_qsl

import boto3
from aws_secretsmanager_caching import SecretCache, SecretCacheConfig
from botocore.config import Config

provider = os.environ["PROVIDER"]
cache = SecretCache(config=SecretCacheConfig(), client=boto3.client("secretsmanager"))
events = boto3.client("events", config=Config(user_agent_extra="fURLWebhook/1.0"))


def body_of(event):
    body = event["body"]
    return base64.b64decode(body).decode() if event["isBase64Encoded"] else body


def github(event, body, secret):
    digest = hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()
    headers = event["headers"]
    json.loads(body)
    is_valid = hmac.compare_digest(f"sha256={digest}", headers.get("x-hub-signature-256", ""))
    return is_valid, {"Source": "github.com", "DetailType": headers["x-github-event"], "Detail": body}


def twilio(event, body, secret):
    fields = dict(reversed(parse_qsl(body, keep_blank_values=True)))
    url = f"https://{event['headers']['host']}{event['rawPath']}"
    signed = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    digest = base64.b64encode(hmac.new(secret.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    is_valid = hmac.compare_digest(digest, event["headers"].get("x-twilio-signature", ""))
    return is_valid, {
        "Source": "twilio.com",
        "DetailType": "twilio-webhook-lambda",
        "Detail": json.dumps(fields),
    }


def lambda_handler(event, _context):
    secret = cache.get_secret_string(os.environ["SECRET_ARN"])
    is_valid, entry = (github if provider == "github" else twilio)(event, body_of(event), secret)
    if not is_valid:
        return {"statusCode": 401, "body": "Invalid Signature"}
    entry["EventBusName"] = os.environ["EVENT_BUS_NAME"]
    result = events.put_events(Entries=[entry])
    return {"statusCode": 500 if result["FailedEntryCount"] else 202}

"""Connections are de-authorized as on AWS, with an event on the default bus.

A connection is de-authorized when its token endpoint rejects the credentials, or when the response to Basic or API key
credentials is 401 or 407 (User Guide, "De-authorizing connections"). The stock engine keeps using it.

Delete this file when the probe `needed: connection states` fails.
"""

import json
from datetime import datetime, timezone
from urllib.error import HTTPError

from ministack.services import eventbridge

_stock_headers = eventbridge._connection_auth_headers


class Deauthorized(Exception):
    """The connection's credentials are rejected."""


def _publish_deauthorized(conn, reason):
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    detail = {"ConnectionName": conn["Name"], "StateReason": reason, "Timestamp": now}
    entry = {
        "Source": "aws.events",
        "DetailType": "Connection Deauthorized",
        "Detail": json.dumps(detail),
        "Resources": [conn["ConnectionArn"]],
    }
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def deauthorize(name, reason):
    conn = eventbridge._connections.get(name)
    if conn and conn["ConnectionState"] == "AUTHORIZED":
        conn["ConnectionState"] = "DEAUTHORIZED"
        eventbridge._evict_oauth_token(name)
        _publish_deauthorized(conn, reason)


def connection_auth_headers(conn, token_key, force_refresh=False):
    try:
        return _stock_headers(conn, token_key, force_refresh)
    except HTTPError as error:
        if error.code >= 500:
            raise
        reason = f"The token endpoint responded with {error.code}."
        deauthorize(conn["Name"], reason)
        raise Deauthorized(reason) from error


def check(conn, status):
    """De-authorizes after 401 or 407, except for OAuth, which is retried with a new token first."""
    if status in (401, 407) and conn["AuthorizationType"] != "OAUTH_CLIENT_CREDENTIALS":
        reason = f"The endpoint responded with {status}."
        deauthorize(conn["Name"], reason)
        raise Deauthorized(reason)


def register():
    eventbridge._connection_auth_headers = connection_auth_headers

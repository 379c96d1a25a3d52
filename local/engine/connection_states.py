"""Connections lose their authorization as on AWS, and the default bus hears of it.

A connection is de-authorized when its token endpoint refuses the credentials, or when Basic or API key credentials
are answered 401 or 407 (User Guide, "De-authorizing connections"). The stock engine goes on using it.

Probe that will remove this file: `needed: connection states`.
"""

import json
from datetime import datetime, timezone
from urllib.error import HTTPError

from ministack.services import eventbridge

_stock_headers = eventbridge._connection_auth_headers


class Deauthorized(Exception):
    """The connection's credentials are not taken."""


def _tell(conn, reason):
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
        _tell(conn, reason)


def connection_auth_headers(conn, token_key, force_refresh=False):
    try:
        return _stock_headers(conn, token_key, force_refresh)
    except HTTPError as refusal:
        if refusal.code >= 500:
            raise
        reason = f"The token endpoint answered {refusal.code}."
        deauthorize(conn["Name"], reason)
        raise Deauthorized(reason) from refusal


def check(conn, status):
    """Tells a refused key from a refused request: OAuth has its own way, a fresh token."""
    if status in (401, 407) and conn["AuthorizationType"] != "OAUTH_CLIENT_CREDENTIALS":
        reason = f"The endpoint answered {status}."
        deauthorize(conn["Name"], reason)
        raise Deauthorized(reason)


def register():
    eventbridge._connection_auth_headers = connection_auth_headers

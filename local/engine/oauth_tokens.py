"""OAuth connections: one token, however many concurrent deliveries need it.

In the stock engine, every delivery without a token fetches its own.

Delete this file when the probe `needed: one OAuth token for concurrent deliveries` fails.
"""

import threading
from collections import defaultdict

from ministack.services import eventbridge

_locks = defaultdict(threading.Lock)
_stock_header = eventbridge._oauth_authorization_header
_seen = threading.local()


def _token(token_key):
    with eventbridge._oauth_tokens_lock:
        return (eventbridge._oauth_tokens.get(token_key) or {}).get("token")


def authorization_header(conn, token_key, force_refresh=False):
    """Does not refresh the token if another delivery has refreshed it in the meantime."""
    with _locks[token_key]:
        is_stale = _token(token_key) == getattr(_seen, "token", None)
        header = _stock_header(conn, token_key, force_refresh and is_stale)
        _seen.token = _token(token_key)
        return header


def register():
    eventbridge._oauth_authorization_header = authorization_header

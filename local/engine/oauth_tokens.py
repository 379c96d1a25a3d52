"""One token per OAuth connection, however many deliveries ask for it at once.

The stock engine lets every delivery without a token fetch one of its own.

Probe that will remove this file: `needed: one OAuth token for deliveries at once`.
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
    """A refresh that another delivery has made since this one got its token is made no second time."""
    with _locks[token_key]:
        is_stale = _token(token_key) == getattr(_seen, "token", None)
        header = _stock_header(conn, token_key, force_refresh and is_stale)
        _seen.token = _token(token_key)
        return header


def register():
    eventbridge._oauth_authorization_header = authorization_header

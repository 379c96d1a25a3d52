"""Function URLs: the query string exactly as sent, in `rawQueryString`.

The stock engine rebuilds it from the parsed parameters: empty values are lost and encodings change, which invalidates
signatures over the URL.

Delete this file when the probe `needed: raw query string of a function URL` fails.
"""

from contextvars import ContextVar

from ministack import app
from ministack.services import lambda_svc

_raw_query_string = ContextVar("raw_query_string", default="")
_stock_handle = app._handle_special_data_plane_request
_stock_build = lambda_svc._build_function_url_event


async def handle_special_data_plane_request(*args, raw_query_string="", **options):
    _raw_query_string.set(raw_query_string)
    return await _stock_handle(*args, raw_query_string=raw_query_string, **options)


def build_function_url_event(*args, **options):
    return {**_stock_build(*args, **options), "rawQueryString": _raw_query_string.get()}


def register():
    app._handle_special_data_plane_request = handle_special_data_plane_request
    lambda_svc._build_function_url_event = build_function_url_event

"""Function URLs: the query string exactly as sent, in `rawQueryString`, and the same address at each start.

The stock engine rebuilds the query string from the parsed parameters: empty values are lost and encodings change, which
invalidates signatures over the URL. It gives a function another address each time, so that whoever calls it (a tunnel, a
script) would have to be told after each start.

Delete this file when the probes `needed: raw query string of a function URL` and `needed: address of a function URL` fail.
"""

import hashlib
from contextvars import ContextVar

from ministack import app
from ministack.services import lambda_svc

_raw_query_string = ContextVar("raw_query_string", default="")
_stock_handle = app._handle_special_data_plane_request
_stock_build = lambda_svc._build_function_url_event
_owner = ContextVar("owner", default="")
_stock_create = lambda_svc._create_function_url_config


async def handle_special_data_plane_request(*args, raw_query_string="", **options):
    _raw_query_string.set(raw_query_string)
    return await _stock_handle(*args, raw_query_string=raw_query_string, **options)


def build_function_url_event(*args, **options):
    return {**_stock_build(*args, **options), "rawQueryString": _raw_query_string.get()}


def create_function_url_config(func_name, data, qualifier):
    _owner.set(lambda_svc._func_arn(lambda_svc._url_config_key(func_name, qualifier)))
    return _stock_create(func_name, data, qualifier)


def new_function_url_id():
    """As AWS's, 32 lower-case letters and digits, but made of the function's ARN."""
    return hashlib.sha256(_owner.get().encode()).hexdigest()[:32]


def register():
    lambda_svc._create_function_url_config = create_function_url_config
    lambda_svc._new_function_url_id = new_function_url_id
    app._handle_special_data_plane_request = handle_special_data_plane_request
    lambda_svc._build_function_url_event = build_function_url_event

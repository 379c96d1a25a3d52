"""Functions in Node: no warning about `url.parse` (DEP0169), which the engine's code around a function calls, in its log.

Delete this file when the probe `needed: function log without warnings of the engine` fails.
"""

from ministack.core import lambda_runtime

_REPLACED = {
    "url.parse(endpoint)": "new url.URL(endpoint)",
    "url.parse(input)": "url.urlToHttpOptions(new url.URL(input))",
    "url.parse(input.toString())": "url.urlToHttpOptions(input)",
}


def register():
    for deprecated, replacement in _REPLACED.items():
        lambda_runtime._NODEJS_WORKER_SCRIPT = lambda_runtime._NODEJS_WORKER_SCRIPT.replace(deprecated, replacement)

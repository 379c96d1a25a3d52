"""Input transformers: array indexes (`$.resources[0]`) in paths, and variables without a value.

EventBridge omits such a variable from the output ("Common issues with transforming input"). The stock engine
renders both as an empty string.

Delete this file when the probes `needed: array index in input paths` and `needed: variable without a value` fail.
"""

import re
import threading

from ministack.services import eventbridge

_current = threading.local()
_stock_apply = eventbridge._apply_input_transformer
_stock_render = eventbridge._render_input_template
_stock_placeholder = eventbridge._render_placeholder
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_NOTHING = object()


def _resolve(path, tree):
    for name, index in _STEP.findall(path.removeprefix("$")):
        try:
            tree = tree[int(index)] if index else tree[name]
        except (KeyError, IndexError, TypeError):
            return _NOTHING
    return tree


def apply_input_transformer(transformer, rule, view):
    tree = view.event_with_detail()
    paths = transformer.get("InputPathsMap", {})
    _current.values = {name: _resolve(path, tree) for name, path in paths.items()}
    return _stock_apply(transformer, rule, view)


def render_input_template(template, replacements):
    return _stock_render(template, {**replacements, **getattr(_current, "values", {})})


def render_placeholder(name, token, replacements, in_string):
    if replacements.get(name) is _NOTHING:
        return ""
    return _stock_placeholder(name, token, replacements, in_string)


def register():
    eventbridge._apply_input_transformer = apply_input_transformer
    eventbridge._render_input_template = render_input_template
    eventbridge._render_placeholder = render_placeholder

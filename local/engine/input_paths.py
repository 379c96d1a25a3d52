"""Array indexes in the paths of input transformers (`$.resources[0]`), which EventBridge resolves.

The stock engine renders such a path as an empty string.

Probe that will remove this file: `needed: array index in input paths`.
"""

import re
import threading

from ministack.services import eventbridge

_current = threading.local()
_stock_apply = eventbridge._apply_input_transformer
_stock_render = eventbridge._render_input_template
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def _resolve(path, tree):
    for name, index in _STEP.findall(path.removeprefix("$")):
        try:
            tree = tree[int(index)] if index else tree[name]
        except (KeyError, IndexError, TypeError):
            return ""
    return tree


def apply_input_transformer(transformer, rule, view):
    tree = view.event_with_detail()
    paths = transformer.get("InputPathsMap", {})
    _current.indexed = {name: _resolve(path, tree) for name, path in paths.items() if "[" in path}
    return _stock_apply(transformer, rule, view)


def render_input_template(template, replacements):
    return _stock_render(template, {**replacements, **getattr(_current, "indexed", {})})


def register():
    eventbridge._apply_input_transformer = apply_input_transformer
    eventbridge._render_input_template = render_input_template

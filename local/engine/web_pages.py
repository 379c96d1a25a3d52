"""Web pages get no answer: the stock engine allows every origin, and its secrets can be those of a real org.

A page of any site can send requests to this machine, also under a name of its own (DNS rebinding). No tool of the project
is one. Function URLs answer under any name, such as that of a tunnel: their functions ask for a signature.

Delete this file when the probe `needed: no answer to web pages` fails.
"""

from ministack import app

_stock_app = app.app
_FORBIDDEN = b"The local AWS engine answers no web page."


def is_of_web_page(path, headers):
    host = headers.get("host", "").rsplit(":", 1)[0]
    is_own = host in ("127.0.0.1", "localhost") or host.endswith(".localhost")
    # A browser says "none" of an address that was typed.
    is_asked_by_site = headers.get("sec-fetch-site", "none") != "none"
    return "origin" in headers or is_asked_by_site or not (is_own or path.startswith("/_aws/lambda-url/"))


async def answer(scope, receive, send):
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope.get("headers", [])}
    if scope["type"] == "lifespan" or not is_of_web_page(scope["path"], headers):
        await _stock_app(scope, receive, send)
    elif scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
    else:
        plain = (b"content-type", b"text/plain")
        await send({"type": "http.response.start", "status": 403, "headers": [plain]})
        await send({"type": "http.response.body", "body": _FORBIDDEN})


def register():
    app.app = answer

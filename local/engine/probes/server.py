"""A small HTTP server on 127.0.0.1."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

# Long enough for concurrent deliveries to request a token each.
TOKEN_SECONDS = 0.1


class Server:
    """Responds to /status/<code>… with that code and to /token with a token. Records every request."""

    def __init__(self):
        requests = self.requests = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                requests.append(SimpleNamespace(path=self.path, headers=headers, body=body))
                if self.path == "/token":
                    time.sleep(TOKEN_SECONDS)
                status = int(self.path.split("/")[2]) if self.path.startswith("/status/") else 200
                answer = b'{"access_token": "probe-token", "token_type": "Bearer"}'
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def request(self, path):
        return next((request for request in list(self.requests) if request.path == path), None)

    def count(self, path):
        return sum(request.path == path for request in list(self.requests))

    def posted(self, path, count=1):
        bodies = [request.body for request in list(self.requests) if request.path == path]
        return json.loads(bodies[count - 1]) if len(bodies) >= count else None

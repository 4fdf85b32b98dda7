"""Stands in for a registry: every image is there but those whose names say otherwise."""

import contextlib
import hashlib
import http.server
import json
import threading


class Registry:
    """`…/absent…` is not there, `…/secret…` is nobody's to see, and while `is_down` nothing is answered but 503."""

    def __init__(self):
        self.is_down, self.port = False, None

    def answer(self, path):
        """Status and body, for /v2/NAME/manifests/REFERENCE."""
        name = path.removeprefix("/v2/").partition("/manifests/")[0]
        if self.is_down:
            return 503, "down for a while"
        if "secret" in name:
            return 401, json.dumps({"errors": [{"code": "UNAUTHORIZED"}]})
        if "absent" in name:
            return 404, json.dumps({"errors": [{"code": "MANIFEST_UNKNOWN"}]})
        return 200, json.dumps({
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "annotations": {"of": name},
        })

    @contextlib.contextmanager
    def serving(self):
        registry = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                status, text = registry.answer(self.path)
                body = text.encode()
                self.send_response(status)
                self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
                self.send_header("Content-Length", str(len(body)))
                if status == 200:
                    self.send_header("Content-Type", json.loads(text)["mediaType"])
                    self.send_header("Docker-Content-Digest", f"sha256:{hashlib.sha256(body).hexdigest()}")
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            do_HEAD = do_GET

            def log_message(self, *_):
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.port = server.server_address[1]
            yield self
            server.shutdown()

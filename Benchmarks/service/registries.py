"""A registry that has every image, one that says nothing, and the verifier that asks them."""

import contextlib
import hashlib
import os
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from server import ROOT, started

VERIFIER = ROOT / ".build/release/imageswap-verifier"
MANIFEST = b'{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","layers":[]}'


class Registry(BaseHTTPRequestHandler):
    """Whatever image is asked for is there."""

    def do_HEAD(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/vnd.oci.image.manifest.v1+json")
        self.send_header("Docker-Content-Digest", "sha256:" + hashlib.sha256(MANIFEST).hexdigest())
        self.send_header("Content-Length", str(len(MANIFEST)))
        self.end_headers()

    def do_GET(self):
        self.do_HEAD()
        self.wfile.write(MANIFEST)

    def log_message(self, *_):
        pass


def full_registry(stack):
    """Its host and port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stack.callback(server.shutdown)
    return f"127.0.0.1:{server.server_port}"


def silent_registry(stack):
    """Its host and port: the kernel takes connections, and nobody reads."""
    listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=1024))
    return f"127.0.0.1:{listener.getsockname()[1]}"


class Verifier:
    """imageswap-verifier, which asks one registry without TLS."""

    def __init__(self, stack, folder, registry, *options):
        folder.mkdir(parents=True)
        self.socket = folder / "verifier"
        self.log = folder / "verifier.log"
        log = stack.enter_context(open(self.log, "wb"))
        self.process = started(
            stack, [VERIFIER, "--socket", self.socket, "--plain-http", registry, *options], log,
            stdout=log, env=dict(os.environ))

    def metric(self, name):
        """The sum of its samples; 0 while there are none."""
        found = subprocess.run(
            [VERIFIER, "health", "--metrics", "--socket", self.socket], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        lines = (line.rsplit(" ", 1) for line in found.stdout.splitlines() if not line.startswith("#"))
        return sum(float(value) for key, value in lines if key.split("{")[0] == name)

    def await_metric(self, name, ask):
        """Asks until a metric is more than 0."""
        limit = time.monotonic() + 20
        while not self.metric(name):
            if self.process.poll() is not None or time.monotonic() > limit:
                raise SystemExit(f"{name} stays 0:\n{self.log.read_text()[-2000:]}")
            with contextlib.suppress(OSError):
                ask()
            time.sleep(0.05)

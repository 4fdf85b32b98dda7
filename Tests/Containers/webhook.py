"""The webhook as the API server sees it: reviews over TLS, on connections that are kept."""

import base64
import http.client
import json
import pathlib
import ssl

REVIEWS = pathlib.Path(__file__).parent.parent / "AdmissionTests" / "Reviews"


class Reviews:
    """Bodies of a real API server, and the patch that each must give."""

    def __init__(self):
        expected = json.loads((REVIEWS / "expected.json").read_text())
        self.maps = expected["maps"]
        self.patches = expected["patches"]
        self.bodies = {path.name: path.read_bytes() for path in REVIEWS.glob("*.json") if path.name != "expected.json"}
        assert self.bodies.keys() == self.patches.keys()

    def problem(self, name, status, answer):
        """What is wrong with an answer, or None."""
        if status != 200:
            return f"{name}: status {status}: {answer[:200]!r}"
        review = json.loads(answer)
        request = json.loads(self.bodies[name])
        response = review["response"]
        if response["uid"] != request["request"]["uid"] or response["allowed"] is not True:
            return f"{name}: {response}"
        operations = json.loads(base64.b64decode(response["patch"])) if "patch" in response else []
        patch = {operation["path"]: operation["value"] for operation in operations if operation["op"] == "replace"}
        if patch != self.patches[name] or len(patch) != len(operations):
            return f"{name}: the patch is {operations}, not {self.patches[name]}"
        return None


class Webhook:
    """One connection. It is opened when it is needed, and kept for as long as the server lets it."""

    def __init__(self, address, port, authority, name, timeout=10):
        self.address, self.port, self.name, self.timeout = address, port, name, timeout
        self.context = ssl.create_default_context(cafile=authority)
        self.connection = None

    @property
    def is_open(self):
        return self.connection is not None

    def call(self, method, path, body=None):
        """Status and body of the answer."""
        if self.connection is None:
            # Called by its address, verified by its name, as the API server does.
            self.connection = _Connection(self.address, self.port, self.name, self.context, self.timeout)
        self.connection.request(method, path, body, {"Content-Type": "application/json"})
        response = self.connection.getresponse()
        answer = response.read()
        if response.will_close:
            self.close()
        return response.status, answer

    def drop_if_closed(self):
        """Notices that the server closed the connection while it was idle, as the API server's client does."""
        if self.connection is None or self.connection.sock is None:
            return
        self.connection.sock.setblocking(False)
        try:
            closed = self.connection.sock.recv(1) == b""
        except ssl.SSLWantReadError:
            closed = False
        except OSError:
            closed = True
        if closed:
            self.close()
        else:
            self.connection.sock.settimeout(self.timeout)

    def review(self, body):
        return self.call("POST", "/?timeout=5s", body)

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None


class _Connection(http.client.HTTPSConnection):
    def __init__(self, address, port, name, context, timeout):
        super().__init__(address, port, context=context, timeout=timeout)
        self.name = name

    def connect(self):
        http.client.HTTPConnection.connect(self)
        self.sock = self._context.wrap_socket(self.sock, server_hostname=self.name)

"""Stands in for an API server, as far as imageswap-init pull-secrets asks one: namespaces and Secrets, listed, watched and
written, and the policy of deploy/k8s/components/pull-secrets. All its namespaces are chosen; it has no other rights, no
pages, no bookmarks, and deletes nothing. Tests/APIServerStandIn is the whole one, for the tests in Swift.
"""

import base64
import contextlib
import http.server
import json
import pathlib
import threading
import time
import urllib.parse

import yaml

POLICY = pathlib.Path(__file__).resolve().parents[2] / "deploy/k8s/components/pull-secrets/policy.yaml"
HOME = "imageswap-system"
NAME = "imageswap-pull-secrets"
# What is in that file, in its order.
POLICIES = ["validatingadmissionpolicies", "validatingadmissionpolicybindings"]
TYPE = "kubernetes.io/dockerconfigjson"


class Refusal(Exception):
    """A Status: code, reason, message."""


class APIServer:
    def __init__(self):
        # Both kinds by (namespace, name), a namespace's own being ""; and all that happened to them.
        self.objects, self.events, self.changed = {"namespaces": {}, "secrets": {}}, [], threading.Condition()
        self.policies = dict(zip(POLICIES, yaml.safe_load_all(POLICY.read_text()), strict=True))
        # Namespaces whose quota is used up.
        self.full = set()

    def put(self, resource, name, namespace="", **fields):
        self.store(resource, {"metadata": {"name": name, "namespace": namespace}, **fields})

    def put_source(self, name, content):
        self.put("secrets", name, HOME, type=TYPE, data={".dockerconfigjson": base64.b64encode(content).decode()})

    def store(self, resource, thing, event="MODIFIED"):
        with self.changed:
            metadata = thing["metadata"]
            metadata["resourceVersion"] = str(len(self.events) + 1)
            metadata.setdefault("uid", metadata["resourceVersion"])
            key = (metadata.get("namespace", ""), metadata["name"])
            if event == "DELETED":
                del self.objects[resource][key]
            else:
                self.objects[resource][key] = thing
            # As it is now: it may be changed later.
            self.events.append((resource, metadata["name"], json.dumps({"type": event, "object": thing})))
            self.changed.notify_all()
            return thing

    def delete_source(self, name):
        self.store("secrets", self.objects["secrets"][HOME, name], "DELETED")

    def list(self, resource, name):
        with self.changed:
            items = [o for o in self.objects[resource].values() if name in (None, o["metadata"]["name"])]
            return {"metadata": {"resourceVersion": str(len(self.events))}, "items": items}

    def watch(self, resource, name, version, seconds):
        """Lines, as things happen, until so many seconds are over."""
        end = time.monotonic() + seconds
        while (rest := end - time.monotonic()) > 0:
            with self.changed:
                self.changed.wait_for(lambda: len(self.events) > version, rest)
                news, version = self.events[version:], len(self.events)
            for kind, of, line in news:
                if kind == resource and name in (None, of):
                    yield line.encode() + b"\n"

    def create(self, namespace, secret, is_dry_run):
        if secret["type"] != TYPE:
            raise Refusal(422, "Invalid", f"ValidatingAdmissionPolicy '{NAME}' with binding '{NAME}' denied request")
        if namespace in self.full:
            raise Refusal(403, "Forbidden", "exceeded quota")
        if (namespace, secret["metadata"]["name"]) in self.objects["secrets"]:
            raise Refusal(409, "AlreadyExists", "it is there")
        return secret if is_dry_run else self.store("secrets", secret)

    def patch(self, namespace, name, operations):
        """Such as pull-secrets sends: the version, and all that it is to hold."""
        secret = self.objects["secrets"][namespace, name]
        version, data = (operation["value"] for operation in operations)
        if secret["metadata"]["resourceVersion"] != version:
            raise Refusal(409, "Conflict", "it was changed")
        return self.store("secrets", {**secret, "data": data})

    def answer(self, method, path, query, body):
        match method, *path.strip("/").split("/"):
            case "POST", "apis", "authentication.k8s.io", "v1", "selfsubjectreviews":
                return {"status": {"userInfo": {"username": f"system:serviceaccount:{HOME}:{NAME}"}}}
            case "GET", "apis", "admissionregistration.k8s.io", "v1", resource, name if name == NAME:
                if resource in self.policies:
                    return self.policies[resource]
            case "GET", "api", "v1", resource if resource in self.objects:
                name = query.get("fieldSelector", "").removeprefix("metadata.name=") or None
                if "watch" in query:
                    return self.watch(resource, name, int(query["resourceVersion"]), int(query["timeoutSeconds"]))
                return self.list(resource, name)
            case "POST", "api", "v1", "namespaces", namespace, "secrets":
                return self.create(namespace, body, "dryRun" in query)
            case "PATCH", "api", "v1", "namespaces", namespace, "secrets", name:
                return self.patch(namespace, name, body)
        raise Refusal(404, "NotFound", f"{method} {path}")

    @contextlib.contextmanager
    def serving(self):
        """The port."""
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def handle_any(self):
                url = urllib.parse.urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                try:
                    query = dict(urllib.parse.parse_qsl(url.query))
                    answer, code = outer.answer(self.command, url.path, query, json.loads(body or "null")), 200
                except Refusal as refusal:
                    code, reason, message = refusal.args
                    answer = {"kind": "Status", "code": code, "reason": reason, "message": message}
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                # The connection's end is the answer's: HTTP/1.0.
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    for part in [json.dumps(answer).encode()] if isinstance(answer, dict) else answer:
                        self.wfile.write(part)

            do_GET = do_POST = do_PATCH = handle_any

            def log_message(self, *_):
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield server.server_address[1]
            server.shutdown()

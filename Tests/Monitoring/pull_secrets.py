"""imageswap-init pull-secrets, as in its pod, before a stand-in for an API server."""

import contextlib
import json
import time
import urllib.request

from api_server import HOME, APIServer
from programs import running
from replica import free_port


class PullSecrets:
    # Seconds between two lists, and two looks at the policy.
    INTERVAL = 3

    def __init__(self, programs, folder):
        """Two namespaces want a copy, and one has a Secret of that name of its own."""
        self.programs, self.folder, self.port, self.api = programs, folder, free_port(), APIServer()
        self.api.put_source("regcred", b"{}")
        for name in ("one", "other", "own"):
            self.api.put("namespaces", name)
        self.api.put("secrets", "regcred", "own", type="Opaque", data={})

    @contextlib.contextmanager
    def running(self):
        self.folder.mkdir()
        with self.api.serving() as api_port:
            (self.folder / "kubeconfig").write_text(json.dumps({
                "current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "c", "namespace": HOME}}],
                "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{api_port}"}}],
            }))
            command = [
                f"{self.programs}/imageswap-init", "pull-secrets", "--secret", "regcred",
                "--kubeconfig", self.folder / "kubeconfig", "--listen", f"127.0.0.1:{self.port}",
                "--interval", f"{self.INTERVAL}s",
            ], {}
            with running(command, log=self.folder / "log") as (self.process,):
                yield self

    def await_ready(self):
        for _ in range(200):
            assert self.process.poll() is None, (self.folder / "log").read_text()
            with contextlib.suppress(OSError), \
                    urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                return
            time.sleep(0.05)
        raise SystemExit(f"pull-secrets does not get ready:\n{(self.folder / 'log').read_text()}")

    def lose_policy(self):
        """As when someone deletes it: the program ends at its next look."""
        self.api.policies.clear()

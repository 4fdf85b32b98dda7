"""A replica as in a pod, on one machine: imageswap-init, the responder and nginx, with files of its own; and the verifier,
where there is a registry to ask."""

import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import time

from programs import await_file, running

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVICE = "imageswap.imageswap-system.svc"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def replace(path, text):
    """As a ConfigMap's volume changes: at once, and as a whole."""
    new = path.with_suffix(".new")
    new.write_text(text)
    new.rename(path)


class Replica:
    def __init__(self, programs, folder, name, registry=None):
        """registry: HOST:PORT, without TLS. Images of verified.example.com go to it if it has them."""
        self.programs, self.folder, self.name, self.registry = programs, folder, name, registry
        self.port, self.metrics_port = free_port(), free_port()
        self.maps = folder / "imageswap-maps.conf"
        self.provided = folder / "provided"
        self.namespace_maps = folder / "namespaces/team-a.conf"

    @contextlib.contextmanager
    def running(self):
        for path in ("nginx", "prefix", "public", "namespaces"):
            (self.folder / path).mkdir(parents=True)
        shutil.copy(ROOT / "deploy/maps/imageswap-maps.conf", self.maps)
        verifier = None
        if self.registry:
            self.verify()
            path = self.folder / "verifier"
            verifier = [
                f"{self.programs}/imageswap-verifier", "--socket", path, "--plain-http", self.registry,
                "--log-level", "warning",
            ], {}
        replace(self.namespace_maps, "quay.io::team-a.example.com\n")
        self.issue(days=90)
        init = [
            f"{self.programs}/imageswap-init", "run", "--namespace", "imageswap-system",
            "--provided-dir", self.provided, "--tls-dir", self.folder / "tls", "--public-dir", self.folder / "public",
            "--metrics-file", self.folder / "public/imageswap-init.prom",
        ], {"IMAGESWAP_TLS_SOURCE": "provided", "IMAGESWAP_DISABLE_AUTO_MWC": "true"}
        responder = [
            f"{self.programs}/imageswap-responder", "--socket", self.folder / "socket", "--workers", "2",
        ], {
            "IMAGESWAP_POD_NAME": self.name,
            "IMAGESWAP_MAPS_FILE": str(self.maps),
            "IMAGESWAP_NAMESPACE_MAPS_DIR": str(self.namespace_maps.parent),
            "IMAGESWAP_TLS_CERT": str(self.folder / "public/tls.crt"),
        }
        if verifier:
            responder[1].update(
                # Longer than the usual 300 ms: how busy this machine is today is no fault.
                IMAGESWAP_VERIFIER_SOCKET=str(path), IMAGESWAP_VERIFY_DEADLINE="1000ms")
        log = self.folder / "log"
        with running(init, responder, *filter(None, [verifier]), log=log) as (self.init, self.responder, *others):
            for self.verifier in others:
                await_file(path, self.verifier)
            await_file(self.folder / "public/imageswap-init.prom", self.init)
            await_file(self.folder / "socket", self.responder)
            with running((self.nginx_command(), {}), log=log) as (self.nginx,):
                yield self

    def verify(self):
        with self.maps.open("a") as maps:
            maps.write(f"verified.example.com::{self.registry}/mirror\n[VERIFY]{self.registry}::\n")

    def nginx_command(self):
        """deploy/nginx as it is, with what differs between places."""
        to = self.folder / "nginx"
        (to / "nginx.conf").symlink_to(ROOT / "deploy/nginx/nginx.conf")
        place = (ROOT / "deploy/nginx/place.conf").read_text()
        place = place.replace("/run/imageswap/imageswap.sock", str(self.folder / "socket"))
        (to / "place.conf").write_text(place.replace("default /tls;", f"default {self.folder}/tls;"))
        (to / "listen.conf").write_text(f"listen 127.0.0.1:{self.port} ssl;\n")
        (to / "monitoring.conf").write_text(f"listen 127.0.0.1:{self.metrics_port};\n")
        certificates = (ROOT / "deploy/k8s/base/monitoring-certificates.conf").read_text()
        (to / "monitoring-certificates.conf").write_text(certificates.replace("/public/", f"{self.folder}/public/"))
        command = ["nginx", "-e", "stderr", "-p", f"{self.folder}/prefix/", "-c", to / "nginx.conf"]
        # Its workers stay root, so that they may reach what is root's.
        return command + (["-g", "user root;"] if os.getuid() == 0 else [])

    def issue(self, days):
        """A certificate for so many days; imageswap-init takes it at its next look."""
        (self.provided / "tls.crt").unlink(missing_ok=True)
        subprocess.run(
            [f"{self.programs}/imageswap-init", "local", "--out", self.provided, "--name", SERVICE,
             "--days", str(days)],
            check=True, stdout=subprocess.DEVNULL)

    def look_now(self):
        self.init.send_signal(signal.SIGHUP)

    def kill_worker(self):
        pid = self.responder.pid
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)

    def connection(self):
        # The name of the certificate is not that of this machine; who vouches for it is not what is tested here.
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=10, context=context)

    def await_ready(self):
        for _ in range(200):
            assert self.nginx.poll() is None, (self.folder / "log").read_text()
            try:
                if post(self.connection(), review("CREATE", "nginx")) == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise SystemExit(f"replica {self.name} does not answer:\n{(self.folder / 'log').read_text()}")


def post(connection, body):
    connection.request("POST", "/", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def review(operation, *images):
    pod = {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
        "spec": {"containers": [{"name": f"c{n}", "image": image} for n, image in enumerate(images)]},
    }
    return json.dumps({
        "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
        "request": {
            "uid": "1", "operation": operation, "kind": {"group": "", "version": "v1", "kind": "Pod"},
            "resource": {"group": "", "version": "v1", "resource": "pods"}, "object": pod,
        },
    }).encode()

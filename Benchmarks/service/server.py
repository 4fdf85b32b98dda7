"""Servers to measure, each behind an nginx of its own, and what keeps them to the end of a run."""

import contextlib
import http.client
import json
import os
import pwd
import signal
import socket
import ssl
import subprocess
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
REVIEWS = ROOT / "Tests/AdmissionTests/Reviews"
CONFIGURATION = ROOT / "deploy/nginx/nginx.conf"
CEILING = ROOT / "Benchmarks/ceiling/ceiling.c"
RESPONDER = ROOT / ".build/release/imageswap-responder"

PLACE = """\
upstream imageswap {{
    server unix:{socket} max_fails=0;
    server unix:{socket} max_fails=0;
    server unix:{socket} max_fails=0;
    server unix:{socket} max_fails=0;
    server unix:{socket} max_fails=0;
}}
map "" $tls_directory {{
    default {tls};
}}
"""


def started(stack, command, log, **more):
    """Starts a program, which is ended with the stack."""
    process = subprocess.Popen(command, stderr=log, **more)
    stack.callback(end, process)
    return process


def end(process):
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_certificate(folder):
    """A folder with tls.crt and tls.key."""
    folder.mkdir()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
         "-subj", "/CN=localhost", "-keyout", folder / "tls.key", "-out", folder / "tls.crt"],
        check=True, stderr=subprocess.DEVNULL)
    return folder


class Server:
    """A responder behind an nginx of its own."""

    def __init__(self, stack, folder, name, responder, tls, maps, threads=8, **variables):
        self.name, self.port, self.folder = name, free_port(), folder
        (folder / "run").mkdir(parents=True)
        (folder / "nginx.conf").symlink_to(CONFIGURATION)
        (folder / "listen.conf").write_text(f"listen 127.0.0.1:{self.port} ssl backlog=4096;\n")
        (folder / "monitoring.conf").write_text(f"listen unix:{folder}/monitoring;\n")
        (folder / "place.conf").write_text(PLACE.format(socket=folder / "socket", tls=tls))
        self.log = stack.enter_context(open(folder / "log", "w+b"))
        environment = dict(os.environ, IMAGESWAP_MAPS_FILE=str(maps), **variables)
        self.responder = started(
            stack, [*responder, "--socket", folder / "socket", "--threads", str(threads)], self.log,
            env=environment, stdout=self.log)
        nginx = ["nginx", "-e", "stderr", "-p", f"{folder}/run/", "-c", f"{folder}/nginx.conf"]
        if os.geteuid() == 0:  # else its workers are another user, who may open neither the socket nor the key
            nginx += ["-g", f"user {pwd.getpwuid(0).pw_name};"]
        self.nginx = started(stack, nginx, self.log, stdout=subprocess.DEVNULL)

    def ask(self, body):
        """Posts one review: (status, answer)."""
        trust = ssl._create_unverified_context()
        with contextlib.closing(http.client.HTTPSConnection("127.0.0.1", self.port, timeout=5, context=trust)) as client:
            client.request("POST", "/?timeout=10s", body, {"Content-Type": "application/json"})
            answer = client.getresponse()
            return answer.status, answer.read()

    def await_answer(self, body):
        """Waits until a review is allowed; its answer's size in bytes."""
        limit = time.monotonic() + 5
        while True:
            self.check()
            result = None
            with contextlib.suppress(OSError):
                result = status, answer = self.ask(body)
                if status == 200:
                    if json.loads(answer)["response"]["allowed"] is not True:
                        self.fail(f"refused the review: {answer[:500]!r}")
                    return len(answer)
            if time.monotonic() > limit:
                self.fail(f"gave no answer: {result}")
            time.sleep(0.05)

    def check(self):
        for process in (self.responder, self.nginx):
            if process.poll() is not None:
                self.fail(f"{process.args[0]} ended with {process.returncode}")

    def fail(self, what):
        raise SystemExit(f"{self.name}: {what}\n{self.written()}")

    def written(self):
        """The end of what the responder and nginx have written to standard error."""
        return (self.folder / "log").read_text(errors="replace")[-2000:]

    def turn(self, body, connections, seconds):
        """Posts a body for some seconds: rate (requests/s), p50, p99 (us), requests, statuses, others (errors)."""
        self.check()
        result = subprocess.run(
            ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s", "--script",
             HERE / "post.lua", f"https://127.0.0.1:{self.port}/?timeout=10s", "--", body],
            check=True, stdout=subprocess.PIPE, text=True)
        values = json.loads(result.stdout.splitlines()[-1])
        values["rate"] = values["requests"] / values["microseconds"] * 1e6
        return values


def review(body):
    """The path of a review, by its path or its name among the tests'."""
    for path in Path(body), REVIEWS / body, REVIEWS / f"{body}.json":
        if path.is_file():
            return path.resolve()
    raise SystemExit(f"no such body: {body}")


def make_ceiling(folder):
    """Builds the constant responder: its path."""
    program = folder / "ceiling.program"
    subprocess.run(["cc", "-O2", "-pthread", "-o", program, CEILING, "-lfcgi"], check=True)
    return program


def make_maps(folder, rules=10, secrets=0, verified=0):
    """A map file of so many rules, those of the tests' reviews among them, of each kind that is looked up by a table; and of
    so many pull secrets and places to be verified that no image meets."""
    lines = json.loads((REVIEWS / "expected.json").read_text())["maps"].splitlines()
    kinds = (
        "registry{0}.example.net::mirror.example.com/r{0}",
        "docker.io/team{0}/app::mirror.example.com/team{0}",
        "registry{0}.example.org:5000/group{0}::mirror.example.com:8443/g{0}",
        "[EXACT]docker.io/tools/app:{0}.0::mirror.example.com/tools/app:{0}.0-hardened",
    )
    while len(lines) < rules:
        lines.append(kinds[len(lines) % len(kinds)].format(len(lines)))
    lines += [f"[PULL_SECRET]registry{i}.example.net/team::secret{i}" for i in range(secrets)]
    lines += [f"[VERIFY]registry{i}.example.net/team::" for i in range(verified)]
    path = folder / f"{rules}.{secrets}.{verified}.maps"
    path.write_text("\n".join(lines) + "\n")
    return path


def make_namespace_maps(folder, count):
    """A directory with rules of so many namespaces, none of them a review's."""
    folder.mkdir()
    for number in range(count):
        (folder / f"team-{number}.conf").write_text(f"quay.io::registry{number}.example.net\n")
    return folder

"""The metrics as the programs tell them, in the table of docs/operations.md.

    metrics_table.py PROGRAMS            compares the table, and fails where it differs
    metrics_table.py PROGRAMS --write    writes it anew

PROGRAMS: the folder of imageswap-responder and imageswap-init.
"""

import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from programs import await_file, request, running

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/operations.md"
BEGIN = "<!-- metrics: written by scripts/check-deploy --metrics -->\n"
END = "<!-- end of the metrics -->\n"
SERVICE = "imageswap.imageswap-system.svc"


def told(programs):
    """What both programs say to Prometheus, with as much of it counted as needs to be for all to be there."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        subprocess.run(
            [f"{programs}/imageswap-init", "local", "--out", folder / "tls", "--name", SERVICE],
            check=True, stdout=subprocess.DEVNULL)
        path = folder / "socket"
        responder = [f"{programs}/imageswap-responder", "--socket", path], {
            "IMAGESWAP_MAPS_FILE": str(ROOT / "deploy/maps/imageswap-maps.conf"),
            "IMAGESWAP_NAMESPACE_MAPS_DIR": str(ROOT / "Tests/Documentation/namespaces"),
            "IMAGESWAP_TLS_CERT": str(folder / "tls/tls.crt"),
        }
        keeper = [
            f"{programs}/imageswap-init", "run", "--namespace", "imageswap-system", "--tls-dir", folder / "served",
            "--provided-dir", folder / "tls", "--metrics-file", folder / "metrics",
        ], {"IMAGESWAP_TLS_SOURCE": "provided", "IMAGESWAP_DISABLE_AUTO_MWC": "true"}
        with running(responder, keeper, log=folder / "log") as processes:
            await_file(path, processes[0])
            await_file(folder / "metrics", processes[1])
            review = (ROOT / "deploy/examples/pod-review.json").read_bytes()
            assert "JSONPatch" in request(str(path), "POST", "/", review, "application/json")
            # The certificate is looked at by a thread of its own.
            for _ in range(100):
                text = request(str(path), "GET", "/metrics")
                if "imageswap_tls_certificate_expiry" in text:
                    break
                time.sleep(0.05)
            return text, (folder / "metrics").read_text()


def told_of_pull_secrets(programs):
    """What imageswap-init pull-secrets says, though no API server answers."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "kubeconfig").write_text(json.dumps({
            "current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "c", "namespace": "imageswap-system"}}],
            "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:9"}}],
        }))
        command = [
            f"{programs}/imageswap-init", "pull-secrets", "--secret", "regcred", "--kubeconfig", folder / "kubeconfig",
            "--listen", f"127.0.0.1:{port}",
        ], {}
        with running(command, log=folder / "log") as processes:
            for _ in range(100):
                try:
                    return urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5).read().decode()
                except OSError:
                    assert processes[0].poll() is None, (folder / "log").read_text()
                    time.sleep(0.05)
            raise SystemExit("imageswap-init pull-secrets does not answer")


def rows(text):
    for name, about in re.findall(r"^# HELP (\S+) (.*)$", text, re.M):
        kind = re.search(rf"^# TYPE {name} (\S+)$", text, re.M)[1]
        samples = re.findall(rf"^{name}\{{(.*)\}} ", text, re.M)
        labels = sorted({label for sample in samples for label in re.findall(r"(\w+)=\"", sample)})
        yield f"| `{name}{'{' + ','.join(labels) + '}' if labels else ''}` | {kind} | {about} |\n"


def table(programs):
    responder, keeper = told(programs)
    head = "| metric | type | |\n| --- | --- | --- |\n"
    return (
        "At `/metrics`, of the responder:\n\n" + head + "".join(rows(responder))
        + "\nAt `/metrics/certificates`, of `imageswap-init run`:\n\n" + head + "".join(rows(keeper))
        + "\nAt `/metrics` of port 8080, of `imageswap-init pull-secrets`:\n\n" + head
        + "".join(rows(told_of_pull_secrets(programs)))
    )


def main():
    page = PAGE.read_text()
    before, _, rest = page.partition(BEGIN)
    old, _, after = rest.partition(END)
    assert rest and after, f"{PAGE}: no markers"
    new = "\n" + table(sys.argv[1]) + "\n"
    if sys.argv[2:] == ["--write"]:
        PAGE.write_text(before + BEGIN + new + END + after)
    elif new != old:
        sys.exit("docs/operations.md: the metrics differ from what the programs tell: scripts/check-deploy --metrics")
    else:
        print(f"docs/operations.md has the {new.count('| `')} metrics that the programs tell")


main()

"""What helm test runs does what it says, against nginx and the responder: chart_test.py PROGRAMS, with helm in HELM.

replica.py is that of Tests/Monitoring.
"""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import yaml

from helm import ROOT, template
from replica import SERVICE, Replica, post, review

MAPS = {"rules.maps": "deploy/maps/imageswap-maps.conf"}


def container(values):
    text, refusal = template(values, "--show-only", "templates/tests/review.yaml")
    assert text is not None, refusal
    return yaml.safe_load(text)["spec"]["containers"][0]


def run(pod, replica, authorities, **variables):
    """The pod's command, with the Service's name leading to the replica: exit code, output."""
    environment = {e["name"]: e["value"] for e in pod["env"]}
    assert environment["URL"] == f"https://{SERVICE}/"
    (replica.folder / ".curlrc").write_text(f'connect-to = "{SERVICE}:443:127.0.0.1:{replica.port}"\n')
    environment |= {
        "PATH": os.environ["PATH"], "CURL_HOME": str(replica.folder), "CA_DIRECTORY": str(authorities),
    } | variables
    done = subprocess.run(
        pod["command"], env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
        check=False)
    return done.returncode, done.stdout


def ask_for_certificates(replica):
    """nginx goes on as with the component mtls."""
    text = (ROOT / "deploy/k8s/components/mtls/client-certificate.conf").read_text()
    text = text.replace("/client-ca/ca.crt", str(ROOT / "Tests/DeployTests/client-ca.crt"))
    (replica.folder / "nginx/client-certificate.conf").write_text(text)
    replica.nginx.send_signal(signal.SIGHUP)
    for _ in range(100):
        with contextlib.suppress(OSError):
            if post(replica.connection(), review("CREATE", "nginx")) == 403:
                return
        time.sleep(0.05)
    raise SystemExit("nginx does not ask for certificates")


def main():
    wrong = []

    def expect(what, seen, is_success, words):
        code, output = seen
        if (code == 0) != is_success or not re.search(words, output):
            wrong.append(f"{what}: exit code {code}, not /{words}/: {output}")

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        good, other, empty = folder / "good", folder / "other", folder / "empty"
        for path in (good, other, empty):
            path.mkdir()
        replica = Replica(sys.argv[1], folder / "replica", "one")
        with replica.running():
            replica.await_ready()
            shutil.copy(replica.provided / "ca.crt", good)
            shutil.copy(ROOT / "Tests/DeployTests/client-ca.crt", other / "ca.crt")
            pod, with_mtls = container(MAPS), container(MAPS | {"mtls.enabled": True})

            expect("a review", run(pod, replica, good), True, "the webhook answers reviews")
            expect("a CA that did not sign", run(pod, replica, other), False, "certificate")
            expect("no CA", run(pod, replica, empty), False, "there is no CA's certificate")
            expect("no review", run(pod, replica, good, REVIEW="{}"), False, "the webhook's status is 400, not 200")
            expect("no curl", run(pod, replica, good, PATH=str(empty)), False, "has no curl")
            expect("mTLS wanted", run(with_mtls, replica, good), False, "the webhook's status is 200, not 403")
            ask_for_certificates(replica)
            expect("refused by mTLS", run(with_mtls, replica, good), True, "403")
            expect("mTLS not wanted", run(pod, replica, good), False, "the webhook's status is 403, not 200")
            (replica.folder / "nginx/client-certificate.conf").unlink()
            replica.nginx.send_signal(signal.SIGHUP)
            replica.await_ready()
            replica.responder.terminate()
            replica.responder.wait()
            expect("no responder", run(pod, replica, good), False, "the webhook's status is 502, not 200")
    print("\n".join(wrong) or "helm test tells a webhook that answers from one that does not")
    sys.exit(bool(wrong))


main()

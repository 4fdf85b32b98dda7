"""The metrics as the programs tell them, in the table of docs/operations.md.

    metrics_table.py PROGRAMS            compares the table, and fails where it differs
    metrics_table.py PROGRAMS --write    writes it anew

PROGRAMS: the folder of imageswap-responder and imageswap-init.
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import time

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

"""The metrics as the programs tell them, in the table of docs/operations.md.

    metrics_table.py PROGRAMS            compares the table, and fails where it differs
    metrics_table.py PROGRAMS --write    writes it anew

PROGRAMS: the folder of imageswap-responder and imageswap-init.
"""

import os
import pathlib
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/operations.md"
BEGIN, END = "<!-- metrics: written by scripts/check-deploy --metrics -->\n", "<!-- end of the metrics -->\n"


def request(path, method, route, body=b"", content_type=""):
    """One request over FastCGI, as nginx sends it; the answer without its head."""
    def record(kind, content):
        return struct.pack("!BBHHBB", 1, kind, 1, len(content), 0, 0) + content

    def pair(name, value):
        return bytes([len(name), len(value)]) + name.encode() + value.encode()

    parameters = pair("REQUEST_METHOD", method) + pair("DOCUMENT_URI", route)
    parameters += pair("CONTENT_TYPE", content_type) + pair("CONTENT_LENGTH", str(len(body)))
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(10)
        s.connect(path)
        s.sendall(record(1, struct.pack("!HB5x", 1, 0)) + record(4, parameters) + record(4, b"") + record(5, body) + record(5, b""))
        received = b""
        while data := s.recv(65536):
            received += data
    answer = b""
    while received:
        _, kind, _, length, padding, _ = struct.unpack("!BBHHBB", received[:8])
        if kind == 6:
            answer += received[8:8 + length]
        received = received[8 + length + padding:]
    return answer.partition(b"\r\n\r\n")[2].decode()


def await_file(path, process):
    for _ in range(100):
        if path.exists():
            return
        assert process.poll() is None, f"{process.args[0]} ended with {process.returncode}"
        time.sleep(0.05)
    raise SystemExit(f"{path} did not come")


def told(programs):
    """What both programs say to Prometheus, with as much of it counted as needs to be for all to be there."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        subprocess.run(
            [f"{programs}/imageswap-init", "local", "--out", folder / "tls", "--name", "imageswap.imageswap-system.svc"],
            check=True, stdout=subprocess.DEVNULL)
        processes = []

        def start(arguments, **settings):
            variables = {k: v for k, v in os.environ.items() if not k.startswith("IMAGESWAP_")}
            log = (folder / "log").open("a")
            processes.append(subprocess.Popen(arguments, env={**variables, **settings}, stdout=log, stderr=log))
            return processes[-1]

        try:
            path = folder / "socket"
            responder = start(
                [f"{programs}/imageswap-responder", "--socket", path],
                IMAGESWAP_MAPS_FILE=str(ROOT / "deploy/maps/imageswap-maps.conf"), IMAGESWAP_TLS_CERT=str(folder / "tls/tls.crt"))
            keeper = start(
                [f"{programs}/imageswap-init", "run", "--namespace", "imageswap-system", "--tls-dir", folder / "served",
                 "--provided-dir", folder / "tls", "--metrics-file", folder / "metrics"],
                IMAGESWAP_TLS_SOURCE="provided", IMAGESWAP_DISABLE_AUTO_MWC="true")
            await_file(path, responder)
            await_file(folder / "metrics", keeper)
            review = (ROOT / "deploy/examples/pod-review.json").read_bytes()
            assert "JSONPatch" in request(str(path), "POST", "/", review, "application/json")
            # The certificate is looked at by a thread of its own.
            for _ in range(100):
                text = request(str(path), "GET", "/metrics")
                if "imageswap_tls_certificate_expiry" in text:
                    break
                time.sleep(0.05)
            return text, (folder / "metrics").read_text()
        finally:
            for process in processes:
                process.terminate()
                process.wait()


def rows(text):
    for name, about in re.findall(r"^# HELP (\S+) (.*)$", text, re.M):
        kind = re.search(rf"^# TYPE {name} (\S+)$", text, re.M)[1]
        labels = sorted({l for sample in re.findall(rf"^{name}\{{(.*)\}} ", text, re.M) for l in re.findall(r"(\w+)=\"", sample)})
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

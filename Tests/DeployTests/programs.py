"""The programs, started for a check, and one request over FastCGI, as nginx sends it."""

import contextlib
import os
import socket
import struct
import subprocess
import time


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
        begin = record(1, struct.pack("!HB5x", 1, 0))
        s.sendall(begin + record(4, parameters) + record(4, b"") + record(5, body) + record(5, b""))
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


@contextlib.contextmanager
def running(*commands, log):
    """Programs and their IMAGESWAP_ variables, each (arguments, variables), ended at the end."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("IMAGESWAP_")}
    processes = []
    try:
        with log.open("a") as output:
            for arguments, variables in commands:
                environment = {**inherited, **variables}
                processes.append(subprocess.Popen(arguments, env=environment, stdout=output, stderr=output))
        yield processes
    finally:
        for process in processes:
            process.terminate()
            process.wait()

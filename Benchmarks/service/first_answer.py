"""How long after its start a responder answers, asked over its socket without nginx."""

import contextlib
import os
import socket
import statistics
import struct
import subprocess
import time

from server import end


def record(kind, content):
    return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content


def request(body):
    """A FastCGI request that posts a review."""
    parameters = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body)),
                  "DOCUMENT_URI": "/", "REQUEST_URI": "/"}
    pairs = b"".join(bytes([len(key), len(value)]) + (key + value).encode() for key, value in parameters.items())
    begin = record(1, struct.pack(">HB5x", 1, 0))
    return begin + record(4, pairs) + record(4, b"") + record(5, body) + record(5, b"")


def answer(path, message):
    """All that comes back."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        client.connect(str(path))
        client.sendall(message)
        received = b""
        while more := client.recv(65536):
            received += more
        return received


def measure(responder, folder, body, maps, times):
    """Prints a row: the time from the start of the process to its first answer."""
    folder.mkdir()
    message = request(body.read_bytes())
    environment = dict(os.environ, IMAGESWAP_MAPS_FILE=str(maps))
    taken = []
    for number in range(times):
        path = folder / f"socket{number}"
        start = time.monotonic()
        with contextlib.ExitStack() as stack:
            process = subprocess.Popen(
                [responder, "--socket", path], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            stack.callback(end, process)
            while True:
                with contextlib.suppress(OSError):
                    if b'"allowed":true' in answer(path, message):
                        break
                if time.monotonic() - start > 5:
                    raise SystemExit("the responder gave no answer")
                time.sleep(0.0002)
            taken.append((time.monotonic() - start) * 1000)
    print("| starts | first answer, median | fastest | slowest |")
    print("| ---: | ---: | ---: | ---: |")
    print(f"| {times} | {statistics.median(taken):.1f} ms | {min(taken):.1f} ms | {max(taken):.1f} ms |", flush=True)

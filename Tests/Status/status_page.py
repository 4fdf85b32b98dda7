"""The status page in a real browser, made by the real service under load: status_page.py PROGRAMS PICTURES

Names and images are hostile. The page must render at a phone's width and at a desk's, light and dark, with its script and
without, say what an operator asks, load nothing else, and leave nothing in the browser's console.
PICTURES gets a screenshot of each.

    status_page.py PROGRAMS PICTURES --readme FILE SECONDS

makes the README's picture instead, from a load of so many seconds.
"""

import hashlib
import json
import math
import pathlib
import signal
import sys
import tempfile
import threading
import time
import urllib.request

from browser import Browser, Page
from registry import Registry
from replica import Replica, post, replace

MAPS = """\
default::registry.example.com/hub
docker.io/library::registry.example.com/official
quay.io::registry.example.com/quay
ghcr.io::registry.example.com/github
registry.k8s.io::registry.example.com/k8s
gcr.io/distroless::registry.example.com/distroless
mcr.microsoft.com::
public.ecr.aws::registry.example.com/ecr
[EXACT]busybox:1.36::registry.example.com/tools/busybox:1.36-hardened
[REPLACE]*/debug-*::registry.example.com/debug
noswap_wildcards::internal.example.com
[PULL_SECRET]registry.example.com::regcred
"""
HOSTILE_MAPS = MAPS + """\
[REPLACE]*evil*::mirror.example.com
[EXACT]<imgsrc=xonerror=window.pwned=1>::mirror.example.com/x
no separator <script>window.pwned=1</script> "quotes' \u202egnp.exe \u200b
""" + f"{'k' * 500}.example.com::mirror.example.com/{'v' * 500}\n"

HOSTILE_TEXTS = [
    "<script>window.pwned=1</script>", "\"><img src=x onerror=window.pwned=1>", "' onmouseover='window.pwned=1",
    "</style><style>*{display:none}</style>", "\u202egnp.exe\u2066\u200f", "\u05d0\u05d1\u05d2 \u0627\u0628", "\u0000\u001b[31m\n",
    "n" * 5000, "&lt;b&gt;&#x3c;", "</main></body></html>", "\U0001f600\u0301" * 60,
]
IMAGES = [
    "nginx:1.27", "nginx:1.27", "redis:7.4", "postgres:17", "bitnami/kafka:3.9", "quay.io/prometheus/prometheus:v3.1.0",
    "ghcr.io/fluxcd/source-controller:v1.4.1", "registry.k8s.io/ingress-nginx/controller:v1.12.0",
    "gcr.io/distroless/static-debian12:nonroot", "busybox:1.36", "mcr.microsoft.com/dotnet/aspnet:9.0",
    "registry.example.com/official/nginx:1.27",
    "python@sha256:0000000000000000000000000000000000000000000000000000000000000001",
]
OWNERS = [("shop", "cart-7d9c8b6f5-"), ("shop", "checkout-5f6b7c8d9-"), ("monitoring", "prometheus-"), ("team-a", "api-"),
          ("ci", "runner-"), ("ingress", "controller-")]


def review(namespace, name, *images, kind="Pod"):
    pod = {"spec": {"containers": [{"name": f"c{n}", "image": i} for n, i in enumerate(images)]}}
    return json.dumps({
        "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
        "request": {
            "uid": "1", "operation": "CREATE", "namespace": namespace, "name": name,
            "kind": {"group": "", "version": "v1", "kind": kind},
            "object": pod if kind == "Pod" else {"spec": {"template": pod}},
        },
    }).encode()


class Load:
    """Reviews, more and less of them by turns, until told to end."""

    def __init__(self, replica):
        self.replica, self.is_over, self.failures = replica, threading.Event(), []
        self.thread = threading.Thread(target=self.run)

    def run(self):
        connection, number = self.replica.connection(), 0
        begin = time.monotonic()
        while not self.is_over.is_set():
            number += 1
            namespace, owner = OWNERS[number * 7 % len(OWNERS)]
            images = [IMAGES[number * 5 % len(IMAGES)], IMAGES[number * number % len(IMAGES)]]
            try:
                status = post(connection, review(namespace, f"{owner}{number * 7919 % 100003:05x}", *images))
            except OSError:
                connection = self.replica.connection()
                continue
            if status != 200:
                self.failures.append(status)
            wave = 1.2 + math.sin((time.monotonic() - begin) / 23) + 0.5 * math.sin((time.monotonic() - begin) / 7)
            time.sleep(0.004 / max(0.15, wave))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()
        assert not self.failures, self.failures[:3]


def fetch(replica, query=""):
    with urllib.request.urlopen(f"http://127.0.0.1:{replica.metrics_port}/status{query}", timeout=10) as answer:
        return answer.read().decode()


def ask(replica, *images):
    """A review whose images are verified, each at a registry."""
    names = [f"verified.example.com/{image}" for image in images]
    assert post(replica.connection(), review("shop", "verified", *names)) == 200


def load_maps(replica, text):
    """Exchanges the map file, and waits until it serves."""
    replace(replica.maps, text)
    wanted = hashlib.sha256(text.encode()).hexdigest()
    for _ in range(100):
        rules = json.loads(fetch(replica, "?format=json"))["rules"]
        if rules["sha256"] == wanted and rules["rules"]:
            # The other worker has it by then, too.
            return time.sleep(0.5)
        time.sleep(0.1)
    raise SystemExit("the map file was not loaded")


def check(page, width, what):
    complaints = page.complaints()
    assert not complaints, f"{what}: the console has {complaints}"
    overflow = page.value("document.documentElement.scrollWidth")
    assert overflow <= width, f"{what}: {overflow} pixels wide"
    strays = page.value("document.querySelectorAll('img, iframe, object, link, base, form, script[src]').length")
    assert strays == 0, f"{what}: an element that was let in"
    assert page.value("document.querySelectorAll('script, style').length") == 2, what
    assert page.value("window.pwned") is None, f"{what}: a script of a name ran"
    assert page.value("getComputedStyle(document.querySelector('main')).maxWidth") != "none", f"{what}: without its style"
    # All that is written is ASCII, but for the page's own signs.
    text = page.value("document.body.innerText")
    odd = sorted({c for c in text if not (" " <= c <= "~") and c not in "\n\t–→·…µ"})
    assert not odd, f"{what}: {odd}"


def answers(page, also):
    """What an operator asks, from what is seen."""
    text = page.value("document.querySelector('main').innerText")
    always = ["Healthy", "since ", "Never used", "Last swaps", "days", "reviews/s", "Restarts: signal", "Verified reviews"]
    for wanted in always + also:
        assert wanted in text, f"{wanted!r} is not in:\n{text}"
    assert page.value("document.querySelectorAll('.rules tr.unused').length") > 0
    assert page.value("document.querySelectorAll('.rules .bar').length") > 0
    assert page.value("document.querySelectorAll('article svg').length") == 6


def at_each_width(browser, url, name, pictures, also):
    for width in (375, 1280):
        for scheme, scripts in (("light", True), ("dark", True), ("light", False)):
            what = f"{name}-{width}-{scheme}{'' if scripts else '-without-script'}"
            page = Page(browser, url, width, scheme, scripts)
            check(page, width, what)
            page.call("Emulation.setScriptExecutionDisabled", value=False)
            answers(page, also)
            urls = set(page.requested())
            assert urls == {url}, f"{what} asked for {urls}"
            page.picture(pictures / f"{what}.png")


def await_on(page, condition, what):
    """The page's script looks every five seconds, and a busy machine takes its time with it."""
    end = time.monotonic() + 20
    while not page.value(condition):
        assert time.monotonic() < end, f"{what} did not come"
        page.browser.collect(0.2)


def check_refresh(browser, replica, url, pictures):
    """The page's script takes what is new, and tells when there is no answer."""
    page = Page(browser, url, 1280)
    assert post(replica.connection(), review("shop", "the-new-one", "nginx:9.9")) == 200
    page.value("document.querySelector('summary').click()")
    await_on(page, "document.querySelector('.swaps').innerText.includes('the-new-one')", "the new swap")
    assert page.value("document.querySelector('details').open"), "what was unfolded is folded again"
    assert not page.complaints(), page.complaints()
    assert page.value("document.body.className") == ""
    replica.nginx.terminate()
    replica.nginx.wait()
    await_on(page, "getComputedStyle(document.getElementById('stale')).display == 'block'", "what says that it is stale")
    page.picture(pictures / "stale.png", height=400)


def main(programs, pictures, readme=None, seconds=0):
    pictures = pathlib.Path(pictures)
    pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Registry().serving() as registry:
        place = f"127.0.0.1:{registry.port}"
        replica = Replica(
            pathlib.Path(programs).resolve(), pathlib.Path(folder) / "replica", "imageswap-webhook-6b9c7d8f54-x2m4q",
            None if readme else place)
        verified = f"verified.example.com::{place}/mirror\n[VERIFY]{place}::\n"
        with replica.running(), Browser.running(pathlib.Path(folder) / "browser.log") as browser:
            replica.await_ready()
            url = f"http://127.0.0.1:{replica.metrics_port}/status"
            load_maps(replica, MAPS if readme else MAPS + verified)
            with Load(replica):
                time.sleep(float(seconds) or 11)
                if readme:
                    page = Page(browser, url, 1040)
                    check(page, 1040, "readme")
                    end = page.value("document.querySelector('.rules').closest('section').getBoundingClientRect().bottom")
                    page.picture(pathlib.Path(readme), height=round(end) + 16)
                    return
                ask(replica, "app", "absent")
                at_each_width(browser, url, "load", pictures, ["not-mirrored", place, "present 1", "absent 1"])
            registry.is_down = True
            ask(replica, *(f"new-{number}" for number in range(8)))
            load_maps(replica, HOSTILE_MAPS)
            connection = replica.connection()
            for number, text in enumerate(HOSTILE_TEXTS):
                body = review(text, text, f"{text}/evil/nginx:{number}", "nginx", kind=text[:60])
                assert post(connection, body) == 200
            seen = json.loads(fetch(replica, "?format=json"))["swaps"]
            assert any("<script>" in swap["from"] for swap in seen) and any("<script>" in s["name"] for s in seen)
            at_each_width(browser, url, "hostile", pictures, ["left alone"])
            check_refresh(browser, replica, url, pictures)
    print(f"status page: renders with hostile names, light and dark, with and without script; pictures in {pictures}")


if __name__ == "__main__":
    # `timeout` ends it so: what it started ends with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("status page: out of time"))
    arguments = [a for a in sys.argv[1:] if a != "--readme"]
    main(*arguments)

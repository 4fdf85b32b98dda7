"""Chromium without a window, by its DevTools protocol over two pipes: https://chromedevtools.github.io/devtools-protocol/"""

import base64
import contextlib
import json
import os
import select
import shutil
import subprocess
import tempfile
import time


class Browser:
    @staticmethod
    @contextlib.contextmanager
    def running(log):
        to_browser, from_browser = os.pipe(), os.pipe()

        def as_protocol_wants_it():
            # Requests on 3, answers on 4; first out of the way of both numbers.
            request, answer = os.dup2(to_browser[0], 40), os.dup2(from_browser[1], 41)
            os.dup2(request, 3)
            os.dup2(answer, 4)

        profile = tempfile.mkdtemp()
        command = [
            "chromium", "--headless=new", "--remote-debugging-pipe", f"--user-data-dir={profile}", "--no-first-run",
            "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--enable-logging=stderr",
            "--force-color-profile=srgb",
        ]
        if os.getuid() == 0:
            command.append("--no-sandbox")
        with log.open("w") as output:
            process = subprocess.Popen(
                command, stdout=output, stderr=output, close_fds=False, preexec_fn=as_protocol_wants_it)
        os.close(to_browser[0])
        os.close(from_browser[1])
        browser = Browser(process, to_browser[1], from_browser[0])
        try:
            yield browser
        finally:
            os.close(browser.requests)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            process.wait()
            os.close(browser.answers)
            shutil.rmtree(profile, ignore_errors=True)

    def __init__(self, process, requests, answers):
        self.process, self.requests, self.answers = process, requests, answers
        self.number, self.rest, self.events = 0, b"", []

    def call(self, method, session=None, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.requests, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + 20
        while True:
            answer = self.receive(end)
            if answer is None:
                raise SystemExit(f"the browser did not answer {method}")
            if answer.get("id") == self.number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]
            self.events.append(answer)

    def receive(self, end):
        """The next message; None where none came until then."""
        while b"\0" not in self.rest:
            if not select.select([self.answers], [], [], max(0, end - time.monotonic()))[0]:
                return None
            data = os.read(self.answers, 1 << 20)
            if not data:
                raise SystemExit("the browser ended")
            self.rest += data
        message, _, self.rest = self.rest.partition(b"\0")
        return json.loads(message)

    def wait(self, method, session, seconds=20):
        """Until an event was there."""
        end = time.monotonic() + seconds
        while not any(e.get("method") == method and e.get("sessionId") == session for e in self.events):
            event = self.receive(end)
            if event is None:
                raise SystemExit(f"the browser did not tell of {method}")
            self.events.append(event)

    def collect(self, seconds):
        end = time.monotonic() + seconds
        while (event := self.receive(end)) is not None:
            self.events.append(event)


class Page:
    """A tab of its own, opened at an address."""

    def __init__(self, browser, url, width, scheme="light", scripts=True):
        self.browser = browser
        context = browser.call("Target.createBrowserContext")["browserContextId"]
        target = browser.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        if not scripts:
            self.call("Emulation.setScriptExecutionDisabled", value=True)
        self.call("Page.navigate", url=url)
        browser.wait("Page.loadEventFired", self.session)
        browser.collect(0.2)

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def of(self, method):
        return [
            e["params"] for e in self.browser.events
            if e.get("sessionId") == self.session and e.get("method") == method
        ]

    def complaints(self):
        """What the browser's console has."""
        return (
            [e["entry"] for e in self.of("Log.entryAdded")] + self.of("Runtime.exceptionThrown")
            + self.of("Runtime.consoleAPICalled") + self.of("Network.loadingFailed"))

    def requested(self):
        return [e["request"]["url"] for e in self.of("Network.requestWillBeSent")]

    def picture(self, path, height=None):
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": height or size["height"], "scale": 1}
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)["data"]
        path.write_bytes(base64.b64decode(data))

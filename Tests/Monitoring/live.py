"""Rules and dashboard against a real Prometheus that scrapes two replicas under load: live.py PROGRAMS.

Each has a verifier, which asks a registry of Python's. Beside them imageswap-init pull-secrets copies Secrets, before a
stand-in for an API server.

1. Under load, every query of the dashboard returns data; then no alert's expression holds.
2. Then things are broken one by one, and of each the alert's expression holds, and no other.
3. All that the rules look at was there to be seen.

Expressions are asked for, not alerts, which would take their "for"; Tests/Monitoring/rules-test.yaml has those.
"""

import contextlib
import http.client
import pathlib
import re
import sys
import tempfile
import threading
import time

import dashboard
from exporters import Exporters
from prometheus import Prometheus
from pull_secrets import PullSecrets
from registry import Registry
from replica import Replica, post, replace, review

LOAD_SECONDS = 6
IMAGES = [
    # One for each kind of rule in deploy/maps/imageswap-maps.conf, and what no kubelet would take.
    "nginx:1.27", "bitnami/redis", "quay.io/a/b:1", "ghcr.io/a/b", "busybox:1.36", "gcr.io/a/debug-x:1",
    "registry.example.com/library/nginx:1.27", "Not An Image", "registry.k8s.io/pause:3.10",
]
# Of the dashboard, what has data only once something is broken.
AFTERWARDS = {"Images that are not mirrored, 24 h"}
# How fast this machine is today is no fault.
MEASURED = {"ImageSwapSlow"}
# Shown by unit tests only: these take hours, or a machine that is slow.
NOT_BROKEN = {
    "ImageSwapCAExpiresSoon", "ImageSwapPullSecretsFail", "ImageSwapRenewalFails", "ImageSwapSlow",
    "ImageSwapThreadsBusy", "ImageSwapWorkersCrash",
}


class Load:
    """Reviews to both replicas, some two hundred a second."""

    def __init__(self, replicas):
        self.is_over = threading.Event()
        self.failures = []
        self.threads = [threading.Thread(target=self.post, args=(replica,)) for replica in replicas]

    def post(self, replica):
        connection, number = replica.connection(), 0
        while not self.is_over.wait(0.01):
            number += 1
            images = IMAGES[number % 4:]
            if number % 4 == 1:
                # Some of them are asked for again, as the cache has it.
                images = [f"verified.example.com/app:{number // 8 % 100}", *images]
            body = review("UPDATE" if number % 3 == 0 else "CREATE", *images)
            try:
                status = post(connection, body)
                if status != 200:
                    self.failures.append(f"{replica.name}: {status}")
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(f"{replica.name}: {error!r}")
                return

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        for thread in self.threads:
            thread.join()


def check_dashboard(prometheus, is_afterwards=False):
    """Every query has data; it may take a second scrape after the load's begin."""
    asked = [
        (where, *others) for where, *others in dashboard.queries(dashboard.load())
        if any(where.startswith(title) for title in AFTERWARDS) == is_afterwards
    ]
    wrong = []
    for where, expression, is_instant in asked:
        seen = prometheus.query(expression) if is_instant else prometheus.query_range(expression, LOAD_SECONDS)
        if not seen:
            wrong.append(f"the dashboard's {where!r} has no data: {expression}")
    # An "or vector(0)" would hide a name that is none.
    looked_at = {s for _, expression, _ in asked for s in selectors(expression) if not s.startswith("ALERTS")}
    wrong += [f"no series, of the dashboard: {s}" for s in sorted(looked_at) if not prometheus.query(s)]
    namespaces = prometheus.ask("label/namespace/values", **{"match[]": "imageswap_build_info"})
    if namespaces != ["imageswap-system"]:
        wrong.append(f"the dashboard's choice of namespaces: {namespaces}")
    return len(asked), wrong


def selectors(expression):
    """What an expression looks at: names with their matchers."""
    found = re.findall(r"\w*\{[^}]*\}", expression)
    rest = re.sub(r"\w*\{[^}]*\}", "", expression)
    return found + re.findall(r"\b(?:(?:imageswap|apiserver|kube)_\w+|up)\b", rest)


class Alerts:
    """Whose expressions hold now, and whose have to."""

    def __init__(self, prometheus):
        self.prometheus, self.rules = prometheus, prometheus.rules()
        self.expected = set()

    def holding(self):
        names = self.rules.keys() - MEASURED
        return {name for name in names if self.prometheus.query(self.rules[name]["query"])}

    def begin(self, *names):
        """These begin to hold, those before go on, and no other does, within some scrapes: one may be late."""
        self.expected |= set(names)
        end = time.monotonic() + 15
        while (holding := self.holding()) != self.expected:
            if time.monotonic() > end:
                missing, others = sorted(self.expected - holding), sorted(holding - self.expected)
                sys.exit(f"after what leads to {sorted(names)}: {missing} do not hold, {others} do, too")
            time.sleep(0.2)

    def await_(self, name):
        """This one begins to hold, while others end."""
        self.expected.add(name)
        self.prometheus.await_(lambda: self.prometheus.query(self.rules[name]["query"]), name)


def break_verification(alerts, one, registry):
    connection = one.connection()

    def ask(*images):
        assert post(connection, review("CREATE", *(f"verified.example.com/{image}" for image in images))) == 200

    ask("absent")
    alerts.begin("ImageSwapImagesNotMirrored")
    # More than a fifth of what the load asked for; of what is nobody's to see nothing is known.
    for _ in range(300):
        ask("secret")
    alerts.begin("ImageSwapVerificationIncomplete")
    registry.is_down = True
    ask(*(f"new-{number}" for number in range(8)))
    alerts.begin("ImageSwapRegistryLeftAlone")
    one.verifier.terminate()
    one.verifier.wait()
    for _ in range(100):
        ask("app")
    alerts.begin("ImageSwapVerifierUnreachable")


def break_pull_secrets(alerts, api):
    api.full.add("full")
    api.put("namespaces", "full")
    alerts.begin("ImageSwapPullSecretsIncomplete")
    api.delete_source("regcred")
    alerts.begin("ImageSwapPullSecretSourceMissing")


def break_all(alerts, one, exporters):
    one.kill_worker()
    alerts.begin("ImageSwapWorkersRestart")

    for _ in range(8):
        assert post(one.connection(), b"no review") == 400
    alerts.begin("ImageSwapBadRequests")

    # One line is none, and of another's value no valid name can come.
    replace(one.maps, "default::registry.example.com\nno rule\nquay.io::registry.example.com/UPPER\n")
    alerts.begin("ImageSwapRulesInvalidLines", "ImageSwapRulesDiffer")
    assert post(one.connection(), review("CREATE", "quay.io/a/b:1")) == 200
    alerts.begin("ImageSwapInvalidResults")

    replace(one.maps, "")
    alerts.begin("ImageSwapRulesNotLoaded")

    replace(one.namespace_maps, "no rule\n")
    alerts.begin("ImageSwapNamespaceRulesNotLoaded")

    one.issue(days=1)
    one.look_now()
    alerts.begin("ImageSwapCertificateExpires", "ImageSwapCertificateExpiresSoon")

    exporters.refused += 100
    exporters.passed += 10
    exporters.slow_calls += 1000
    exporters.available = 1
    alerts.begin("ImageSwapCallsRejected", "ImageSwapFailsOpen", "ImageSwapCallsSlow", "ImageSwapReplicasDown")


def main():
    programs = pathlib.Path(sys.argv[1]).resolve()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        folder = pathlib.Path(folder)
        registry = stack.enter_context(Registry().serving())
        replicas = [
            stack.enter_context(Replica(programs, folder / name, name, f"127.0.0.1:{registry.port}").running())
            for name in ("one", "other")
        ]
        for replica in replicas:
            replica.await_ready()
        pull_secrets = stack.enter_context(PullSecrets(programs, folder / "pull-secrets").running())
        pull_secrets.await_ready()
        exporters = Exporters()
        exporters_port = stack.enter_context(exporters.serving())
        prometheus = stack.enter_context(
            Prometheus(folder / "prometheus").running(replicas, pull_secrets.port, exporters_port))

        # Two of each replica, and three others. Prometheus may come to a job only after five seconds.
        prometheus.await_(lambda: prometheus.query("sum(up)") == [7], "each target's first scrape")
        with Load(replicas) as load:
            pull_secrets.api.put_source("regcred", b'{"auths": {}}')
            time.sleep(LOAD_SECONDS)
            alerts = Alerts(prometheus)
            # A scrape may be late.
            end = time.monotonic() + 15
            while (seen := check_dashboard(prometheus))[1] and time.monotonic() < end:
                time.sleep(1)
            asked, wrong = seen
        wrong += load.failures
        wrong += [f"{name}: {rule['lastError']}" for name, rule in alerts.rules.items() if rule["health"] != "ok"]
        # Both copies, made and then given what the source holds since.
        writes = prometheus.query("imageswap_pull_secrets_writes_total")
        if sorted(writes) != [0, 2, 2]:
            wrong.append(f"pull-secrets made, changed and took away so many copies: {writes}")
        if wrong:
            sys.exit("\n".join(wrong))
        # Nothing is broken.
        alerts.begin()

        break_verification(alerts, replicas[0], registry)
        break_pull_secrets(alerts, pull_secrets.api)
        break_all(alerts, replicas[0], exporters)
        more, wrong = check_dashboard(prometheus, is_afterwards=True)
        assert more, "the dashboard has none of what comes afterwards"
        asked += more
        # There was a new map file among what was broken.
        for name, expression in dashboard.annotations(dashboard.load()):
            if not prometheus.query_range(expression, time.monotonic() - began):
                wrong.append(f"the dashboard's annotation {name!r} has no data: {expression}")
        looked_at = {selector for rule in alerts.rules.values() for selector in selectors(rule["query"])}
        wrong += [f"no series, of the rules: {s}" for s in sorted(looked_at) if not prometheus.query(s)]
        pull_secrets.lose_policy()
        alerts.await_("ImageSwapPullSecretsDown")
        if pull_secrets.process.wait(timeout=10) != 78:
            wrong.append(f"pull-secrets ended with {pull_secrets.process.returncode}")
        replicas[1].nginx.terminate()
        alerts.await_("ImageSwapMetricsMissing")
        replicas[0].nginx.terminate()
        alerts.await_("ImageSwapDown")
        if alerts.expected != set(alerts.rules) - NOT_BROKEN:
            wrong.append(f"nothing here leads to {sorted(set(alerts.rules) - NOT_BROKEN - alerts.expected)}")
    if wrong:
        sys.exit("\n".join(wrong))
    print(
        f"{asked} queries of the dashboard have data; the alerts see {len(looked_at)} kinds of series, "
        f"and {len(alerts.expected)} of {len(alerts.rules)} were provoked ({time.monotonic() - began:.0f} s)")


main()

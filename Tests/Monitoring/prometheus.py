"""A real Prometheus over the replicas, with our rules, in a folder of its own on a free port."""

import contextlib
import json
import time
import urllib.error
import urllib.parse
import urllib.request

from programs import running
from replica import ROOT, free_port


class Prometheus:
    def __init__(self, folder):
        self.folder, self.port = folder, free_port()

    @contextlib.contextmanager
    def running(self, replicas, pull_secrets_port, exporters_port):
        self.folder.mkdir()
        # JSON is YAML.
        configuration = self.configuration(replicas, pull_secrets_port, exporters_port)
        (self.folder / "prometheus.yml").write_text(json.dumps(configuration))
        command = [
            "prometheus", f"--config.file={self.folder}/prometheus.yml", f"--storage.tsdb.path={self.folder}/data",
            f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=warn",
        ]
        log = self.folder / "log"
        with running((command, {}), log=log) as (process,):
            self.await_(lambda: self.is_ready(process, log), "Prometheus")
            yield self

    def configuration(self, replicas, pull_secrets_port, exporters_port):
        """The labels are those that the Prometheus operator sets for the monitors of deploy/monitoring."""
        def of_replicas(job, path):
            return {"job_name": job, "metrics_path": path, "static_configs": [{
                "targets": [f"127.0.0.1:{replica.metrics_port}"],
                "labels": {
                    "namespace": "imageswap-system", "service": "imageswap", "endpoint": "metrics",
                    "container": "nginx", "pod": replica.name,
                },
            } for replica in replicas]}

        def of_pull_secrets(job):
            return {"job_name": job, "static_configs": [{
                "targets": [f"127.0.0.1:{pull_secrets_port}"],
                "labels": {
                    "namespace": "imageswap-system", "endpoint": "metrics", "container": "pull-secrets",
                    "pod": "pull-secrets",
                },
            }]}

        def of_exporter(job, path):
            return {
                "job_name": job, "metrics_path": path, "honor_labels": True,
                "static_configs": [{"targets": [f"127.0.0.1:{exporters_port}"]}],
            }

        return {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(ROOT / "deploy/monitoring/rules.yaml")],
            "scrape_configs": [
                of_replicas("imageswap", "/metrics"),
                of_replicas("imageswap-init", "/metrics/certificates"),
                of_pull_secrets("imageswap-pull-secrets"),
                of_exporter("apiserver", "/api-server"),
                of_exporter("kube-state-metrics", "/kube-state-metrics"),
            ],
        }

    def is_ready(self, process, log):
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=5):
                return True
        except OSError:
            return False

    def ask(self, path, **parameters):
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{parameters}: {json.load(error)['error']}") from None

    def query(self, expression):
        """Values now, those left out that are no number."""
        data = self.ask("query", query=expression)
        samples = [data["result"]] if data["resultType"] == "scalar" else [s["value"] for s in data["result"]]
        return [float(value) for _, value in samples if value != "NaN"]

    def query_range(self, expression, seconds):
        now = time.time()
        data = self.ask("query_range", query=expression, start=now - seconds, end=now, step=1)
        return [float(value) for s in data["result"] for _, value in s["values"] if value != "NaN"]

    def rules(self):
        """Alert name -> rule, once each has been evaluated."""
        def evaluated():
            found = [rule for group in self.ask("rules")["groups"] for rule in group["rules"]]
            return found if found and all(rule["health"] != "unknown" for rule in found) else None
        return {rule["name"]: rule for rule in self.await_(evaluated, "the rules' first evaluation")}

    @staticmethod
    def await_(check, what, seconds=15):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := check():
                return found
            time.sleep(0.2)
        raise SystemExit(f"{what} did not come within {seconds} s")

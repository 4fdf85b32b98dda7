"""Stands in for what no replica tells: the API server's metrics of its webhook calls, and kube-state-metrics.

Names and labels are those of k8s.io/apiserver (pkg/admission/metrics) and of kube-state-metrics; the numbers are not.
"""

import contextlib
import http.server
import threading

LABELS = 'name="imageswap.webhook.k8s.twr.io"'
CALLED = LABELS + ',operation="CREATE",type="admit"'
BOUNDS = ["0.005", "0.025", "0.1", "0.5", "1", "2.5", "10", "25", "+Inf"]


class Exporters:
    def __init__(self):
        self.fast_calls, self.slow_calls, self.refused, self.passed, self.available = 0, 0, 1, 1, 2

    def api_server(self):
        """Each scrape finds ten more calls, which took 4 ms."""
        self.fast_calls += 10
        calls = self.fast_calls + self.slow_calls
        duration = "apiserver_admission_webhook_admission_duration_seconds"
        yield f"# TYPE {duration} histogram"
        for bound in BOUNDS:
            count = calls if float(bound) > 2 else self.fast_calls
            yield f'{duration}_bucket{{{CALLED},rejected="false",le="{bound}"}} {count}'
        yield f'{duration}_sum{{{CALLED},rejected="false"}} {self.fast_calls * 0.004 + self.slow_calls * 2}'
        yield f'{duration}_count{{{CALLED},rejected="false"}} {calls}'
        yield "# TYPE apiserver_admission_webhook_request_total counter"
        yield f'apiserver_admission_webhook_request_total{{{CALLED},code="200",rejected="false"}} {calls}'
        yield "# TYPE apiserver_admission_webhook_rejection_count counter"
        labels = CALLED + ',error_type="calling_webhook_error",rejection_code="500"'
        yield f"apiserver_admission_webhook_rejection_count{{{labels}}} {self.refused}"
        yield "# TYPE apiserver_admission_webhook_fail_open_count counter"
        yield f'apiserver_admission_webhook_fail_open_count{{{LABELS},type="admit"}} {self.passed}'

    def kube_state_metrics(self):
        told = {"spec_replicas": (2, 1), "status_replicas_available": (self.available, 1)}
        for name, numbers in told.items():
            yield f"# TYPE kube_deployment_{name} gauge"
            for deployment, number in zip(("imageswap-webhook", "imageswap-pull-secrets"), numbers):
                labels = f'namespace="imageswap-system",deployment="{deployment}"'
                yield f"kube_deployment_{name}{{{labels}}} {number}"

    @contextlib.contextmanager
    def serving(self):
        """The port, at which /api-server and /kube-state-metrics answer."""
        routes = {"/api-server": self.api_server, "/kube-state-metrics": self.kube_state_metrics}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                text = "".join(line + "\n" for line in routes[self.path]()).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield server.server_address[1]
            server.shutdown()

"""Runs the Deployment's pod spec with its security settings, posts reviews to it, and ends it under load.

pod.py MANIFEST TAG     the images imageswap-responder:TAG and imageswap-init:TAG take the place of those that it names
"""

import http.client
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

import kube_pod
from load import Load
from webhook import Reviews, Webhook

# How long the API servers and kube-proxies take to learn that a pod is no endpoint any more, in seconds.
PROPAGATION = 3


def podman(*arguments):
    return subprocess.run(["podman", *arguments], check=True, capture_output=True, text=True).stdout.strip()


def inspect(name):
    return json.loads(podman("inspect", name))[0]


class Problem(Exception):
    pass


def tag_images(pod, tag):
    """What is built here gets the names of the manifest."""
    for container in pod.all_containers():
        image = container["image"]
        for ours in ("imageswap-responder", "imageswap-init"):
            if ours in image:
                podman("tag", f"localhost/{ours}:{tag}", image if "/" in image else f"localhost/{image}")
        if "nginx" in image and "imageswap" not in image:
            podman("tag", "docker.io/library/nginx:stable", image if "." in image.split("/")[0] else f"docker.io/library/{image}")
        container["imagePullPolicy"] = "Never"


def probe(pod, container, kind, address):
    """Asks a probe once, as a kubelet would; answers whether it passed."""
    spec = container.get(kind)
    if spec is None:
        return True
    if "exec" in spec:
        name = f"{kube_pod.NAME}-{container['name']}"
        return subprocess.run(["podman", "exec", name, *spec["exec"]["command"]], capture_output=True).returncode == 0
    ports = {port.get("name"): port["containerPort"] for port in container.get("ports", [])}
    get = spec.get("httpGet") or spec["tcpSocket"]
    port = ports.get(get["port"], get["port"])
    try:
        if "tcpSocket" in spec:
            socket.create_connection((address, port), timeout=2).close()
            return True
        if get.get("scheme", "HTTP") == "HTTPS":
            # A kubelet verifies no certificate.
            context = ssl._create_unverified_context()
            connection = http.client.HTTPSConnection(address, port, timeout=2, context=context)
        else:
            connection = http.client.HTTPConnection(address, port, timeout=2)
        connection.request("GET", get.get("path", "/"))
        return 200 <= connection.getresponse().status < 400
    except OSError:
        return False


def await_probes(pod, address):
    end = time.monotonic() + 30
    waiting = [(it, kind) for kind in ("startupProbe", "readinessProbe", "livenessProbe") for it in pod.containers()]
    while waiting and time.monotonic() < end:
        waiting = [(it, kind) for it, kind in waiting if not probe(pod, it, kind, address)]
        time.sleep(0.2)
    if waiting:
        raise Problem(f"probes that do not pass: {[(it['name'], kind) for it, kind in waiting]}")


def check_locked_down(pod):
    """The processes themselves are asked whether they are as locked down as the manifest says."""
    for container in pod.containers():
        name = container["name"]
        context = {**pod.spec["securityContext"], **container["securityContext"]}
        process = inspect(f"{kube_pod.NAME}-{name}")["State"]["Pid"]
        with open(f"/proc/{process}/status") as file:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
        with open(f"/proc/{process}/mountinfo") as file:
            root = [line.split() for line in file if line.split()[4] == "/"][-1]
        found = {
            "user": int(status["Uid"].split()[0]),
            "group": int(status["Gid"].split()[0]),
            "shares the volumes' group": str(pod.group) in status["Groups"].split(),
            "capabilities": int(status["CapBnd"], 16) | int(status["CapEff"], 16),
            "no new privileges": status["NoNewPrivs"] == "1",
            "seccomp": status["Seccomp"] == "2",
            "read-only root": "ro" in root[5].split(","),
        }
        wanted = {
            "user": context["runAsUser"],
            "group": context["runAsGroup"],
            "shares the volumes' group": True,
            "capabilities": 0,
            "no new privileges": not context["allowPrivilegeEscalation"],
            "seccomp": context["seccompProfile"]["type"] == "RuntimeDefault",
            "read-only root": context["readOnlyRootFilesystem"],
        }
        if found != wanted or context["capabilities"]["drop"] != ["ALL"] or not context["runAsNonRoot"]:
            raise Problem(f"{name} runs with {found}, not {wanted}")


class Ending(threading.Thread):
    """Ends a container as a kubelet does: the preStop hook, the image's stop signal, and SIGKILL when the grace is over."""

    def __init__(self, container, grace):
        super().__init__()
        self.container, self.grace = container, grace
        self.name = f"{kube_pod.NAME}-{container['name']}"
        self.problem = None
        self.lived = None

    def run(self):
        begin = time.monotonic()
        hook = self.container.get("lifecycle", {}).get("preStop")
        if hook and "exec" in hook:
            command = hook["exec"]["command"]
            try:
                done = subprocess.run(
                    ["podman", "exec", self.name, *command], capture_output=True, text=True, timeout=self.grace)
                # A container that ended meanwhile takes its hook with it.
                if done.returncode != 0 and inspect(self.name)["State"]["Running"]:
                    self.problem = f"{self.name}: preStop failed with {done.returncode}: {done.stderr}"
            except subprocess.TimeoutExpired:
                self.problem = f"{self.name}: preStop took longer than the grace"
        elif hook:
            time.sleep(hook["sleep"]["seconds"])
        subprocess.run(["podman", "kill", "--signal", self.stop_signal(), self.name], capture_output=True)
        while inspect(self.name)["State"]["Running"]:
            if time.monotonic() - begin > self.grace:
                self.problem = f"{self.name}: still runs after the grace of {self.grace} s"
                subprocess.run(["podman", "kill", "--signal", "KILL", self.name], capture_output=True)
                return
            time.sleep(0.1)
        self.lived = time.monotonic() - begin
        code = inspect(self.name)["State"]["ExitCode"]
        if code != 0:
            self.problem = f"{self.name}: exit code {code}"

    def stop_signal(self):
        return inspect(inspect(self.name)["Image"])["Config"].get("StopSignal") or "TERM"


def end_under_load(pod, reviews, new_webhook):
    load = Load(reviews, new_webhook)
    load.start()
    time.sleep(3)
    before = load.answered
    endings = [Ending(container, pod.grace) for container in pod.containers()]
    for ending in endings:
        ending.start()
    time.sleep(PROPAGATION)
    load.is_removed.set()
    for ending in endings:
        ending.join()
    stuck = load.wait(15)
    problems = [ending.problem for ending in endings if ending.problem] + load.problems
    if stuck:
        problems.append(f"{stuck} clients still have a connection")
    if before < 100 or load.answered <= before:
        problems.append(f"{before} reviews before the end and {load.answered - before} in it are no load")
    if problems:
        raise Problem(f"{len(load.problems)} reviews lost of {load.answered}: " + "\n".join(problems[:10]))
    lived = ", ".join(f"{it.container['name']} {it.lived:.1f} s" for it in endings)
    print(f"the pod ended under load: {load.answered} reviews, {load.answered - before} of them in its end, none lost")
    print(f"  lived on (grace {pod.grace} s): {lived}")


def main(manifest, tag):
    reviews = Reviews()
    with tempfile.TemporaryDirectory() as work:
        os.chmod(work, 0o755)
        pod = kube_pod.Pod(manifest, work)
        tag_images(pod, tag)
        name = f"imageswap.{pod.namespace}.svc"
        path = pod.write(reviews.maps, [name])
        try:
            try:
                podman("play", "kube", str(path))
                infra = json.loads(podman("pod", "inspect", kube_pod.NAME))["InfraContainerID"]
                networks = inspect(infra)["NetworkSettings"]["Networks"].values()
                (address,) = [network["IPAddress"] for network in networks]
                await_probes(pod, address)
                (volume,) = [mount["name"] for mount in pod.spec["initContainers"][0]["volumeMounts"] if mount["mountPath"] == "/tls"]
                authority = f"{work}/volumes/{volume}/ca.crt"

                def new_webhook():
                    return Webhook(address, 8443, authority, name)

                webhook = new_webhook()
                problems = [reviews.problem(it, *webhook.review(reviews.bodies[it])) for it in sorted(reviews.bodies)]
                if any(problems):
                    raise Problem("\n".join(filter(None, problems)))
                webhook.close()
                print(f"the pod answers all {len(problems)} reviews through nginx")
                check_locked_down(pod)
                print("each container runs as the manifest's security settings say")
                end_under_load(pod, reviews, new_webhook)
                return 0
            except (Problem, subprocess.CalledProcessError, ValueError) as problem:
                print(f"pod: {problem}", getattr(problem, "stderr", ""), sep="\n", file=sys.stderr)
                for container in pod.all_containers():
                    subprocess.run(["podman", "logs", "--tail", "20", f"{kube_pod.NAME}-{container['name']}"], stdout=sys.stderr)
                return 1
        finally:
            subprocess.run(["podman", "pod", "rm", "--force", kube_pod.NAME], capture_output=True)
            pod.close()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

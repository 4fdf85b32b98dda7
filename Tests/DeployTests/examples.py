"""The images of deploy/examples become what their annotations and the page say: examples.py PROGRAMS.

Each pod, and each template as the pod that its controller makes, is posted to the responder with the sample rules and those
of the examples' namespaces. Pull secrets, warnings and what the audit log is told are compared, too.
"""

import base64
import hashlib
import json
import pathlib
import sys
import tempfile

import yaml

from programs import await_file, request, running

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "deploy/examples"
MAPS = ROOT / "deploy/maps/imageswap-maps.conf"
ANNOTATION = "k8s.twr.io/expected-images"
SECRETS = "k8s.twr.io/expected-pull-secrets"
WARNING = "k8s.twr.io/expected-warning"


def pods():
    for path in sorted(EXAMPLES.glob("*.yaml")):
        for thing in yaml.safe_load_all(path.read_text()):
            if thing and thing["kind"] == "Pod":
                yield thing["metadata"]["name"], thing
            elif thing and thing["kind"] == "Deployment":
                template = thing["spec"]["template"]
                yield f"of {thing['metadata']['name']}", {"apiVersion": "v1", "kind": "Pod", **template}


def images(pod):
    spec = pod["spec"]
    for container in spec.get("initContainers", []) + spec["containers"]:
        yield container["name"], container["image"]
    for volume in spec.get("volumes", []):
        if "image" in volume:
            yield volume["name"], volume["image"]["reference"]


def answer_to(path, pod):
    review = {
        "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
        "request": {
            "uid": "1", "operation": "CREATE", "kind": {"group": "", "version": "v1", "kind": "Pod"},
            "resource": {"group": "", "version": "v1", "resource": "pods"}, "object": pod,
            "namespace": pod["metadata"].get("namespace", ""),
        },
    }
    answer = json.loads(request(path, "POST", "/", json.dumps(review).encode(), "application/json"))["response"]
    assert answer["allowed"] is True
    return answer


def patched(pod, answer):
    """Puts the answer's patch into the pod."""
    for operation in json.loads(base64.b64decode(answer.get("patch", "W10="))):
        *parents, last = [int(k) if k.isdigit() else k for k in operation["path"].split("/")[1:]]
        place = pod
        for key in parents:
            place = place[key]
        assert operation["op"] == "replace" or last == "imagePullSecrets" and last not in place
        place[last] = operation["value"]


def told(namespace, before, after):
    """What the audit log must be told of a pod."""
    changes = [f"{old} -> {new}" for old, new in zip(before, after) if old != new]
    own = EXAMPLES / f"namespace-maps/{namespace}.conf"
    text = MAPS.read_bytes() + (own.read_bytes() if own.exists() else b"")
    return (sorted(changes), hashlib.sha256(text).hexdigest()[:12]) if changes else ([], None)


def main():
    wrong, count = [], 0
    page = (EXAMPLES / "README.md").read_text()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        command = [f"{sys.argv[1]}/imageswap-responder", "--socket", folder / "socket"]
        variables = {
            "IMAGESWAP_MAPS_FILE": str(MAPS), "IMAGESWAP_NAMESPACE_MAPS_DIR": str(EXAMPLES / "namespace-maps"),
        }
        with running((command, variables), log=folder / "log") as processes:
            await_file(folder / "socket", processes[0])
            for name, pod in pods():
                notes = pod["metadata"]["annotations"]
                expected, namespace = notes[ANNOTATION].split(), pod["metadata"].get("namespace")
                before = [image for _, image in images(pod)]
                answer = answer_to(str(folder / "socket"), pod)
                patched(pod, answer)
                count += 1

                def compare(what, seen, wanted):
                    if seen != wanted:
                        wrong.append(f"{name}: {what}: {seen}, not {wanted}")

                compare("images", [f"{n}={image}" for n, image in images(pod)], expected)
                secrets = [s["name"] for s in pod["spec"].get("imagePullSecrets", [])]
                compare("pull secrets", secrets, notes.get(SECRETS, "").split())
                compare("warnings", answer.get("warnings", []), [notes[WARNING]] if WARNING in notes else [])
                audit = answer.get("auditAnnotations", {})
                changes = sorted(c.partition(": ")[2] for c in audit["swapped"].split("; ")) if audit else []
                compare("the audit log", (changes, audit.get("rules")),
                        told(namespace, before, [image for _, image in images(pod)]))
                for image in before + [e.partition("=")[2] for e in expected]:
                    if f"`{image}`" not in page:
                        wrong.append(f"{name}: the page does not name {image}")
                for text in secrets + answer.get("warnings", []):
                    if text not in page:
                        wrong.append(f"{name}: the page does not name {text}")
    print("\n".join(wrong) or f"{count} examples become what they say")
    sys.exit(bool(wrong or not count))


main()

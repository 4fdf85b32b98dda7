"""The images of deploy/examples become what their annotations and the page say: examples.py PROGRAMS.

Each pod, and each template as the pod that its controller makes, is posted to the responder with the sample rules.
"""

import base64
import json
import pathlib
import sys
import tempfile

import yaml

from programs import await_file, request, running

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "deploy/examples"
ANNOTATION = "k8s.twr.io/expected-images"


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


def swapped(path, pod):
    """The pod with the patch of the answer in it."""
    review = {
        "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
        "request": {
            "uid": "1", "operation": "CREATE", "kind": {"group": "", "version": "v1", "kind": "Pod"},
            "resource": {"group": "", "version": "v1", "resource": "pods"}, "object": pod,
        },
    }
    answer = json.loads(request(path, "POST", "/", json.dumps(review).encode(), "application/json"))["response"]
    assert answer["allowed"] is True
    for operation in json.loads(base64.b64decode(answer.get("patch", "W10="))):
        assert operation["op"] == "replace"
        *parents, last = [int(k) if k.isdigit() else k for k in operation["path"].split("/")[1:]]
        place = pod
        for key in parents:
            place = place[key]
        place[last] = operation["value"]
    return pod


def main():
    wrong, count = [], 0
    page = (EXAMPLES / "README.md").read_text()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        command = [f"{sys.argv[1]}/imageswap-responder", "--socket", folder / "socket"]
        variables = {"IMAGESWAP_MAPS_FILE": str(ROOT / "deploy/maps/imageswap-maps.conf")}
        with running((command, variables), log=folder / "log") as processes:
            await_file(folder / "socket", processes[0])
            for name, pod in pods():
                expected = pod["metadata"]["annotations"][ANNOTATION].split()
                before = [image for _, image in images(pod)]
                seen = [f"{n}={image}" for n, image in images(swapped(str(folder / "socket"), pod))]
                count += 1
                if seen != expected:
                    wrong.append(f"{name}: {seen}, not {expected}")
                for image in before + [e.partition("=")[2] for e in expected]:
                    if f"`{image}`" not in page:
                        wrong.append(f"{name}: the page does not name {image}")
    print("\n".join(wrong) or f"{count} examples become what they say")
    sys.exit(bool(wrong or not count))


main()

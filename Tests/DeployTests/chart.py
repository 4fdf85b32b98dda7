"""The Helm chart and deploy/k8s render the same objects: chart.py RENDERED.

Each row of VARIANTS is rendered by both (by the commands in HELM and KUBECTL) and compared object by object; what has to
differ is taken away by the functions under "What differs", and by nothing else. What the chart rendered, the pod of helm
test with it, is left in the folder RENDERED, a file a variant, for the checks that kustomize's output goes through, too.
"""

import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass

import yaml

from chart_only import CHART_ONLY
from helm import CHART, NAMESPACE, ROOT, arguments, helm, template

EXAMPLE = {"rules.maps": "deploy/maps/imageswap-maps.conf"}

# Name -> what kustomize gets (components, or an overlay), and what the chart gets.
VARIANTS = {
    "base": ([], {}),
    "cluster-wide": (["cluster-wide"], {"webhook.clusterWide": True}),
    "operators": (["operators"], {"webhook.leaveOutOperators": True}),
    "workloads": (["workloads"], {"webhook.workloads": True}),
    "enforced": (["enforced"], {"webhook.enforced": True}),
    "csr": (["csr"], {"certificates.source": "csr"}),
    "cert-manager": (["cert-manager"], {"certificates.source": "cert-manager"}),
    "mtls": (["mtls"], {"mtls.enabled": True}),
    "ipv6": (["ipv6"], {"ipv6": True}),
    "openshift": (["openshift"], {"openshift": True}),
    "verify": (["verify"], {"verify.enabled": True}),
    "pull-secrets": (["pull-secrets"], {"pullSecrets.names": ["regcred"]}),
    "monitoring": (["monitoring"], {"monitoring.enabled": True}),
    "migration": (["migration"], {"service.create": False, "namespace.create": False}),
}


def combine(*names):
    """Of rows above, in the order in which kustomize wants them."""
    values = {}
    for name in names:
        values |= VARIANTS[name][1]
    VARIANTS["+".join(names)] = (list(names), values)


EVERYTHING = ["pull-secrets", "cluster-wide", "workloads", "operators", "mtls", "ipv6"]
combine(*EVERYTHING)
combine("csr", *EVERYTHING, "openshift")
combine("cert-manager", *EVERYTHING, "openshift")
combine("cert-manager", "monitoring")
combine("pull-secrets", "monitoring")
combine("mtls", "verify", "openshift")
combine("cluster-wide", "workloads", "enforced")
combine("cert-manager", "cluster-wide", "workloads", "enforced")
VARIANTS |= {
    "overlay-development": (
        "development",
        {"replicas": 1, "autoscaling.enabled": False, "logLevel": "DEBUG", "webhook.failurePolicy": "Ignore"},
    ),
    "overlay-production": (
        "production",
        {
            "images.responder.repository": "registry.example.com/imageswap/imageswap-responder",
            "images.init.repository": "registry.example.com/imageswap/imageswap-init",
            "images.nginx.repository": "registry.example.com/library/nginx",
            "webhook.clusterWide": True,
            "webhook.leaveOutOperators": True,
            "rules.strict": True,
            "rules.maps": "deploy/k8s/overlays/production/imageswap-maps.conf",
            "replicas": 3,
            "autoscaling.maxReplicas": 9,
            "spread.nodes": "DoNotSchedule",
        },
    ),
    "overlay-legacy": ("legacy", {"mode": "LEGACY", "imagePrefix": "registry.example.com/mirror"}),
}


# What differs

HELM_LABELS = {
    "app.kubernetes.io/instance", "app.kubernetes.io/managed-by", "app.kubernetes.io/version", "helm.sh/chart",
}


def without_helm_labels(o):
    """Whose release it is. Whatever Helm makes has the project's name as a label, too, ConfigMaps among them."""
    labels = o["metadata"].setdefault("labels", {})
    missing = HELM_LABELS - set(labels)
    assert not missing, f"{o['kind']} {o['metadata']['name']} lacks {sorted(missing)}"
    for name in HELM_LABELS:
        del labels[name]
    assert labels["app.kubernetes.io/name"] == "imageswap"


def with_name_label(o):
    """As the chart labels it: kustomize's generated ConfigMaps and its patches' objects."""
    o["metadata"].setdefault("labels", {}).setdefault("app.kubernetes.io/name", "imageswap")


def without_checksums(o):
    """How a change of configuration rolls the pods: by kustomize's names with a hash, by the chart's annotations."""
    if o["kind"] == "Deployment" and o["metadata"]["name"] == "imageswap-webhook":
        annotations = o["spec"]["template"]["metadata"]["annotations"]
        assert {k for k in annotations if k.startswith("checksum/")} == {
            "checksum/settings", "checksum/nginx", "checksum/webhook-template",
        }
        for name in [k for k in annotations if k.startswith("checksum/")]:
            del annotations[name]


def without_hashes(text):
    """Names that kustomize made: NAME-HASH."""
    return re.sub(r"\b(imageswap-(?:settings|nginx|webhook-template))-[a-z0-9]{10}\b", r"\1", text)


def without_replicas(objects):
    """Of a Deployment that has an autoscaler: an upgrade must not set back what that one chose."""
    scaled = {o["spec"]["scaleTargetRef"]["name"] for o in objects if o["kind"] == "HorizontalPodAutoscaler"}
    for o in objects:
        if o["kind"] == "Deployment" and o["metadata"]["name"] in scaled:
            o["spec"].pop("replicas")


def with_last_newline(o):
    """Of the lines for IPv6: kustomize has them as literals, since a component reads files of its own folder only."""
    if o["kind"] == "ConfigMap" and o["metadata"]["name"] == "imageswap-nginx":
        for name in ("listen-ipv6.conf", "monitoring-ipv6.conf"):
            if name in o["data"]:
                o["data"][name] += "\n"


def in_order(o):
    """The order of containers, volumes and mounts, which means nothing: kustomize puts a component's first."""
    if o["kind"] == "Deployment":
        pod = o["spec"]["template"]["spec"]
        pod["volumes"].sort(key=lambda v: v["name"])
        pod["containers"].sort(key=lambda c: c["name"])
        for container in pod.get("initContainers", []) + pod["containers"]:
            container["volumeMounts"].sort(key=lambda m: m["mountPath"])


# How they are rendered, and compared


def by_kustomize(what, folder):
    if isinstance(what, str):
        folder = ROOT / "deploy/k8s/overlays" / what
    else:
        base = os.path.relpath(ROOT / "deploy/k8s", folder)
        overlay = {"resources": [f"{base}/base"], "components": [f"{base}/components/{c}" for c in what]}
        (folder / "kustomization.yaml").write_text(json.dumps(overlay))
    command = [*shlex.split(os.environ["KUBECTL"]), "kustomize", str(folder)]
    text = subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, check=True).stdout
    objects = [o for o in yaml.safe_load_all(without_hashes(text)) if o]
    without_replicas(objects)
    for o in objects:
        with_name_label(o)
        with_last_newline(o)
        in_order(o)
    return objects


def is_of_test(o):
    """What helm test makes, and helm install does not."""
    return o["metadata"].get("annotations", {}).get("helm.sh/hook") == "test"


def by_helm(text):
    objects = [o for o in yaml.safe_load_all(text) if o]
    assert len([o for o in objects if is_of_test(o)]) == 1, "there is no test"
    objects = [o for o in objects if not is_of_test(o)]
    for o in objects:
        without_helm_labels(o)
        without_checksums(o)
        in_order(o)
    return objects


def keyed(objects):
    found = {(o["apiVersion"], o["kind"], o["metadata"].get("namespace", ""), o["metadata"]["name"]): o for o in objects}
    assert len(found) == len(objects), "an object is there twice"
    return found


def differences(one, other, path=""):
    """Of two values, each a line: where, and both."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            yield from differences(one.get(key), other.get(key), f"{path}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(one, other)):
            yield from differences(*pair, f"{path}/{index}")
    elif one != other:
        yield f"{path}: kustomize has {one!r}, the chart {other!r}"


def compare(name, kustomize, helm):
    one, other = keyed(kustomize), keyed(helm)
    for key in sorted(one.keys() - other.keys()):
        yield f"{name}: the chart lacks {' '.join(key)}"
    for key in sorted(other.keys() - one.keys()):
        yield f"{name}: kustomize lacks {' '.join(key)}"
    for key in sorted(one.keys() & other.keys()):
        for line in differences(one[key], other[key]):
            yield f"{name}: {key[1]} {key[3]}: {line}"


@dataclass
class Variant:
    name: str
    # What kustomize gets: components, or the name of an overlay.
    what: list | str
    values: dict
    edit: Callable = lambda objects: objects
    namespace: str = NAMESPACE
    options: tuple = ()


def check(variant, folder, rendered):
    values = EXAMPLE | {"namespace.create": True} | variant.values
    values = {name: value for name, value in values.items() if value is not None}
    text, refusal = template(values, *variant.options, namespace=variant.namespace)
    if text is None:
        return [f"{variant.name}: {refusal}"]
    (rendered / f"{variant.name}.yaml").write_text(text)
    objects = by_kustomize(variant.what, folder)
    wrong = list(compare(variant.name, variant.edit(objects) or objects, by_helm(text)))
    options = [*variant.options, "--namespace", variant.namespace, *arguments(values)]
    code, report, said = helm("lint", "--strict", "--quiet", *options, str(CHART))
    if code != 0:
        wrong.append(f"{variant.name}: helm lint: {report}{said}")
    return wrong


def values_of_page():
    """The values that docs/install.md shows."""
    section = re.search(r"(?ms)^## With Helm$(.*?)^##", (ROOT / "docs/install.md").read_text())[1]
    return re.search(r"(?ms)^```yaml$(.*?)^```$", section)[1]


def main():
    rendered = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder).resolve()
        variants = [Variant(name, *row) for name, row in VARIANTS.items()]
        variants += [Variant(n, r.components, r.values, r.edit, r.namespace) for n, r in CHART_ONLY.items()]
        page = folder / "imageswap.yaml"
        page.write_text(values_of_page())
        maps = {name: value for name, value in VARIANTS["overlay-production"][1].items() if name == "rules.maps"}
        variants.append(Variant("install.md", "production", maps, options=("--values", str(page))))
        wrong = [line for variant in variants for line in check(variant, folder, rendered)]
    # The first tell enough: one difference may be in all of them.
    print("\n".join(wrong[:40]) or f"the chart renders what kustomize does, in {len(variants)} variants")
    sys.exit(bool(wrong))


main()

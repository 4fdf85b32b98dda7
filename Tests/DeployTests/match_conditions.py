"""Which real reviews the API server would send: match_conditions.py FOLDER (of rendered *.yaml).

Rules, objectSelector and matchConditions of each variant are evaluated on the bodies in Tests/AdmissionTests/Reviews,
the conditions by a CEL library. No review whose images would be swapped may be held back, and none that is opted out
sent; where labels say nothing (the component enforced), those that have one are sent too.
"""

import json
import pathlib
import sys

import celpy
from celpy.adapter import json_to_cel

from manifests import Manifests

REVIEWS = pathlib.Path(__file__).resolve().parents[1] / "AdmissionTests/Reviews"

# What need not be sent: a label opts out, a mirror pod, or an update that sets nothing in the spec.
HELD_BACK = {
    "pod-create-disabled-label",
    "pod-create-mirror",
    "pod-update-finalizer-by-controller",
    "statefulset-create-template-disabled",
    "job-update-label",
}

# Of those: by the label.
LABELLED = {"pod-create-disabled-label", "statefulset-create-template-disabled"}

LABEL = "k8s.twr.io/imageswap"


def label(*path, value="disabled"):
    """Puts the label on what lies at this path of the object."""
    def change(request):
        thing = request["object"]
        for key in path:
            thing = thing[key]
        thing["metadata"].setdefault("labels", {})[LABEL] = value
    return change


def without(*path):
    """Takes a member away."""
    def change(request):
        thing = request["object"]
        for key in path[:-1]:
            thing = thing[key]
        thing.pop(path[-1], None)
    return change


def same_spec(request):
    request["oldObject"]["spec"] = request["object"]["spec"]


BY_LABEL = "unless labels say nothing"

# The conditions' own corners: fixture, what is done to it, and whether it is sent then.
VARIED = [
    ("pod-create-by-controller", "label enabled", label(value="enabled"), True),
    ("pod-create-by-controller", "no labels at all", without("metadata", "labels"), True),
    ("pod-create-by-controller", "no annotations", without("metadata", "annotations"), True),
    ("pod-create-by-controller", "label disabled", label(), BY_LABEL),
    ("pod-create-by-controller", "label audit", label(value="audit"), True),
    ("pod-update", "the same spec", same_spec, False),
    ("pod-update", "opted out by the update itself", label(), BY_LABEL),
    ("deployment-create", "label on the template", label("spec", "template"), BY_LABEL),
    ("deployment-create", "no metadata in the template", without("spec", "template", "metadata"), True),
    ("cronjob-create", "label on the jobs' template", label("spec", "jobTemplate", "spec", "template"), BY_LABEL),
]
OPERATORS = ["cnpg.io/cluster", "olm.catalogSource", "aerospike.com/cr"]


def rule_takes(rule, request):
    resource = request["resource"]["resource"]
    if request.get("subResource"):
        resource += "/" + request["subResource"]
    return (
        request["resource"]["group"] in rule["apiGroups"]
        and request["resource"]["version"] in rule["apiVersions"]
        and request["operation"] in rule["operations"] and resource in rule["resources"]
    )


def selector_takes(selector, thing):
    labels = ((thing or {}).get("metadata") or {}).get("labels") or {}
    for e in (selector or {}).get("matchExpressions", []):
        value = labels.get(e["key"])
        if e["operator"] == "NotIn" and value in e["values"]:
            return False
        if e["operator"] == "DoesNotExist" and value is not None:
            return False
    return True


class Webhook:
    def __init__(self, webhook):
        self.webhook = webhook
        environment = celpy.Environment()
        self.conditions = {
            c["name"]: environment.program(environment.compile(c["expression"])) for c in webhook["matchConditions"]
        }

    def has_rule(self, request):
        return any(rule_takes(r, request) for r in self.webhook["rules"])

    def is_sent(self, request):
        """As the API server decides; an error in a condition is raised."""
        things = [request.get("object"), request.get("oldObject")]
        if not self.has_rule(request):
            return False
        if not any(selector_takes(self.webhook.get("objectSelector"), t) for t in things if t is not None):
            return False
        names = {"request": request, "object": things[0], "oldObject": things[1]}
        values = {k: json_to_cel(v) for k, v in names.items()}
        return all(bool(program.evaluate(values)) for program in self.conditions.values())


def check(variant):
    webhook = Webhook(variant.webhooks[0])
    patches = json.loads((REVIEWS / "expected.json").read_text())["patches"]
    wrong, sent = [], 0
    is_enforced = "enforced" in variant.name

    def review(name, what, request, wanted):
        nonlocal sent
        # The rules of a variant without the component workloads have pods only.
        wanted = wanted and webhook.has_rule(request)
        seen = webhook.is_sent(request)
        sent += seen
        if seen != wanted:
            wrong.append(f"{variant.name}: {name} {what}: {'sent' if seen else 'held back'}")

    for path in sorted(REVIEWS.glob("*.json")):
        if path.name == "expected.json":
            continue
        request = json.loads(path.read_text())["request"]
        wanted = path.stem not in HELD_BACK or is_enforced and path.stem in LABELLED
        assert wanted or not patches[path.name], f"{path.name} is said to be held back, but its images would be swapped"
        review(path.stem, "as recorded", request, wanted)
    for name, what, change, wanted in VARIED:
        request = json.loads((REVIEWS / f"{name}.json").read_text())["request"]
        change(request)
        review(name, what, request, is_enforced if wanted == BY_LABEL else wanted)
    expressions = variant.webhooks[0].get("objectSelector", {}).get("matchExpressions", [])
    leaves_out = any(e["operator"] == "DoesNotExist" for e in expressions)
    for label in OPERATORS:
        request = json.loads((REVIEWS / "pod-create-generatename.json").read_text())["request"]
        request["object"]["metadata"]["labels"] = {label: "x"}
        review("pod", f"with {label}", request, not leaves_out)
    return wrong, sent


def main():
    wrong, total = [], 0
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.yaml")):
        found, sent = check(Manifests(path))
        wrong += found
        total += sent
    print("\n".join(wrong) or f"matchConditions: {total} reviews sent, none too many, none too few")
    sys.exit(bool(wrong))


main()

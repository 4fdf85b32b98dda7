"""Splits rendered files into what a schema is known for: templates.py FROM TO.

Objects of cert-manager are left out; those of the Prometheus operator go into a JSON file; the webhook template is put
beside the objects, with an empty bundle.
"""

import json
import pathlib
import sys

import yaml

from manifests import Manifests

for path in sorted(pathlib.Path(sys.argv[1]).glob("*.yaml")):
    variant = Manifests(path)
    template = variant.template
    for webhook in template["webhooks"]:
        webhook["clientConfig"]["caBundle"] = ""
    groups = {}
    for o in variant.objects:
        groups.setdefault(o["apiVersion"].partition("/")[0], []).append(o)
    groups.pop("cert-manager.io", None)
    target = pathlib.Path(sys.argv[2]) / path.name
    if monitoring := groups.pop("monitoring.coreos.com", None):
        target.with_suffix(".json").write_text(json.dumps(monitoring))
    target.write_text(yaml.safe_dump_all(sum(groups.values(), []) + [template]))

"""Splits rendered files into what a schema is known for: templates.py FROM TO.

Objects of cert-manager are left out; the webhook template is put beside the objects, with an empty bundle.
"""

import pathlib
import sys

import yaml

from manifests import Manifests

for path in sorted(pathlib.Path(sys.argv[1]).glob("*.yaml")):
    variant = Manifests(path)
    template = variant.template
    for webhook in template["webhooks"]:
        webhook["clientConfig"]["caBundle"] = ""
    objects = [o for o in variant.objects if not o["apiVersion"].startswith("cert-manager.io/")]
    (pathlib.Path(sys.argv[2]) / path.name).write_text(yaml.safe_dump_all(objects + [template]))

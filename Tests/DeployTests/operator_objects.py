"""Objects of the Prometheus operator are what its API takes, unknown fields refused: operator_objects.py FILE… (JSON)."""

import json
import sys

from cloudcoil.models.prometheus_operator import v1

count = 0
for path in sys.argv[1:]:
    with open(path) as file:
        objects = json.load(file)
    for thing in objects:
        taken = getattr(v1, thing["kind"]).model_validate(thing)
        # The models leave out what they do not know.
        kept = taken.model_dump(mode="json", by_alias=True, exclude_unset=True)
        if kept != thing:
            sys.exit(f"{path}: {thing['kind']}: a field is unknown, or not of its type:\n{thing}\n{kept}")
        count += 1
if not count:
    sys.exit("no objects of the Prometheus operator")
print(f"{count} objects of the Prometheus operator are valid")

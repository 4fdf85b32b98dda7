"""deploy/monitoring/dashboard.json is what Grafana's own types take, and has no field that they do not know."""

import json
import pathlib
import sys

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

FILE = pathlib.Path(__file__).resolve().parents[2] / "deploy/monitoring/dashboard.json"
# Of an annotation's text: read by the data source for Prometheus, whose types do not name them.
UNTYPED = {"titleFormat", "textFormat"}


def lost(before, after, place=""):
    """Where the types changed something, or left it out."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() - UNTYPED:
            yield from lost(before[key], after.get(key), f"{place}/{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, pair in enumerate(zip(before, after)):
            yield from lost(*pair, f"{place}/{number}")
    elif before != after:
        yield f"{place}: {before!r} became {after!r}"


def main():
    register_default_plugins()
    before = json.loads(FILE.read_text())
    after = json.loads(JSONEncoder().encode(Dashboard.from_json(before)))
    found = list(lost(before, after))
    print("\n".join(found) or "the dashboard is what Grafana's types take")
    sys.exit(bool(found))


main()

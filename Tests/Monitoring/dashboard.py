"""deploy/monitoring/dashboard.json: what it asks, and that Grafana can show it.

    dashboard.py            checks it
"""

import json
import sys

from replica import ROOT

COLUMNS = 24
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}


def load():
    return json.loads((ROOT / "deploy/monitoring/dashboard.json").read_text())


def panels(dashboard):
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def expanded(expression):
    """As Grafana would fill it in, for a scrape a second."""
    for name, value in (("$__rate_interval", "30s"), ("$namespace", "imageswap-system")):
        expression = expression.replace(name, value)
    assert "$" not in expression, f"a variable that is not known here: {expression}"
    return expression


def queries(dashboard):
    """(where, expression, whether it is asked for a moment and not for a range)."""
    for panel in panels(dashboard):
        for target in panel["targets"]:
            yield f"{panel['title']} ({target['refId']})", expanded(target["expr"]), target["instant"]


def annotations(dashboard):
    return [(a["name"], expanded(a["expr"])) for a in dashboard["annotations"]["list"]]


def faults(dashboard):
    identifiers = [panel["id"] for panel in dashboard["panels"]]
    if len(set(identifiers)) < len(identifiers):
        yield "two panels have one id"
    taken = {}
    for panel in dashboard["panels"]:
        place, title = panel["gridPos"], panel["title"]
        if place["x"] + place["w"] > COLUMNS:
            yield f"{title}: wider than the grid"
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                other = taken.setdefault((x, y), title)
                if other != title:
                    yield f"{title} and {other} overlap"
    for panel in panels(dashboard):
        title = panel["title"]
        if panel["datasource"] != DATASOURCE or any(t["datasource"] != DATASOURCE for t in panel["targets"]):
            yield f"{title}: another data source than the one that is chosen above"
        if not panel["targets"]:
            yield f"{title}: asks nothing"
        if len({t["refId"] for t in panel["targets"]}) < len(panel["targets"]):
            yield f"{title}: two queries have one name"
        if panel["type"] != "table" and "unit" not in panel["fieldConfig"]["defaults"]:
            yield f"{title}: no unit"


def main():
    dashboard = load()
    found = list(dict.fromkeys(faults(dashboard)))
    print("\n".join(found) or f"the dashboard has {len(panels(dashboard))} panels, each in a place of its own")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()

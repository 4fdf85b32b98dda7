"""The chart's values are told of truly: by values.schema.json, by docs/install.md, and its version by the programs.

chart_values.py; no helm is needed. Each value, written as a.b.c, has a row in the table of install.md, "Values", with its
default, and a place in the schema; neither has more.
"""

import json
import re
import sys

import yaml

from helm import CHART, ROOT

# Whose inside is the cluster's or the user's, not ours to list.
OPEN = tuple(f"resources.{name}" for name in ("nginx", "responder", "init", "verifier", "pullSecrets"))


def leaves(value, path=""):
    """Path -> default, of whatever is no mapping with content."""
    if isinstance(value, dict) and value and path not in OPEN:
        found = {}
        for key, inner in value.items():
            found |= leaves(inner, f"{path}.{key}".lstrip("."))
        return found
    return {path: value}


def schema_leaves(schema, path=""):
    if "properties" in schema and path not in OPEN:
        for key, inner in schema["properties"].items():
            yield from schema_leaves(inner, f"{path}.{key}".lstrip("."))
    else:
        yield path


def objects_that_take_anything(schema, path=""):
    """Where a misspelt name would pass."""
    if "properties" in schema:
        if schema.get("additionalProperties") is not False:
            yield path or "the whole"
        for key, inner in schema["properties"].items():
            yield from objects_that_take_anything(inner, f"{path}.{key}")


def documented():
    """Value -> default, as the table of install.md says; a row may name several: `a.b`, `a.c`."""
    section = re.search(r"(?ms)^### Values$(.*?)^##", (ROOT / "docs/install.md").read_text())[1]
    found = {}
    for row in re.findall(r"(?m)^\| `.*", section):
        names, default = [cell.strip() for cell in row.split("|")[1:3]]
        for name in re.findall(r"`([^`]+)`", names):
            found[name] = default.strip("`")
    return found


def written(default):
    """As the table has it."""
    if default in ("", {}, []) and not isinstance(default, bool):
        return ""
    return default if isinstance(default, str) else json.dumps(default)


def main():
    values = leaves(yaml.safe_load((CHART / "values.yaml").read_text()))
    schema = json.loads((CHART / "values.schema.json").read_text())
    wrong = [f"values.schema.json: {p} takes anything" for p in objects_that_take_anything(schema)]

    # What a cert-manager issuer is made of; Helm's own.
    known = {re.sub(r"\.issuerRef\..*", ".issuerRef", p) for p in schema_leaves(schema)} - {"global"}
    wrong += [f"values.schema.json does not know {name}" for name in sorted(values.keys() - known)]
    wrong += [f"values.yaml does not have {name}" for name in sorted(known - values.keys())]

    table = documented()
    wrong += [f"docs/install.md does not tell of {name}" for name in sorted(values.keys() - table.keys())]
    wrong += [f"docs/install.md tells of {name}, which is no value" for name in sorted(table.keys() - values.keys())]
    for name in sorted(values.keys() & table.keys() - set(OPEN)):
        if table[name] != written(values[name]):
            wrong.append(f"docs/install.md: {name} is {written(values[name])!r}, not {table[name]!r}")

    version = re.search(r'imageSwapVersion = "(.*)"', (ROOT / "Sources/ImageSwap/Version.swift").read_text())[1]
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    for key in ("version", "appVersion"):
        if chart[key] != version:
            wrong.append(f"Chart.yaml: {key} is {chart[key]}, the programs' is {version}")

    print("\n".join(wrong) or f"{len(values)} values are in the schema and in docs/install.md as they are")
    sys.exit(bool(wrong))


main()

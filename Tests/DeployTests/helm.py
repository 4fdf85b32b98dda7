"""The chart of deploy/helm, rendered by the command in HELM for a set of values: {"rules.strict": True}."""

import json
import os
import pathlib
import shlex
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy/helm/imageswap"
NAMESPACE = "imageswap-system"
# Values that are the text of a file, named from the repository's root.
FILES = ("rules.maps", "mtls.clientCA")


def arguments(values):
    for name, value in values.items():
        if name in FILES:
            yield from ("--set-file", f"{name}={value}")
        else:
            yield from ("--set-json", f"{name}={json.dumps(value)}")


def helm(*command):
    """Its exit code, and what it says on either output."""
    done = subprocess.run(
        [*shlex.split(os.environ["HELM"]), *command], cwd=ROOT, text=True, capture_output=True, check=False)
    # What it says of each link in the chart is no fault.
    said = [line for line in done.stderr.splitlines() if "found symbolic link" not in line]
    return done.returncode, done.stdout, "\n".join(said)


def template(values, *options, namespace=NAMESPACE):
    """The rendered text, or None and why not."""
    code, text, said = helm(
        "template", "imageswap", str(CHART), "--namespace", namespace, *options, *arguments(values))
    return (text, said) if code == 0 else (None, said)

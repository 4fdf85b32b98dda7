"""Checks that a package list is valid CycloneDX 1.5 and names what has to be in it: check_sbom.py FILE"""

import json
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

# In every program, by linking: C libraries, Swift and its packages.
EXPECTED = {"libc6", "swift", "swift-argument-parser", "swift-log"}
# And what only some load.
LIBRARY = {"imageswap": "libyaml-0-2", "imageswap-init": "libcurl4", "imageswap-responder": "libfcgi0ldbl",
           "imageswap-verifier": "libcurl4"}

text = open(sys.argv[1]).read()
error = JsonStrictValidator(SchemaVersion.V1_5).validate_str(text)
names = {component["name"] for component in json.loads(text)["components"]}
program = next(component["name"] for component in json.loads(text)["components"] if component["type"] == "application")
expected = EXPECTED | {LIBRARY[program]}
if error or not expected <= names:
    print(f"{sys.argv[1]}: {error or f'{expected - names} are missing'}", file=sys.stderr)
    sys.exit(1)

"""Checks that a package list is valid CycloneDX 1.5 and names what has to be in it: check_sbom.py FILE"""

import json
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

# In both programs, by linking: C libraries, Swift and its packages.
EXPECTED = {"libc6", "libssl3", "swift", "swift-argument-parser", "swift-log"}

text = open(sys.argv[1]).read()
error = JsonStrictValidator(SchemaVersion.V1_5).validate_str(text)
names = {component["name"] for component in json.loads(text)["components"]}
if error or not EXPECTED <= names:
    print(f"{sys.argv[1]}: {error or f'{EXPECTED - names} are missing'}", file=sys.stderr)
    sys.exit(1)

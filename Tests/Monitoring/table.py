"""docs/operations.md has a row for each alert of deploy/monitoring/rules.yaml, in the same order, and no other."""

import re
import sys

from replica import ROOT

alerts = re.findall(r"^ +- alert: (\w+)$", (ROOT / "deploy/monitoring/rules.yaml").read_text(), re.M)
rows = re.findall(r"^\| `(ImageSwap\w+)` \|", (ROOT / "docs/operations.md").read_text(), re.M)
if not alerts or alerts != rows:
    sys.exit(f"docs/operations.md tells of the alerts {rows}, and there are {alerts}")
print(f"docs/operations.md tells of all {len(alerts)} alerts")

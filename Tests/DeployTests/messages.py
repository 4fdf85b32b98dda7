"""Messages that docs/troubleshooting.md quotes as ours must be in the sources; links must lead somewhere.

A quotation is the code in the first column of a table under a heading "Messages of …"; its parts between … are
looked for. Those that begin with "nginx:" are nginx's own.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "deploy/examples/README.md", *sorted((ROOT / "docs").glob("*.md"))]


def sources():
    """All Swift text, with what is put together from pieces put together, and what is inserted as one mark."""
    text = "\n".join(p.read_text() for p in (ROOT / "Sources").rglob("*.swift"))
    text = re.sub(r'"\s*\+\s*"', "", text)
    return re.sub(r"\\\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)", "…", text).replace('\\"', '"')


def quotations(page):
    for section in re.split(r"(?m)^## ", page):
        if section.startswith("Messages of"):
            for row in re.findall(r"(?m)^\| (.*?) \|", section):
                if not row.startswith("nginx:"):
                    yield from re.findall(r"`([^`]+)`", row)


def anchor(heading):
    return re.sub(r"[^\w\- ]", "", heading.lower().replace("`", "")).replace(" ", "-")


def main():
    wrong = []
    text = sources()
    found = list(quotations((ROOT / "docs/troubleshooting.md").read_text()))
    for quotation in found:
        missing = [part for part in quotation.split("…") if part.strip() not in text]
        wrong += [f"docs/troubleshooting.md: not in the sources: {part!r}" for part in missing]
    for page in PAGES:
        for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
            if "://" in link:
                continue
            path, _, fragment = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            if not target.exists():
                wrong.append(f"{page.name}: {link} leads nowhere")
            elif fragment and fragment not in [anchor(h) for h in re.findall(r"(?m)^#+ (.*)$", target.read_text())]:
                wrong.append(f"{page.name}: {link}: no such heading")
    print("\n".join(wrong) or f"{len(found)} messages are quoted as they are; every link leads somewhere")
    sys.exit(bool(wrong or not found))


main()

"""What a responder's processes hold and use."""

import os
from pathlib import Path


def family(process):
    """A process and its children."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [process, *map(int, children)]


def cpu_time(process):
    """Seconds of CPU that a process and its children have used."""
    ticks = 0
    for one in family(process):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def resident(process):
    """Resident and proportional memory of a process and its children, MB."""
    totals = {"Rss": 0, "Pss": 0}
    for one in family(process):
        for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
            key, _, value = line.partition(":")
            if key in totals:
                totals[key] += int(value.split()[0]) / 1000
    return totals["Rss"], totals["Pss"]


def measure(server, body, counts, connections):
    """Prints a row at the start and after each count of reviews; the number of requests that failed."""
    print("| reviews | supervisor and workers, resident | proportional | after the first count |")
    print("| ---: | ---: | ---: | ---: |", flush=True)
    server.await_answer(body.read_bytes())
    done = failed = 0
    first = None
    for count in [1, *counts]:
        while done < count:
            turn = server.turn(body, connections, 2)
            done += turn["requests"]
            failed += turn["statuses"] + turn["others"]
        rss, pss = resident(server.responder.pid)
        ratio = ""
        if done >= counts[0]:
            first = first or rss
            ratio = f"{rss / first:.2f}"
        print(f"| {done:,} | {rss:.1f} MB | {pss:.1f} MB | {ratio} |", flush=True)
    return failed

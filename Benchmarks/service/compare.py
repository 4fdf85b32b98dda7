"""Two servers, side by side: turns in both orders, and the rows of a table."""

import statistics

HEAD = """\
| body | connections | server | requests/s | p50 | p99 | requests/s, ratio | p99, ratio | errors |
| --- | ---: | --- | ---: | ---: | ---: | --- | --- | ---: |"""


def spread(ratios):
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"


def compare(one, other, body, connections, rounds, seconds):
    """Measures, prints the rows; the number of requests that failed. The ratios are those of `one` to `other`."""
    content = body.read_bytes()
    turns = {one: [], other: []}
    for server in turns:
        server.await_answer(content)
        server.turn(body, connections, 1)  # warms up
    for number in range(rounds):
        for server in (one, other) if number % 2 == 0 else (other, one):
            turns[server].append(server.turn(body, connections, seconds))
    for server in turns:
        server.await_answer(content)

    def ratios(key):
        return spread([ours[key] / theirs[key] for ours, theirs in zip(turns[one], turns[other])])

    failed = 0
    for server, rate, tail in (one, ratios("rate"), ratios("p99")), (other, "1", "1"):
        def middle(key):
            return statistics.median(turn[key] for turn in turns[server])
        errors = sum(turn["statuses"] + turn["others"] for turn in turns[server])
        print(f"| {body.stem}, {len(content):,} bytes | {connections} | {server.name} | {middle('rate'):,.0f} |"
              f" {middle('p50') / 1000:.2f} ms | {middle('p99') / 1000:.2f} ms | {rate} | {tail} | {errors} |", flush=True)
        failed += errors
    if failed:
        for server in turns:
            print(f"\n{server.name} wrote:\n{server.written()}", flush=True)
    return failed

"""What verification costs a review: where no image meets it, from the cache, and while a registry is dead."""

import compare
import memory
from registries import Verifier, full_registry, silent_registry
from server import RESPONDER, Server, make_maps

DEADLINE = 300


def measure(folder, stack, tls, body, connections, rounds, threads):
    """Prints three tables; the number of requests that failed."""
    content = body.read_bytes()

    def server(place, name, maps, verifier, **variables):
        return Server(stack, folder / place, name, [RESPONDER], tls, maps, threads,
                      IMAGESWAP_VERIFIER_SOCKET=str(verifier.socket), IMAGESWAP_VERIFY_DEADLINE=f"{DEADLINE}ms", **variables)

    def maps(name, registry, *more):
        path = folder / f"{name}.maps"
        path.write_text("\n".join([f"default::{registry}/mirror", *more]) + "\n")
        return path

    costs = []

    def compared(one, other, verifier):
        failed = compare.compare(one, other, body, connections, rounds, 1)
        for server in one, other:
            before = [memory.cpu_time(process.pid) for process in (server.responder, verifier.process)]
            turn = server.turn(body, connections, 1)
            used = [memory.cpu_time(process.pid) - start
                    for process, start in zip((server.responder, verifier.process), before)]
            costs.append([server.name, *(seconds / turn["requests"] * 1e6 for seconds in used)])
        return failed

    full, silent = full_registry(stack), silent_registry(stack)
    print(compare.HEAD, flush=True)

    # No image lies at any of these places.
    verifier = Verifier(stack, folder / "full", full)
    none = server("none", "no [VERIFY] line", make_maps(folder), verifier)
    unmet = server("unmet", "100 [VERIFY] lines that no image meets", make_maps(folder, verified=100), verifier)
    failed = compared(unmet, none, verifier)

    plain = server("plain", "not verified", maps("plain", full), verifier)
    cached = server("cached", "verified, all in the cache", maps("cached", full, f"[VERIFY]{full}::"), verifier)
    verifier.await_metric("imageswap_verifier_cached_images", lambda: cached.ask(content))
    failed += compared(cached, plain, verifier)
    if verifier.metric("imageswap_verifier_lookup_failures_total"):
        raise SystemExit(f"the registry did not answer: {verifier.log.read_text()[-2000:]}")

    dead = Verifier(stack, folder / "dead", silent, "--timeout", "0.2", "--breaker-failures", "1", "--breaker-time", "600")
    plain = server("plain-too", "not verified", maps("plain-too", silent), dead)
    opened = server("opened", "its registry is dead, its breaker open", maps("opened", silent, f"[VERIFY]{silent}::"), dead)
    dead.await_metric("imageswap_verifier_breaker_open", lambda: opened.ask(content))
    failed += compared(opened, plain, dead)
    if not dead.metric("imageswap_verifier_breaker_open"):
        raise SystemExit("the breaker did not stay open")

    print("\n| CPU time a review | the responder | the verifier |")
    print("| --- | ---: | ---: |")
    for name, responder, asked in costs:
        print(f"| {name} | {responder:.1f} us | {asked:.1f} us |", flush=True)

    # Looks take longer than the turn, so the breaker stays closed and each review waits for its deadline.
    hanging = Verifier(stack, folder / "hanging", silent, "--timeout", "60")
    waits = server("waits", "waits", maps("waits", silent, f"[VERIFY]{silent}::"), hanging)
    waits.await_answer(content)
    turn = waits.turn(body, connections, 3)
    print("\n| a registry hangs | deadline | p50 | the longest review | reviews | errors |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    errors = turn["statuses"] + turn["others"]
    print(f"| {connections} connections | {DEADLINE} ms | {turn['p50'] / 1000:.0f} ms | {turn['max'] / 1000:.0f} ms |"
          f" {turn['requests']:,} | {errors} |", flush=True)
    return failed + errors

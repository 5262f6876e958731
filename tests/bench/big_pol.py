"""Read a Registry.pol of valid records and print seconds and peak memory: `python tests/bench/big_pol.py [MEBIBYTES]`.

A script, not a test: 200 MiB (the default) take too long for the routine. Small records, because their number is what
costs; between them, now and then, a helper and a deletion, so that the registry has to work too.
"""

import resource
import sys
import time

from rasim.formats import read, registry_pol
from rasim.policy import Policy, RegistryEntry, policy_to_entries, read_policy

MEBIBYTE = 1 << 20


def build(size: int, key: str, value: bytes) -> bytes:
    """Return a Registry.pol of at least `size` bytes that ends with a policy rasim has an opinion on."""
    filler = registry_pol.render(RegistryEntry(f"{key}{n % 7}", f"v{n % 1000}", 4, value) for n in range(10_000))[8:]
    policy = registry_pol.render(policy_to_entries(Policy.of(offer="enabled", mode="view", helpers=[r"CORP\anna"])))
    # Joined once: adding would hold the file twice and spoil the peak.
    return b"".join((policy, *[filler] * (size // len(filler) + 1), policy[8:]))


def main() -> None:
    """Measure two shapes: the smallest records there are, and records of a usual size."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    for name, key, value in (("smallest", "K", b""), ("usual", r"Software\Policies\Microsoft\Windows\K", b"\1\0\0\0")):
        data = build(size * MEBIBYTE, key, value)
        started = time.perf_counter()
        done = read(data, "big.pol")
        seconds = time.perf_counter() - started
        state = read_policy(done.registry).offer.state.value
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(  # noqa: T201 - a script's answer
            f"{name} records: {len(data) / MEBIBYTE:.0f} MiB, {done.entries} entries, {seconds:.1f} s,"
            f" {len(data) / MEBIBYTE / seconds:.0f} MiB/s, peak {peak} MiB, offers {state}"
        )
        del data


if __name__ == "__main__":
    main()

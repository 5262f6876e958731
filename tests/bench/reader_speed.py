"""Entries a second of rasim's readers beside other readers, same file, same run: `python tests/bench/reader_speed.py [ENTRIES]`.

Registry.pol beside dissect.target (PyPI, AGPL: for measuring only) and Samba (Debian's python3-samba, called in the system's
Python and timed there). Both read the real files right; `registrypol` from PyPI loses entries and is no peer. Every reader's
count of entries has to be the same, or there is no comparison. For .reg and reports no reader was found that reads real files
right. dissect.target looks for delimiters and takes none of the sizes, so the texts measured hold none. The best of five runs counts. A ratio
above 1 means that rasim is faster.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))
from reports import policy_node, report

from rasim.formats import Remarks, gpo_report, lgpo_text, reg_text, registry_pol
from rasim.policy import Kind, RegistryEntry

SAMBA = """
import sys, time
from samba.dcerpc import preg
from samba.ndr import ndr_unpack
data = sys.stdin.buffer.read()
best = 1e9
for _ in range(5):
    began = time.perf_counter()
    count = sum(1 for each in ndr_unpack(preg.file, data).entries if (each.keyname, each.valuename, each.type, each.data))
    best = min(best, time.perf_counter() - began)
print(count, best)
"""


def entries(count: int) -> list[RegistryEntry]:
    """Return entries of usual sizes: three numbers for each text."""
    key, odd = r"Software\Policies\Microsoft\Windows\Part", "some text or other\0".encode("utf-16-le")
    return [
        RegistryEntry(f"{key}{n // 20}", f"Value{n}", Kind.SZ, odd)
        if n % 4 == 0
        else RegistryEntry(f"{key}{n // 20}", f"Value{n}", Kind.DWORD, (n % 7).to_bytes(4, "little"))
        for n in range(count)
    ]


def best(read: Callable[[], int]) -> tuple[int, float]:
    """Return the count that a reader gives, and its best time of five."""
    times = []
    count = 0
    for _ in range(5):
        began = time.perf_counter()
        count = read()
        times.append(time.perf_counter() - began)
    return count, min(times)


def by_dissect(path: Path) -> int:
    """Return how many entries dissect.target's plugin yields of a file."""
    from dissect.target import Target
    from dissect.target.filesystem import VirtualFilesystem
    from dissect.target.plugins.os.windows.adpolicy import ADPolicyPlugin

    files = VirtualFilesystem()
    files.map_file("windows/sysvol/domain/policies/x/Registry.pol", str(path))
    target = Target()
    target.filesystems.add(files)
    return sum(1 for _ in ADPolicyPlugin(target).adpolicy())


def say(what: str, count: int, ours: float, peers: dict[str, tuple[int, float]]) -> None:
    """Print rasim's speed and its ratio to each peer."""
    print(f"{what}: rasim {count / ours:,.0f} a second ({count} entries)")  # noqa: T201
    for name, (theirs, seconds) in peers.items():
        same = "" if theirs == count else f"; NOT COMPARABLE, it reads {theirs}"
        print(f"  {seconds / ours:.2f} times {name} ({theirs / seconds:,.0f} a second){same}")  # noqa: T201


def main() -> None:
    """Measure every format on the same entries."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    made = entries(count)
    pol, reg, lgpo = registry_pol.render(made), reg_text.render(made), lgpo_text.render(made[1::4])
    peers = {}
    try:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "Registry.pol"
            path.write_bytes(pol)
            peers["dissect.target"] = best(lambda: by_dissect(path))
    except ImportError:
        print("dissect.target is not installed: pip install --group bench")  # noqa: T201
    try:
        answer = subprocess.run(["/usr/bin/python3", "-c", SAMBA], input=pol, capture_output=True, check=True)  # noqa: S603
        number, seconds = answer.stdout.split()
        peers["Samba"] = int(number), float(seconds)
    except (OSError, subprocess.CalledProcessError):
        print("Samba's reader is not installed: apt-get install python3-samba")  # noqa: T201
    say("Registry.pol", *best(lambda: sum(1 for _ in registry_pol.parse(pol))), peers)
    say(".reg", *best(lambda: sum(1 for _ in reg_text.parse(reg))), {})
    say("LGPO text", *best(lambda: sum(1 for _ in lgpo_text.parse(lgpo))), {})

    policies = report(
        "".join(policy_node(f"Policy {n}", "Enabled", help_="This policy " * 20) for n in range(count // 10))
    )

    def told() -> int:
        remarks = Remarks()
        list(gpo_report.parse(policies, "x", remarks))
        return remarks.records or 0

    say("GPO report, policies", *best(told), {})


if __name__ == "__main__":
    main()

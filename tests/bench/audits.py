"""How fast `rasim audit` is for a fleet: many exports of few contents, beside an older commit of this repository, in one run.

    python -m tests.bench.audits [--files 5000 50000] [--contents 200] [--against COMMIT] [--form text json]
    python -m tests.bench.audits --files 5000 --write FOLDER

Writes folders of exports with a fixed seed (Registry.pol, .reg, LGPO text, reports in XML, notes that are no policy, files that are cut
short), runs both commits alternately on the same folders, and prints for each seconds, milliseconds a file, the peak of memory of all its
processes together (sampled, Linux), and lines. The JSON of both has to be equal byte for byte. The other commit lies in a worktree
that is made and removed again; a folder holds a thousand files, since up to that commit a folder of more than 20,000 was refused.
"""

import argparse
import hashlib
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from attrs import frozen

from rasim.formats import lgpo_text, reg_text, registry_pol
from rasim.policy import Firewall, Policy, RegistryEntry, policy_to_entries
from rasim.policy.registry import RegType
from tests import reports

HERE = Path(__file__).resolve().parents[2]
BEFORE = "c87569d"
A_FOLDER = 1000


@frozen
class Took:
    """What one run took: seconds, the peak of memory in MiB, lines, and the digest of what it printed."""

    seconds: float
    peak: float
    lines: int
    digest: str


def policy(chance: random.Random) -> Policy:
    """Draw what an export says about Remote Assistance and its firewall."""
    helpers = dict.fromkeys(f"CORP\\Helpdesk{chance.randrange(5)}" for _ in range(chance.randrange(4)))
    ports = chance.choice([(), ("135:TCP:10.0.0.0/8:enabled:offer",), ("3389:TCP:*:enabled:desktop",)])
    return Policy.of(
        offer=chance.choice(["enabled", "enabled", "disabled", "not configured"]),
        mode=chance.choice(["view", "control"]),
        helpers=helpers,
        solicited=chance.choice(["enabled", "disabled", "not configured"]),
        firewall=Firewall.of(ports=ports) if ports else None,
    )


def content(chance: random.Random, number: int) -> tuple[str, bytes]:
    """Draw one content, with the ending of its name."""
    kind, drawn = chance.choice(["pol", "pol", "pol", "reg", "lgpo", "xml", "log", "cut"]), policy(chance)
    if kind == "xml":
        nodes = reports.nodes(drawn) + "\n" * number
        return "xml", reports.report(nodes)
    if kind == "log":
        return "txt", f"note {number}: collected by nobody in particular\n".encode() * 20
    others = (
        RegistryEntry(
            rf"Software\Policies\Example\{at % 7}",
            f"value{at}",
            RegType.DWORD,
            (number * 31 + at).to_bytes(4, "little"),
        )
        for at in range(30)
    )
    said = [*policy_to_entries(drawn), *others]
    if kind == "reg":
        return "reg", reg_text.render(said)
    if kind == "lgpo":
        return "txt", lgpo_text.render(said)
    return "pol", registry_pol.render(said)[: -7 if kind == "cut" else None]


def fleet(top: Path, files: int, contents: int) -> list[str]:
    """Write the exports; return the folders."""
    chance = random.Random(22)  # noqa: S311
    drawn = [content(chance, number) for number in range(contents)]
    folders = []
    for at in range(0, files, A_FOLDER):
        folder = top / f"{at // A_FOLDER:03}"
        folder.mkdir()
        folders.append(folder.name)
        for number in range(at, min(at + A_FOLDER, files)):
            ending, data = chance.choice(drawn)
            (folder / f"pc-{number:05}.{ending}").write_bytes(data)
    return folders


def took(tree: Path, top: Path, folders: list[str], form: str, more: tuple[str, ...] = ()) -> Took:
    """Run one commit's audit."""
    begun = time.perf_counter()
    command = [
        sys.executable,
        "-c",
        f"import sys; sys.path.insert(0, {str(tree)!r}); from rasim.cli.main import main; main()",
    ]
    process = subprocess.Popen(  # noqa: S603
        [*command, "audit", *folders, "--format", form, *more],
        cwd=top,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    digest, lines, peak = hashlib.sha256(), 0, 0.0

    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.05):
            peak = max(peak, resident(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    assert process.stdout is not None
    for part in iter(lambda: process.stdout.read(1 << 20), b""):
        digest.update(part)
        lines += part.count(b"\n")
    process.wait()
    seconds = time.perf_counter() - begun
    done.set()
    watcher.join()
    return Took(seconds, peak, lines, digest.hexdigest())


def resident(pid: int) -> float:
    """Return MiB of a process and all below it; pages that a fork shares count once for each that has touched them (Pss)."""
    total, todo = 0, [str(pid)]
    while todo:
        each = Path("/proc", todo.pop())
        try:
            said = (each / "smaps_rollup").read_text(encoding="ascii")
            total += next(int(line.split()[1]) for line in said.splitlines() if line.startswith("Pss:"))
            todo += (each / "task" / each.name / "children").read_text(encoding="ascii").split()
        except (OSError, StopIteration):
            continue
    return total / 1024


def main() -> None:
    """Write, run alternately, print."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--files", type=int, nargs="+", default=[5000, 50000])
    asked.add_argument("--contents", type=int, default=200)
    asked.add_argument("--against", default=BEFORE)
    asked.add_argument("--form", nargs="+", default=["text", "json"])
    asked.add_argument("--alone", action="store_true", help="do not run the other commit")
    asked.add_argument("--write", type=Path, metavar="FOLDER", help="only write the first of the fleets there")
    args = asked.parse_args()
    if args.write:
        args.write.mkdir()
        fleet(args.write, args.files[0], args.contents)
        return
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder, "before")
        git = ["git", "-C", str(HERE), "worktree"]
        subprocess.run([*git, "add", "-q", "--detach", str(other), args.against], check=True)  # noqa: S603
        try:
            for files in args.files:
                top = Path(folder, f"fleet-{files}")
                top.mkdir()
                folders = fleet(top, files, args.contents)
                for form in args.form:
                    now = took(HERE, top, folders, form)
                    print(f"{files} files, {form}: {told(now, files)}", flush=True)  # noqa: T201
                    if args.alone:
                        continue
                    before = took(other, top, folders, form)
                    ratio = before.seconds / now.seconds
                    print(f"  {args.against}: {told(before, files)}; {ratio:.1f} times as fast", flush=True)  # noqa: T201
                    if form == "json":
                        print(f"  the same, byte for byte: {now.digest == before.digest}", flush=True)  # noqa: T201
        finally:
            subprocess.run([*git, "remove", "--force", str(other)], check=True)  # noqa: S603


def told(run: Took, files: int) -> str:
    """Return a run in a line."""
    each = 1000 * run.seconds / files
    return f"{run.seconds:.1f} s, {each:.2f} ms a file, peak {run.peak:.0f} MiB, {run.lines:,} lines"


if __name__ == "__main__":
    main()

"""How fast `rasim judge` is, and how much memory it takes: `python tests/bench/judge_speed.py [LINES]`, a million unless said.

A trace of random walks of the correct machine is written, with everything recorded, and judged as a whole process. Beside it, in
the same run: Python's own `json` reading the same lines and doing nothing with them. Memory at a tenth of the lines and at all.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve().parent
JUDGE = "import sys; from rasim.cli.main import main; sys.argv = ['rasim', 'judge', sys.argv[1]]; main()"
PARSE = "import json, sys\nfor line in open(sys.argv[1], encoding='utf-8'): json.loads(line)"
# In a process of its own: what a process is started from counts as its peak.
WRITE = f"""
import json, sys
sys.path.insert(0, {str(HERE.parent / "property")!r})
from itertools import islice
from walks import walk
with open(sys.argv[1], "w", encoding="utf-8", newline="\\n") as file:
    for recorded in islice(walk(1, 10**9), int(sys.argv[2])):
        file.write(json.dumps(recorded.as_json()) + "\\n")
"""


def timed(code: str, *args: str) -> tuple[float, int]:
    """Return seconds and peak memory (MiB) of a Python that runs this."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", code, *args], stdout=subprocess.DEVNULL)  # noqa: S603  (our own)
    _, _, used = os.wait4(process.pid, 0)
    return time.perf_counter() - began, used.ru_maxrss // 1024


def main() -> None:
    """Write, judge, compare."""
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with TemporaryDirectory() as folder:
        for count in (lines // 10, lines):
            path = Path(folder, f"{count}.jsonl")
            timed(WRITE, str(path), str(count))
            seconds, memory = timed(JUDGE, str(path))
            alone, _ = timed(PARSE, str(path))
            print(  # noqa: T201 - a script's answer
                f"{count:>9,} lines, {path.stat().st_size / 1e6:,.0f} MB: judged in {seconds:.1f} s, {count / seconds * 60:,.0f} lines a"
                f" minute, {seconds / alone:.1f} times json alone; peak {memory} MiB"
            )


if __name__ == "__main__":
    main()

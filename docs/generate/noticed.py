"""What `rasim check --mutants` found, kept beside the pages: which promise notices which planted mistake, and each verdict.

Exploring hundreds of mistakes takes a minute, so the answer is written to noticed.json by hand, `python -m docs.generate.noticed`. The
exhaustive tests make each mistake again and hold the file to what notices it; the routine asks each verdict again.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).with_suffix(".json")
COMMAND: Final = ("check", "--mutants", "--format", "json")


def noticed() -> dict[str, Any]:
    """Return the kept answer: `verdicts` by promise, and under `mistakes` what each is noticed by."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def main() -> None:
    """Ask, and write the file."""
    done = subprocess.run([sys.executable, "-m", "rasim", *COMMAND], check=True, capture_output=True, encoding="utf-8")  # noqa: S603  (our own command)
    answer = json.loads(done.stdout)
    verdicts = {each["name"]: each["verdict"] for each in answer["promises"]}
    mistakes = {each["name"]: each["by"] for each in answer["mutants"]["killed"]}
    kept = {"command": " ".join(("rasim", *COMMAND)), "verdicts": verdicts, "mistakes": mistakes}
    FILE.write_text(json.dumps(kept, indent=0, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

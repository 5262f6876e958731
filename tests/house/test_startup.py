"""What the command imports before it knows what it is asked for: seen by names, since seconds differ by machine."""

import subprocess
import sys

import pytest

SLOW = {"asyncio", "hypothesis", "prompt_toolkit", "pyte", "pytest", "rasim.policy", "rasim.protocol", "yaml"}


@pytest.mark.parametrize(
    "arguments", [["-m", "rasim", "--help"], ["-c", "import rasim.cli.main"]], ids=["help", "import"]
)
def test_start_is_light(arguments: list[str]) -> None:
    """The command's help and its import load nothing that a command needs only when it runs."""
    done = subprocess.run(  # noqa: S603  (our own Python)
        [sys.executable, "-X", "importtime", *arguments], capture_output=True, text=True, encoding="utf-8", check=False
    )
    # "import time:  self [us] | cumulative | name", the name indented by depth.
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}

    assert 0 == done.returncode, done.stderr[-2000:]
    assert "rasim.cli.main" in loaded
    assert set() == SLOW & loaded

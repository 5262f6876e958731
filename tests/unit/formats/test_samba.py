"""A second opinion on real Registry.pol files: Samba's own reader, run by the system's Python."""

import json
import subprocess
from pathlib import Path

import pytest

from rasim.errors import PolicyFileError
from rasim.formats import registry_pol
from rasim.formats.instructions import written_name

READ = """
import json, sys
from samba.dcerpc import preg
from samba.ndr import ndr_unpack
with open(sys.argv[1], "rb") as file:
    found = ndr_unpack(preg.file, file.read())
print(json.dumps([[each.keyname, each.valuename, each.type] for each in found.entries[: found.num_entries]]))
"""


def by_samba(python: str, path: Path) -> list[list[object]]:
    """Return key, name and type of each record as Samba reads them."""
    answer = subprocess.run([python, "-c", READ, str(path)], capture_output=True, text=True, check=True)  # noqa: S603
    found: list[list[object]] = json.loads(answer.stdout)
    return found


def test_samba_reads_the_same(corpus: Path, samba: str) -> None:
    """Keys, names and types of every real Registry.pol are those that Samba reads, in the same order."""
    read = 0
    for path in sorted(corpus.glob("*.pol")):
        try:
            entries = list(registry_pol.parse(path.read_bytes(), path.name))
        except PolicyFileError:
            with pytest.raises(subprocess.CalledProcessError):
                by_samba(samba, path)
            continue
        read += 1
        ours = [[entry.key, written_name(entry), int(entry.kind)] for entry in entries]

        assert by_samba(samba, path) == ours, path.name
    assert read >= 12

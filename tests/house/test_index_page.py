"""What a package index shows of rasim: the README that the wheel carries, where no other file of the repository is."""

import re
import tomllib
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from readme_renderer.markdown import render

NAMED = re.compile(r"(?:href|src)=\"([^\"]*)\"")
VERSION = re.compile(r"Programming Language :: Python :: (3\.\d+)$")


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    """Return what the wheel says of itself."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(archive.read(name))


@pytest.fixture(scope="module")
def page(metadata: Message) -> str:
    """Return the text that an index renders."""
    text = metadata.get_payload(decode=True)
    assert isinstance(text, bytes)
    return text.decode()


def test_nothing_on_it_leads_nowhere(metadata: Message, page: str) -> None:
    """An index renders the page, and each link and picture on it has an address of its own, or is a place on it."""
    rendered = render(page, stream=None, variant="GFM")

    assert "text/markdown" == metadata["Description-Content-Type"]
    assert rendered is not None
    assert [] == [to for to in NAMED.findall(rendered) if not to.startswith(("https://", "#user-content-"))]


def test_it_is_the_readme(top: Path, page: str) -> None:
    """Line by line it is the README with the words of its links, and with what the picture shows; code is as it was."""
    readme = (top / "README.md").read_text(encoding="utf-8").splitlines()
    lines = page.splitlines()
    told = [re.sub(r"(!?)\[([^\]]*)\]\([^)]*\)", lambda found: found[2], line) for line in readme]
    seen = [line.removeprefix("*The picture: ").removesuffix(".*") for line in lines[: len(readme)]]

    assert told == seen
    assert ["The files and pages that are named here stand in the source distribution."] == [
        line for line in lines[len(readme) :] if line
    ]


def test_no_address_is_made_up(top: Path, metadata: Message) -> None:
    """While the project names no address, its links are words; once it names one, they lead there."""
    about = tomllib.loads((top / "pyproject.toml").read_text(encoding="utf-8"))
    home = about["project"].get("urls", {}).get("Source")
    made = about["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]["substitutions"]

    assert ([] if home is None else [f"Source, {home}"]) == metadata.get_all("Project-URL", [])
    assert 2 == sum((home or "\\1") in each["replacement"] for each in made)
    assert (home is not None) == any("://" in each["replacement"] for each in made)


def test_it_names_the_pythons_it_runs_on(metadata: Message) -> None:
    """The least Python that is named is the least that it needs, and none is left out up to the newest."""
    named = [found[1] for each in metadata.get_all("Classifier", []) if (found := VERSION.search(each))]

    assert ">=" + named[0] == metadata["Requires-Python"]
    assert [f"3.{11 + at}" for at in range(len(named))] == named

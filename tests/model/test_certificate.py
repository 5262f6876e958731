"""A certificate is checked again by a program that knows nothing of how it was made, and a wrong one is found out."""

import ast
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import recheck
from mistaken import changed

from rasim.engines.provers.certificate import certificate, closed_set, number
from rasim.protocol.rules import RULES
from rasim.protocol.step import rules_of

pytestmark = pytest.mark.exhaustive


@cache
def made() -> str:
    """Return the certificate of the table, as it is written."""
    return json.dumps(certificate("test"), separators=(",", ":"))


def checked(change: dict[str, Any], folder: Path) -> int:
    """Return the exit code for a certificate that was changed."""
    path = folder / "certificate.json"
    path.write_text(json.dumps({**json.loads(made()), **change}), encoding="ascii")
    return recheck.main(str(path))


def test_a_certificate_is_checked_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The certificate of the table is closed under every event, keeps every promise, and is well below 200 kB."""
    assert 0 == checked({}, tmp_path)
    assert "ok: 5592 situations" in capsys.readouterr().out
    assert len(made()) < 50_000


@pytest.mark.parametrize(
    "change",
    [
        {"rasim certificate": 2},
        {"table": "0" * 32},
        {"facts": []},
        {"situations": "none"},
        {"situations": ["x"]},
        {"count": 1},
        {"promises": ["nothing_ever_happens"]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_is_no_certificate_is_refused(change: dict[str, Any], tmp_path: Path) -> None:
    """A file of another form, of another table, or with a promise that nobody knows is refused before anything is checked."""
    assert 2 == checked(change, tmp_path)


def test_a_file_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    """Half a certificate, no file, and no name are no certificate."""
    path = tmp_path / "half.json"
    path.write_text(made()[: len(made()) // 2], encoding="ascii")

    assert [2, 2, 2] == [recheck.main(each) for each in (str(path), str(tmp_path / "none"), "")]


def test_a_situation_that_is_missing_is_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A set from which one situation was taken is not closed, and the event that leads out of it is named."""
    numbers = json.loads(made())["situations"]
    less = [*numbers[:100], numbers[100] + numbers[101], *numbers[102:]]

    assert 1 == checked({"situations": less, "count": len(less)}, tmp_path)
    assert "an event leads out of it" in capsys.readouterr().out


def test_a_situation_that_cannot_be_is_noticed(tmp_path: Path) -> None:
    """A set to which a view without any policy was added breaks a promise."""
    rules, said = rules_of(RULES), json.loads(made())
    bad = number(rules, rules.start(phase="viewing", logged_on=True))
    numbers = sorted({sum(said["situations"][: n + 1]) for n in range(len(said["situations"]))} | {bad})
    steps = [b - a for a, b in zip([0, *numbers], numbers, strict=False)]

    assert 1 == checked({"situations": steps, "count": len(steps)}, tmp_path)


def test_a_table_with_a_mistake_gets_no_certificate() -> None:
    """Of a table that breaks a promise no certificate is made; the promise is named."""
    with pytest.raises(ValueError, match=r"nothing_shown_before_acceptance|only_the_sessions_own_user_consents"):
        closed_set(rules_of(changed("O3", drop="local")), ())


def test_a_table_with_a_mistake_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same set with the table that has the mistake breaks a promise, though nobody looks at the digest."""
    known = recheck.read(made())
    monkeypatch.setattr(recheck, "RULES", changed("O3", drop="local"))

    assert "accepts" in recheck.wrong(known)


def test_it_is_made_the_same_each_time() -> None:
    """A certificate made again is the same, byte by byte."""
    assert made() == json.dumps(certificate("test"), separators=(",", ":"))


def test_the_checker_knows_nothing_of_the_explorer() -> None:
    """What checks a certificate imports of rasim the protocol alone, and is short enough to be read."""
    source = Path(recheck.__file__).read_text(encoding="utf-8")
    imported = {node.module for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)}

    assert {"rasim.protocol.rules", "rasim.protocol.step"} == {name for name in imported if name and "rasim" in name}
    assert len(source.splitlines()) < 160

r"""What a file is, and which command reads it: a command that can read nothing of what was named says so in one line."""

import gzip
import importlib
import shlex
from pathlib import Path

import pytest

from rasim.cli.kinds import FILE_KINDS, POLICIES, FileKind, kind_of
from tests.unit.cli.test_main import PASSES, TOP, leaving

DATA = TOP / "tests" / "data" / "policies"
CORP = TOP / "docs" / "examples" / "corp"
TRACE = (TOP / "tests" / "data" / "cases" / "case-07-permission-required-unless-nobody-is-there.good.jsonl").read_text(
    encoding="utf-8"
)
REG = "Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies]\n"
MAPPING = TOP / "docs" / "examples" / "mappings" / "anydesk.yaml"
WHO = TOP / "tests" / "data" / "who"
GPP = TOP / "tests/data/folders/gpp-folder/{11111111-2222-3333-4444-555555555555}/Machine"
GROUPS = "CORP\\Helpdesk: ['CORP\\anna']\n"
ADML = '<policyDefinitionResources xmlns="urn:x"><resources/></policyDefinitionResources>'

FILES: dict[str, bytes] = {
    "x.pol": (DATA / "soft-off.pol").read_bytes(),
    "x.reg": (WHO / "q-everybody.reg").read_bytes(),
    "x.txt": (CORP / "baseline.txt").read_bytes(),
    "x.PolicyRules": (DATA / "p-two-delvals.PolicyRules").read_bytes(),
    "report.xml": (DATA / "gpreport-preferences.xml").read_bytes(),
    "x y.yaml": PASSES.encode(),
    "trace.jsonl": TRACE.encode(),
    "trace.jsonl.gz": gzip.compress(TRACE.encode()),
    "mapping.yaml": MAPPING.read_bytes(),
    "links.yaml": b"links: 1\ncontainers:\n- local: this computer\n  gpos: [p.reg]\n",
    "groups.yaml": GROUPS.encode(),
    "groups.ldif": (WHO / "groups-only.ldif").read_bytes(),
    "preferences.xml": (GPP / "Preferences" / "Registry" / "Registry.xml").read_bytes(),
    "GptTmpl.inf": (GPP / "Microsoft" / "Windows NT" / "SecEdit" / "GptTmpl.inf").read_bytes(),
    "gpresult.xml": (DATA / "rsop-firewall-switch-loser-first.xml").read_bytes(),
    "exceptions.txt": b"135:TCP:*:Enabled:Offer Remote Assistance - Port\n",
    "words.adml": ADML.encode(),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go into a folder with a file of each kind."""
    monkeypatch.chdir(tmp_path)
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "p.reg").write_text(REG, encoding="utf-8")
    (tmp_path / "log.txt").write_bytes((MAPPING.parent / "anydesk.txt").read_bytes())
    return tmp_path


def advised(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *args: str) -> str:
    """Return the last line that a command with exit code 2 or 4 writes to standard error."""
    assert leaving(monkeypatch, *args) in {2, 4}
    return capsys.readouterr().err.splitlines()[-1]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", FILES)
def test_what_is_offered_reads_it(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that a command cannot read is told with a command that reads it."""
    found = kind_of(name)
    assert isinstance(found, FileKind)
    wrong = "audit" if "audit" not in found.read_by else "judge"

    said = advised(monkeypatch, capsys, wrong, name)
    offered = shlex.split(said.partition("`")[2].rstrip("`?"))

    assert f"rasim: this is {found.said}: did you mean `rasim " in said
    stands_for = {"POLICY...": "p.reg", "LOG": "log.txt", "REPORT...": "report.xml"}
    assert leaving(monkeypatch, *(stands_for.get(word, word) for word in offered[1:])) not in {2, 4}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("audit", "helpdsk.reg", "x.reg"), "did you mean"),
        (("audit", "x.poll"), "x.poll: did you mean `x.pol`?"),
        (("judge", "*.json"), "`*.json` is a pattern, and nothing matches it; name the files, or their folder"),
        (("audit", "*.pol"), "`*.pol` is a pattern, and in quotes a shell leaves it as it is; name the files"),
        (("audit", "p.reg", "--groups", "x.pol"), "this is a Registry.pol: did you mean `rasim audit x.pol`?"),
        (("audit", "p.reg", "--links", "groups.yaml"), "this is a file of groups: did you mean `rasim audit --groups"),
        (("judge", "--mapping", "x y.yaml", "log.txt"), 'this is a scenario: did you mean `rasim run "x y.yaml"`?'),
    ],
)
def test_what_was_meant(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], args: tuple[str, ...], says: str
) -> None:
    """A name that is nearly there, a pattern and a file at the wrong option are told as such."""
    assert says in advised(monkeypatch, capsys, *args)


@pytest.mark.parametrize(
    ("begins", "says"),
    [
        (b"PK\x03\x04", "a is a ZIP archive: unpack it, and name the folder"),
        (b"regf\0\0\0", "a is a registry hive: `reg load` it"),
        (b"%PDF-1.4", "gpresult /x FILE"),
        (b"<html><body>", "gpresult /x FILE"),
        (b"ElfFile\0", "save it as CSV"),
    ],
)
def test_a_stranger_is_told_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], begins: bytes, says: str
) -> None:
    """Of a file that no command reads it is said what to do with it."""
    monkeypatch.chdir(tmp_path)
    Path("a").write_bytes(begins)

    assert says in advised(monkeypatch, capsys, "audit", "a")


@pytest.mark.usefixtures("folder")
def test_nothing_is_advised_of_what_was_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file of the right kind with a mistake in it has no advice, only the mistake."""
    Path("bad.yaml").write_text(PASSES.replace("bob: accepts", "bob: acepts"), encoding="utf-8")

    assert 2 == leaving(monkeypatch, "run", "bad.yaml")
    assert "did you mean `rasim" not in capsys.readouterr().err


def test_every_kind_is_read_by_what_it_offers() -> None:
    """What is offered of a kind is one of the commands and options that read it."""
    for kind in FILE_KINDS:
        offered = kind.offered.removeprefix("rasim ").partition(" {}")[0]
        assert offered in kind.read_by, kind


def test_every_format_is_a_kind() -> None:
    """A format of policies that is read is known to every command, so that one given to the wrong command is named."""
    module = importlib.import_module("rasim.formats.recognise")  # the package has a function of this name
    formats = {each.name for each in vars(module).values() if isinstance(each, module.Format)}

    assert set(POLICIES) == formats


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("args", [("audit", "p.reg", "zzz"), ("audit", "zzz"), ("judge", "zzz")])
def test_a_missing_path_is_told_once_on_one_screen(
    args: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where answers and errors go to one terminal the error of a path that is not there is told once; in pipes on standard error."""
    assert 2 == leaving(monkeypatch, *args)
    assert "rasim: zzz: there is no such file" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)

    assert 2 == leaving(monkeypatch, *args)
    captured = capsys.readouterr()
    assert ("zzz" in captured.out) == ("rasim: zzz" not in captured.err)

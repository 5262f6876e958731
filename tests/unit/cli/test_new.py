import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from rasim.cli.main import rasim
from rasim.cli.origin import requirement
from rasim.errors import UsageError

TEMPLATES = Path(__file__).parents[3] / "rasim" / "cli" / "template"

PATH = re.compile(r"[\w./-]*\w\.(?:reg|ya?ml|py|sh|md|txt|toml)\b|\b[\w-]+/(?=[\s`])")
"""A word that names a file, or a folder by the slash behind it."""


def test_a_starter_teaches_by_a_good_and_a_bad_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new folder has a scenario that passes, and its twin that fails and says what it expected and what is."""
    monkeypatch.chdir(tmp_path)
    made = CliRunner().invoke(rasim, ["new", "demo"])
    played = CliRunner().invoke(rasim, ["run", "demo"])

    assert (0, 1) == (made.exit_code, played.exit_code)
    assert "1 passed, 1 failed" in played.stdout
    assert "expected anna: view only; it is: nothing" in played.stdout


@pytest.mark.parametrize(
    "command",
    [
        ["audit", "demo/policy.reg"],
        ["check", "demo/policy.reg"],
        ["explain", "demo/policy.reg", "--expert", "CORP\\anna", "--member-of", "CORP\\Helpdesk"],
    ],
    ids=lambda command: command[0],
)
def test_what_the_starter_proposes_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    """Each command that the starter's page proposes answers."""
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(rasim, ["new", "demo"])

    assert 0 == CliRunner().invoke(rasim, command).exit_code
    assert command[1] in (tmp_path / "demo" / "README.md").read_text("utf-8")


def test_nothing_that_exists_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder or file of that name is left as it is, and that is said."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "demo").write_text("mine", "utf-8")
    result = CliRunner().invoke(rasim, ["new", "demo"])

    assert isinstance(result.exception, UsageError)
    assert "exists already" in str(result.exception)
    assert "mine" == (tmp_path / "demo").read_text("utf-8")


@pytest.mark.parametrize("name", ["", "..", "a/b", "-x", "C:x", "a\nb"])
def test_a_name_that_is_no_folders_is_refused(name: str) -> None:
    """A name that leads elsewhere or cannot be a folder's is a usage error."""
    result = CliRunner().invoke(rasim, ["new", "--", name])

    assert isinstance(result.exception, UsageError)


# ---- a repository ---------------------------------------------------------------------------------------------


def below(folder: Path) -> list[str]:
    """Return the files below a folder, but for what Python compiles."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if "__pycache__" not in path)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a repository, stand in it, and return it."""
    monkeypatch.chdir(tmp_path)
    made = CliRunner().invoke(rasim, ["new", "guard", "--repo"])
    assert 0 == made.exit_code, made.output
    monkeypatch.chdir(tmp_path / "guard")
    return tmp_path / "guard"


@pytest.mark.parametrize(("kind", "options"), [("starter", []), ("repository", ["--repo"])])
def test_every_file_of_a_template_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, options: list[str]
) -> None:
    """What is made is the template, file by file, with the name put in where it stands for it, and each file is told."""
    monkeypatch.chdir(tmp_path)
    made = CliRunner().invoke(rasim, ["new", "guard", *options]).stdout.splitlines()

    there = sorted([*below(TEMPLATES / kind), "scenario.schema.json"])
    assert there == below(tmp_path / "guard")
    assert [*(f"made  guard/{path}" for path in there), "next: rasim run guard"] == made
    for path in below(TEMPLATES / kind):
        expected = (
            (TEMPLATES / kind / path)
            .read_text("utf-8")
            .replace("{name}", "guard")
            .replace("{rasim}", requirement("testing"))
        )
        assert expected.encode() == (tmp_path / "guard" / path).read_bytes()


@pytest.mark.parametrize("options", [[], ["--repo"]], ids=["starter", "repository"])
def test_scenarios_name_a_schema_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    """The first line of each scenario leads an editor to the schema beside it, which is the one that rasim prints, and it is kept."""
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(rasim, ["new", "guard", *options])
    printed = CliRunner().invoke(rasim, ["show", "schema"]).stdout
    scenarios = [path for path in (tmp_path / "guard").rglob("*.yaml") if path.name != "groups.yaml"]

    assert scenarios
    for scenario in scenarios:
        words, _, schema = scenario.read_text("utf-8").splitlines()[0].partition("$schema=")
        text = (scenario.parent / schema).read_text("utf-8")
        assert ("# yaml-language-server: ", printed) == (words, text)
        jsonschema.validate(yaml.safe_load(scenario.read_text("utf-8")), json.loads(text))


def test_a_repository_begins_with_what_passes(repository: Path) -> None:
    """Every scenario of a new repository passes, its policy is its baseline, and its audit finds nothing high or medium."""
    played = CliRunner().invoke(rasim, ["run", "scenarios"])
    audited = CliRunner().invoke(rasim, ["audit", "policies", "--groups", "groups.yaml", "--fail-on", "medium"])
    policy, baseline = (
        [line for line in (repository / "policies" / name).read_text("utf-8").splitlines() if not line.startswith(";")]
        for name in ("helpdesk.reg", "baseline.reg")
    )

    assert (0, 0) == (played.exit_code, audited.exit_code)
    assert f"{len(list((repository / 'scenarios').iterdir()))} passed" == played.stdout.splitlines()[-1]
    assert policy == baseline


def test_the_scenarios_of_a_repository_notice_control(repository: Path) -> None:
    """A policy that lets helpers control fails a scenario."""
    policy = repository / "policies" / "helpdesk.reg"
    text = policy.read_text("utf-8")
    policy.write_text(text.replace('FullControl"=dword:00000000', 'FullControl"=dword:00000001'), "utf-8")
    played = CliRunner().invoke(rasim, ["run", "--save", "", "scenarios"])

    assert 1 == played.exit_code
    assert "failed  scenarios/control-is-forbidden-by-policy.yaml" in played.stdout


def test_a_repository_names_only_what_is_in_it(repository: Path) -> None:
    """No file of a repository names a file or folder that is neither in it nor what its runs leave behind."""
    ignored = {line.rstrip("/") for line in (repository / ".gitignore").read_text("utf-8").splitlines()}
    named = {
        (path, word)
        for path in below(repository)
        if path != ".gitignore"
        for word in PATH.findall((repository / path).read_text("utf-8"))
        if word.rstrip("/") not in ignored and "://" not in word
    }
    places = ("", "policies", "scenarios")

    assert {"policies/helpdesk.reg", "../policies/helpdesk.reg", "ci.sh", "scenarios/"} <= {word for _, word in named}
    assert [] == sorted(each for each in named if not any((repository / p / each[1]).exists() for p in places))


def test_the_workflow_of_a_repository(repository: Path) -> None:
    """On a pull request everything is checked out, Python and what is required are installed, and ci.sh is run."""
    (name,) = (repository / ".github" / "workflows").iterdir()
    workflow = yaml.safe_load(name.read_text("utf-8"))
    (job,) = workflow["jobs"].values()
    steps = job["steps"]

    assert "pull_request" == workflow[True]  # what YAML 1.1 takes `on` for
    assert {"contents": "read"} == workflow["permissions"]
    assert ["actions/checkout@v4", "actions/setup-python@v5"] == [step["uses"] for step in steps if "uses" in step]
    assert {"fetch-depth": 0} == steps[0]["with"]
    assert ["pip install -r requirements.txt", 'bash ci.sh "origin/$GITHUB_BASE_REF"'] == [
        step["run"] for step in steps if "run" in step
    ]


def test_a_repository_needs_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a name a repository is called remote-help; a starter has to be given one."""
    monkeypatch.chdir(tmp_path)
    made = CliRunner().invoke(rasim, ["new", "--repo"])
    refused = CliRunner().invoke(rasim, ["new"])

    assert (0, True) == (made.exit_code, (tmp_path / "remote-help" / "ci.sh").is_file())
    assert isinstance(refused.exception, UsageError)
    assert ["remote-help"] == [each.name for each in tmp_path.iterdir()]

"""`rasim check`: over all policies, over one, to a bound; what it prints, its JSON and its exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rasim.cli.check import check as command
from rasim.formats import registry_pol
from rasim.policy import Kind, Policy, RegistryEntry, policy_to_entries
from rasim.policy.settings import POLICY_KEY
from rasim.protocol import LINES
from rasim.verify import PROMISES
from rasim.verify.promises.catalogue import TRACED

VERDICTS = {"holds", "holds to bound", "broken", "witnessed", "unreachable", "vacuous", "not promised", "not checked"}


def check(*args: str | Path) -> Result:
    return CliRunner().invoke(command, [str(arg) for arg in args], catch_exceptions=False)


def report(*args: str | Path) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(check("--format", "json", *args).stdout)
    return answer


def verdicts(answer: dict[str, Any]) -> dict[str, str]:
    return {promise["name"]: promise["verdict"] for promise in answer["promises"]}


@pytest.fixture(scope="module")
def full() -> Result:
    return check("--format", "json")


@pytest.fixture
def view_only(tmp_path: Path) -> Path:
    path = tmp_path / "view.pol"
    path.write_bytes(
        registry_pol.render(policy_to_entries(Policy.of(offer="enabled", mode="view", helpers=[r"CORP\anna"])))
    )
    return path


def test_over_all_policies_everything_holds(full: Result) -> None:
    """Without a policy the check is complete, all promises that models can speak of hold, all witnesses are witnessed, exit 0."""
    answer = json.loads(full.stdout)

    assert (0, "", True) == (full.exit_code, full.stderr, answer["complete"])
    traced = {promise.name for promise in TRACED}
    assert {"always": {"holds"}, "within": {"holds"}, "sometimes": {"witnessed"}} == {
        kind: {p["verdict"] for p in answer["promises"] if p["kind"] == kind and p["name"] not in traced}
        for kind in ("always", "within", "sometimes")
    }


def test_what_only_a_trace_can_show_is_not_checked(full: Result) -> None:
    """Promises about hands, ids and clocks are not checked; the one that presumes another choice is not promised."""
    given = verdicts(json.loads(full.stdout))

    assert {
        promise.name: "not promised" if promise.name == "a_withdrawn_question_rests" else "not checked"
        for promise in TRACED
    } == {promise.name: given[promise.name] for promise in TRACED}


def test_the_json_contract(full: Result) -> None:
    """The JSON has the keys of the contract, at least, with their types."""
    answer = json.loads(full.stdout)

    assert {"complete", "states", "transitions", "depth", "seconds", "engine", "models", "promises", "mutants"} <= set(
        answer
    )
    assert (bool, int, int, int, float, str) == tuple(
        type(answer[key]) for key in ("complete", "states", "transitions", "depth", "seconds", "engine")
    )
    assert answer["states"] == sum(model["states"] for model in answer["models"])
    assert [("pair", 841), ("two experts", 1146), ("two sessions", 1488), ("ports", 255)] == [
        (model["name"], model["states"]) for model in answer["models"]
    ]
    for model in answer["models"]:
        assert {"name", "states", "transitions", "digest"} <= set(model)
    for promise in answer["promises"]:
        assert {"name", "kind", "verdict", "covers", "presumes", "trace"} <= set(promise)
        assert promise["verdict"] in VERDICTS
        assert {line["event"] for line in promise["trace"]} <= set(LINES)
    assert [promise.name for promise in PROMISES] == [promise["name"] for promise in answer["promises"]]


def test_a_witness_has_its_trace(full: Result) -> None:
    """What is witnessed has the trace that shows it, numbered from one."""
    shown = next(p for p in json.loads(full.stdout)["promises"] if p["name"] == "control_can_be_used")

    assert list(range(1, len(shown["trace"]) + 1)) == [line["seq"] for line in shown["trace"]]
    assert "input_applied" == shown["trace"][-1]["event"]


def test_the_text_says_it_all(view_only: Path) -> None:
    """All of the text has the verdict and the sum first, the policy with its values and places, each promise, the models, the limits."""
    result = check(view_only, "--all")
    text = result.stdout

    assert (0, "") == (result.exit_code, result.stderr)
    assert all(promise.name in text for promise in PROMISES)
    assert text.startswith("nothing is broken in any reachable state; offers are enabled for ")
    assert "helpers may view only" in text.splitlines()[1]
    assert "states, complete." in " ".join(text.splitlines()[2:5])
    assert all(words in text for words in ("every expert is adversarial", "fAllowUnsolicited", str(view_only)))


def test_a_policy_that_forbids_is_an_answer(view_only: Path) -> None:
    """Under a policy that lets helpers only view, control is unreachable, with the setting that makes it so, exit 0."""
    answer = report(view_only)
    given = verdicts(answer)
    control = next(p for p in answer["promises"] if p["name"] == "control_can_be_used")

    assert ("unreachable", "witnessed", "holds") == (
        given["control_can_be_used"],
        given["a_user_can_let_an_expert_view"],
        given["view_only_policy_never_yields_control"],
    )
    assert "fAllowUnsolicitedFullControl" in control["because"]
    assert (0, True) == (check(view_only).exit_code, answer["complete"])


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("absent mode", [e for e in policy_to_entries(Policy.of(offer="enabled", mode="view", helpers=[r"CORP\a"]))
                         if e.name != "fAllowUnsolicitedFullControl"]),
        ("text one", [RegistryEntry(POLICY_KEY, "fAllowUnsolicited", Kind.SZ, "1\0".encode("utf-16-le"))]),
    ],
)  # fmt: skip
def test_an_unclear_policy_is_no_comfort(tmp_path: Path, name: str, entries: list[RegistryEntry]) -> None:
    """A policy that can be read in two ways is checked in the strict one, shown with both, and exit 3."""
    path = tmp_path / f"{name}.pol"
    path.write_bytes(registry_pol.render(entries))
    answer = report(path)
    text = check(path)

    assert (3, 2) == (text.exit_code, len(answer["unclear"][0]["readings"]))
    assert "UNCLEAR in the policy" in text.stdout.splitlines()[0]
    assert all(reading in " ".join(text.stdout.split()) for reading in answer["unclear"][0]["readings"])


@pytest.mark.parametrize(
    ("content", "says"), [(b"PReg\1\0\0\0[\0", "offset 10"), (b"", "the file is empty"), (None, "no such file")]
)
def test_a_policy_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, says: str
) -> None:
    """A file that cannot be read is never an empty policy: exit 2, the place and the reason, and no result."""
    from rasim.cli import main as command_line

    path = tmp_path / "bad.pol"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr("sys.argv", ["rasim", "check", str(path)])
    runner = CliRunner()
    with runner.isolation() as (out, err, _), pytest.raises(SystemExit) as left:
        command_line.main()

    assert (2, b"") == (left.value.code, out.getvalue())
    assert says in err.getvalue().decode()


def test_a_bound_is_not_the_end() -> None:
    """With few states allowed the run is not complete, promises hold to the bound only, nothing is called unreachable: exit 3."""
    answer = report("--max-states", "10")

    assert (False, 3) == (answer["complete"], check("--max-states", "10").exit_code)
    assert "not promised" == verdicts(answer)["a_withdrawn_question_rests"]
    others = {verdict for name, verdict in verdicts(answer).items() if name != "a_withdrawn_question_rests"}
    assert {"holds to bound", "not checked", "witnessed"} >= others
    assert check("--max-states", "10").stdout.startswith("NOT COMPLETE: nothing is broken in the ")


def test_a_bound_beyond_the_end_changes_nothing(full: Result) -> None:
    """With more states allowed than there are, the run is complete."""
    answer = report("--max-states", "100000")

    assert answer["complete"]
    assert verdicts(json.loads(full.stdout)) == verdicts(answer)


def test_witnesses_are_scenarios(tmp_path: Path) -> None:
    """With --witnesses, or --verbose, each way is printed as a scenario, and what each promise says."""
    path = tmp_path / "on.pol"
    path.write_bytes(
        registry_pol.render(policy_to_entries(Policy.of(offer="enabled", mode="control", helpers=[r"CORP\anna"])))
    )
    text, brief = check("--witnesses", path).stdout, check(path).stdout
    same = [[line for line in each.splitlines()[:-1] if line] for each in (text, check("--verbose", path).stdout)]

    assert same[0] == same[1]
    assert "witnessed control_can_be_used: the user grants control by a second click" in text
    assert "    - bob: grants control to anna" in text
    assert ["- bob: grants control" in brief, "time passing is never a yes" in brief] == [False, False]
    assert "time passing is never a yes" in text


def test_a_policy_of_several_files(tmp_path: Path, view_only: Path) -> None:
    """Several files are one policy, the last one winning."""
    path = tmp_path / "control.pol"
    path.write_bytes(
        registry_pol.render(policy_to_entries(Policy.of(offer="enabled", mode="control", helpers=[r"CORP\b"])))
    )

    assert ("witnessed", "unreachable") == tuple(
        verdicts(report(*files))["control_can_be_used"] for files in ((view_only, path), (path, view_only))
    )


def test_disabled_invitations_are_named() -> None:
    """Invitations that are disabled block offers on old systems (R9): the first screen says so, and what the policy says, with the systems."""
    r9 = Path(__file__).parents[2] / "data" / "firewall" / "r9.pol"
    first, said = (" ".join(check(r9, *more).stdout.split()) for more in ((), ("--all",)))

    assert "disabled invitations block offers on xp, xp-sp1, server-2003, and perhaps on" in first
    assert "invitations disabled, which blocks offers on xp, xp-sp1, server-2003, and perhaps on" in said
    assert "(R9)" in first
    assert "(R9)" in said

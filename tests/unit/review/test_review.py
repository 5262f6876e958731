import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from rasim.cli.main import run_line
from rasim.cli.review import _asking
from rasim.errors import Exit, InputError, UsageError
from rasim.review import build, pdf
from rasim.review.claims import ReviewClaim, review_claims, verdict_of
from rasim.review.leaves import CommandOutput, Leaf, LeafEvidence, steady
from rasim.review.verify import Verified, verified

BRANCH = Path("scenarios/who-may-offer/branch.pol").resolve()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a review of a small policy, without a PDF."""
    folder = tmp_path_factory.mktemp("review") / "branch"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pdf, "browser_found", lambda: None)
        assert Exit.OK == run_line(["review", str(BRANCH), "-o", str(folder)])
    return folder


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    """Return a review that a test may change."""
    return Path(shutil.copytree(made, tmp_path / "moved"))


def _again(folder: Path, made: Path) -> Verified:
    """Run a review again; the check, which takes longest, answers what it did."""
    kept = json.loads((made / "evidence/check.json").read_text())

    def ask(arguments: Sequence[str]) -> CommandOutput:
        if arguments[0] == "check":
            return CommandOutput(kept["exit"], json.dumps(kept["answer"]), "")
        return _asking(folder)(arguments)

    return verified(folder, ask)


def _manifest(folder: Path) -> Any:
    return json.loads((folder / "manifest.json").read_text())


def test_a_review_has_its_documents_its_evidence_and_its_inputs(made: Path) -> None:
    """Every file that the manifest names stands in the folder with the hash that it has there, and no other does."""
    manifest = _manifest(made)
    rows = [*manifest["inputs"], *manifest["evidence"], *manifest["documents"]]
    standing = {path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()}

    assert standing == {"manifest.json", *(row["file"] for row in rows)}
    assert all(build.sha256_of((made / row["file"]).read_bytes()) == row["sha256"] for row in rows)
    assert BRANCH.read_bytes() == (made / "inputs/1/branch.pol").read_bytes()


def test_every_claim_names_a_command_and_the_hash_of_its_answer(made: Path) -> None:
    """Each claim has the keys of the contract, and its hash is that of a file of evidence that its command made."""
    hashes = {(row["command"], row["sha256"]) for row in _manifest(made)["evidence"]}

    for claim in _manifest(made)["claims"]:
        assert {"id", "says", "command", "sha256", "holds"} <= claim.keys()
        assert (claim["command"], claim["sha256"]) in hashes


def test_nothing_of_this_machine_is_in_a_review(made: Path) -> None:
    """No path of the machine and no measured time stands in any file of a review."""
    for path in (path for path in made.rglob("*") if path.is_file() and path.suffix != ".pol"):
        text = path.read_text()
        assert str(BRANCH.parents[2]) not in text
        assert str(made) not in text
        assert '"seconds"' not in text


def test_the_page_asks_nobody_for_anything(made: Path) -> None:
    """The page loads nothing and runs nothing, and no address of the network stands in its markup."""
    page = (made / "review.html").read_text()

    assert "default-src 'none'" in page
    assert not re.search(r"<(?:script|link|img|iframe)\b|\ssrc=|url\((?!#)|href=\"(?!#)", page)


def test_the_first_page_has_the_verdict_six_lines_and_what_is_not_covered(made: Path) -> None:
    """The verdict stands first, and below it what cannot be told, what does not hold, and what is not covered."""
    lines = (made / "review.md").read_text().split("\n")

    assert lines[0].startswith("## Security review of Remote Assistance: all ")
    assert "vacuous" in lines[0]
    short = [line for line in lines[:14] if line.startswith("- **")]
    assert ["cannot be told", "does not hold", "who", "roads", "consent", "not covered"] == [
        line.split("**")[1] for line in short
    ]


def test_two_builds_are_equal(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second build of the same input in another place is the same, byte for byte."""
    monkeypatch.setattr(pdf, "browser_found", lambda: None)
    monkeypatch.chdir(tmp_path)
    shutil.copy(BRANCH, tmp_path)

    assert Exit.OK == run_line(["review", "branch.pol", "-o", "second"])
    for path in (path for path in made.rglob("*") if path.is_file()):
        assert path.read_bytes() == (tmp_path / "second" / path.relative_to(made)).read_bytes()


def test_a_review_that_was_moved_is_unchanged(copy: Path, made: Path) -> None:
    """A folder runs again wherever it stands, and what was not touched has not changed."""
    found = _again(copy, made)

    assert ((), "", Exit.OK) == (found.altered, found.unanswered, found.exit_code)


def test_an_input_that_changed_is_named_with_the_leaves_it_changed(copy: Path, made: Path) -> None:
    """Where an input is another one, it is named, each leaf that answers otherwise with its command, and each claim."""
    path = copy / "inputs/1/branch.pol"
    path.write_bytes(path.read_bytes().replace("carol".encode("utf-16-le"), "david".encode("utf-16-le")))
    found = _again(copy, made)
    altered = {(each.what, each.name) for each in found.altered}

    assert Exit.FAILED is found.exit_code
    assert {
        ("input", "inputs/1/branch.pol"),
        ("leaf", "evidence/audit.json"),
        ("claim", "configured.offers"),
    } <= altered
    leaf = next(each for each in found.altered if each.name == "evidence/audit.json")
    assert leaf.command == "rasim audit --as-one inputs/1/branch.pol --format json"
    assert leaf.was != leaf.now


def test_an_input_that_was_added_is_named(copy: Path, made: Path) -> None:
    """A file that somebody put among the inputs is named, though no leaf may answer otherwise."""
    (copy / "inputs/1/branch.pol.txt").write_text("more")

    assert ("input", "inputs/1/branch.pol.txt", "not there") in {
        (each.what, each.name, each.was) for each in _again(copy, made).altered
    }


def test_evidence_and_documents_that_were_edited_are_named(copy: Path, made: Path) -> None:
    """A file that does not have the hash of the manifest is named, and so is one that is missing."""
    (copy / "evidence/audit.json").write_text("{}")
    (copy / "review.md").unlink()
    altered = {(each.what, each.name) for each in _again(copy, made).altered}

    assert {("evidence", "evidence/audit.json"), ("document", "review.md")} == altered


def test_evidence_that_was_added_is_named_and_a_signature_is_not(copy: Path, made: Path) -> None:
    """Evidence that the manifest does not know, and a link in the place of some, are named; what stands beside the documents may."""
    (copy / "evidence/more.json").write_text("{}")
    (copy / "signature.asc").write_text("signed")
    (copy / "evidence/audit.json").unlink()
    (copy / "evidence/audit.json").symlink_to(made / "evidence/audit.json")
    altered = {each.name for each in _again(copy, made).altered}

    assert {"evidence/more.json", "evidence/audit.json"} == altered


@pytest.mark.parametrize("key", ["says", "holds", "command", "sha256"])
def test_a_claim_that_was_edited_in_the_manifest_is_named(key: str, copy: Path, made: Path) -> None:
    """A manifest that claims something else than its inputs give is found out, by the claim."""
    manifest = _manifest(copy)
    manifest["claims"][0][key] = False if key == "holds" else "rasim show rules"
    (copy / "manifest.json").write_text(json.dumps(manifest))
    found = _again(copy, made)

    assert [("claim", "read.whole")] == [(each.what, each.name) for each in found.altered]
    assert Exit.FAILED is found.exit_code


def test_a_document_edited_together_with_its_hash_is_found(copy: Path, made: Path) -> None:
    """Who edits a document and its hash in the manifest is found out too: it is made anew."""
    page = copy / "review.md"
    page.write_text(page.read_text().replace("view only", "control"))
    manifest = _manifest(copy)
    for row in manifest["documents"]:
        row["sha256"] = build.sha256_of((copy / row["file"]).read_bytes())
    (copy / "manifest.json").write_text(json.dumps(manifest))

    assert [("document", "review.md")] == [(each.what, each.name) for each in _again(copy, made).altered]


def test_no_command_of_a_manifest_is_run(copy: Path, made: Path) -> None:
    """A command that somebody wrote into a manifest is compared and never run."""
    manifest = _manifest(copy)
    for row in (*manifest["claims"], *manifest["evidence"]):
        row["command"] = "rasim new owned"
    (copy / "manifest.json").write_text(json.dumps(manifest))

    assert Exit.FAILED is _again(copy, made).exit_code
    assert not (copy / "owned").exists()


@pytest.mark.parametrize("text", ["", "[]", '{"rasim": "1", "verdict": "", "inputs": 1}', "{" * 5000])
def test_a_manifest_that_is_none_is_an_error(text: str, tmp_path: Path) -> None:
    """What is no manifest is told with its place, as an input that cannot be read."""
    (tmp_path / "manifest.json").write_text(text)

    with pytest.raises(InputError, match="no manifest of a review"):
        verified(tmp_path, _asking(tmp_path))


def test_an_input_that_cannot_be_read_any_more_is_no_comfort(copy: Path, made: Path) -> None:
    """Where the leaves cannot be asked the answer says so and why, beside what changed."""
    (copy / "inputs/1/branch.pol").write_bytes(b"nothing")
    found = _again(copy, made)

    assert Exit.USAGE is found.exit_code
    assert "inputs/1/branch.pol" in found.unanswered
    assert [("input", "inputs/1/branch.pol")] == [(each.what, each.name) for each in found.altered]


def test_an_input_that_cannot_be_read_leaves_no_review(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A policy that is none ends with 2, is named as it was given, and nothing is written."""
    bad = tmp_path / "bad.pol"
    bad.write_bytes(b"PReg\1\0\0\0[")

    assert Exit.USAGE == run_line(["review", str(bad), "-o", str(tmp_path / "out")])
    assert str(bad) in capsys.readouterr().err
    assert [bad] == list(tmp_path.iterdir())


def test_a_review_writes_over_nothing(tmp_path: Path) -> None:
    """A folder in which something stands is left as it is, and so is one that is reviewed."""
    (tmp_path / "mine").write_text("mine")

    with pytest.raises(UsageError, match="not empty"):
        build.must_be_new(tmp_path, [])
    with pytest.raises(UsageError, match="stands in what is reviewed"):
        build.must_be_new(tmp_path / "out", [str(tmp_path)])


@pytest.mark.parametrize(
    "words", [["review"], ["review", "a.pol"], ["review", "-o", "x"], ["review", "a.pol", "--verify", "x"]]
)
def test_what_to_do_has_to_be_said(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Without a policy and a place to write, and without a review to run again, the command says what it needs."""
    assert Exit.USAGE == run_line(words)
    assert "--verify DIR" in capsys.readouterr().err


def _claim(holds: bool | None) -> ReviewClaim:
    return ReviewClaim("read.whole", "says", LeafEvidence(Leaf("audit", ()), 0, {}), holds)


def test_what_does_not_hold_outweighs_what_cannot_be_told() -> None:
    """The exit code is 0 where all claims hold, 3 where one cannot be told, 1 where one does not hold."""
    assert Exit.OK is verdict_of([_claim(True)])
    assert Exit.INCONCLUSIVE is verdict_of([_claim(True), _claim(None)])
    assert Exit.FAILED is verdict_of([_claim(None), _claim(False)])


def test_what_two_runs_may_say_differently_is_left_out() -> None:
    """Evidence has no measured time and no name of an engine, however deep they stand."""
    assert {"a": [{"b": 1}]} == steady({"seconds": 1.5, "a": [{"b": 1, "engine": "numpy"}]})


def test_a_pdf_has_no_day_and_keeps_its_length() -> None:
    """The day and the id of a PDF become what they always are, and nothing in it moves."""
    before = b"/CreationDate (D:20261130072900+00'00') /ModDate (D:20261130072900+00'00') /ID [<00ff> <12ab>] x"
    after = pdf.timeless(before)

    assert len(before) == len(after)
    assert after == pdf.timeless(before.replace(b"20261130", b"20270101").replace(b"00ff", b"1234"))


@pytest.fixture(scope="module")
def doubtful(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the answers about a policy whose mode can be read in two ways; the check answers as for another one."""
    folder = tmp_path_factory.mktemp("doubtful")
    text = (
        "Windows Registry Editor Version 5.00\r\n\r\n"
        "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services]\r\n"
        '"fAllowUnsolicited"="1"\r\n'
    )
    (folder / "doubtful.reg").write_text(text)
    inside = folder / "made"
    build.copy_inputs([str(folder / "doubtful.reg")], inside)
    kept = json.loads((made / "evidence/check.json").read_text())

    def ask(arguments: Sequence[str]) -> CommandOutput:
        if arguments[0] == "check":
            return CommandOutput(kept["exit"], json.dumps(kept["answer"]), "")
        return _asking(inside)(arguments)

    return build.reviewed(inside, ask)


def test_what_is_unclear_cannot_be_told_and_has_both_readings(doubtful: Any) -> None:
    """A value that can be read in two ways makes a claim that cannot be told, with both readings, and exit code 3."""
    unclear = next(each for each in doubtful.claims if each.id == "read.one-way.1")

    assert Exit.INCONCLUSIVE is verdict_of(doubtful.claims)
    assert unclear.holds is None
    assert "reading a: " in unclear.found
    assert "reading b: " in unclear.found


def test_what_cannot_be_told_stands_first(doubtful: Any) -> None:
    """What cannot be told stands under the verdict before everything else, in every document."""
    for page in doubtful.pages().values():
        text = page.decode()
        assert (
            text.index("CANNOT BE TOLD") < text.index("Cannot be told") < text.index("In short") < text.index("To sign")
        )


def test_a_broken_promise_and_a_state_that_was_not_reached_are_no_comfort(doubtful: Any) -> None:
    """A broken promise is a claim that does not hold, and an exploration that was stopped cannot be told."""
    check = doubtful.answers["check"]
    answer = {**check.answer, "complete": False, "promises": [{**check.answer["promises"][0], "verdict": "broken"}]}
    claims = {
        each.id: each.holds
        for each in review_claims({**doubtful.answers, "check": LeafEvidence(check.leaf, 1, answer)})
    }

    assert claims["consent.explored"] is None
    assert claims["consent.none-broken"] is False
    assert claims[f"consent.{answer['promises'][0]['name']}"] is False


@pytest.mark.exhaustive
def test_a_review_prints_the_same_pdf_twice(tmp_path: Path) -> None:
    """Chromium prints a review, the same bytes each time, and its hash stands in the manifest."""
    if pdf.browser_found() is None:
        pytest.skip("a review is printed by chromium, which is not installed")
    for name in ("first", "second"):
        assert Exit.OK == run_line(["review", str(BRANCH), "-o", str(tmp_path / name)])
    first, second = ((tmp_path / name / "review.pdf").read_bytes() for name in ("first", "second"))

    assert first.startswith(b"%PDF-")
    assert first == second
    assert {"file": "review.pdf", "sha256": build.sha256_of(first)} in _manifest(tmp_path / "first")["documents"]
    assert Exit.OK == run_line(["review", "--verify", str(tmp_path / "first")])


@pytest.mark.exhaustive
def test_real_policies_can_be_reviewed(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A review of a real baseline, and of one with a firewall, is written and runs again unchanged."""
    monkeypatch.setattr(pdf, "browser_found", lambda: None)
    for name in ("win10-baseline-machine.pol", "fdcc-xp-firewall-machine.pol"):
        assert run_line(["review", str(corpus / name), "-o", str(tmp_path / name)]) in {
            Exit.OK,
            Exit.FAILED,
            Exit.INCONCLUSIVE,
        }
        assert Exit.OK == run_line(["review", "--verify", str(tmp_path / name)])


def test_a_folder_is_copied_with_what_is_in_it(tmp_path: Path) -> None:
    """A folder is copied whole, by the number of its place, and a link in it is an error, for a copy would be none."""
    folder = tmp_path / "gpo"
    (folder / "Machine").mkdir(parents=True)
    (folder / "Machine/Registry.pol").write_bytes(b"PReg\1\0\0\0")
    build.copy_inputs([str(BRANCH), str(folder)], tmp_path / "made")

    assert ["inputs/1/branch.pol", "inputs/2/gpo/Machine/Registry.pol"] == [
        each.file for each in build.inputs_in(tmp_path / "made")
    ]
    (folder / "link").symlink_to(BRANCH)
    with pytest.raises(build.PolicyFileError, match="a link or no regular file"):
        build.copy_inputs([str(folder)], tmp_path / "again")

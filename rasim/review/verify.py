"""Running a review again: each input hashed, each leaf asked, each claim made anew, and every one that changed named.

A manifest is data. No command in it is run: the leaves are made from the inputs, as the builder made them, and compared with what the
manifest has. What was edited in the folder is found by its hash; where the manifest was edited too, by what the inputs say.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from rasim import __version__
from rasim.document import blocks as doc
from rasim.errors import Exit, InputError, RasimError, UsageError, Where, worst
from rasim.inputs import read_file
from rasim.review.build import COPIES, MANIFEST, PDF, Review, inputs_in, reviewed, sha256_of
from rasim.review.leaves import Ask
from rasim.words import plural, printable

_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "inputs": ("file", "sha256"),
    "claims": ("id", "says", "command", "sha256"),
    "evidence": ("file", "command", "sha256"),
    "documents": ("file", "sha256"),
}


@frozen
class Altered:
    """Something that is not as the manifest has it: what kind of thing, which one, its command if it is a leaf, and the two readings."""

    what: str
    name: str
    command: str
    was: str
    now: str

    def as_json(self) -> dict[str, str]:
        """Return it for programs."""
        return {"what": self.what, "name": self.name, "command": self.command, "was": self.was, "now": self.now}


@frozen
class Verified:
    """What a review is found to be when it is run again: what changed, and why the leaves could not be asked, if so."""

    manifest: Mapping[str, Any]
    altered: tuple[Altered, ...]
    leaves: int
    unanswered: str = ""

    @property
    def exit_code(self) -> Exit:
        """Return the exit code: not answered 2, something changed 1, else 0."""
        changed = Exit.FAILED if self.altered else Exit.OK
        return worst(changed, Exit.USAGE if self.unanswered else Exit.OK)

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "unchanged": self.exit_code is Exit.OK,
            "changed": [each.as_json() for each in self.altered],
            "leaves": self.leaves,
            "unanswered": self.unanswered or None,
            "verdict": self.manifest["verdict"],
            "rasim": {"built": self.manifest["rasim"], "verified": __version__},
        }


def verified(folder: Path, ask: Ask) -> Verified:
    """Run a review again.

    Raises:
        InputError: its manifest cannot be read.

    """
    manifest = _manifest_of(folder)
    altered = [*_inputs_altered(folder, manifest), *_files_altered(folder, manifest)]
    try:
        review = reviewed(folder, ask)
    except (RasimError, OSError) as error:
        return Verified(manifest, tuple(altered), 0, printable(str(error)))
    altered += _answers_altered(review, manifest)
    if not altered and manifest["rasim"] == __version__:
        altered += _forged(review, folder, manifest)
    return Verified(manifest, tuple(altered), len(review.answers))


def _manifest_of(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    where = Where(printable(str(path)))
    try:
        found = json.loads(read_file(path))
    except (ValueError, RecursionError) as error:
        raise InputError.at(f"no manifest of a review: {error}", where) from None
    lists = isinstance(found, dict) and isinstance(found.get("rasim"), str) and isinstance(found.get("verdict"), str)
    for key, fields in _KEYS.items():
        rows = found.get(key) if lists else None
        if not isinstance(rows, list) or not all(
            isinstance(row, dict) and all(isinstance(row.get(field), str) for field in fields) for row in rows
        ):
            raise InputError.at(f"no manifest of a review: `{key}` is not as a review has it", where)
    if not (folder / COPIES).is_dir():
        raise UsageError(f"{printable(str(folder))}: has no folder {COPIES}: nothing can be asked again")
    return dict(found)


def _by(rows: Any, key: str, value: str) -> dict[str, str]:
    return {row[key]: row[value] for row in rows}


def _compared(
    what: str, was: Mapping[str, str], now: Mapping[str, str], commands: Mapping[str, str]
) -> Iterator[Altered]:
    for name in dict.fromkeys((*was, *now)):
        if was.get(name) != now.get(name):
            command = commands.get(name, "")
            yield Altered(what, name, command, was.get(name, "not there"), now.get(name, "not there"))


def _inputs_altered(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Altered]:
    now = {each.file: each.sha256 for each in inputs_in(folder)}
    yield from _compared("input", _by(manifest["inputs"], "file", "sha256"), now, {})


def _files_altered(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Altered]:
    """Yield evidence and documents that are not what the manifest has, and evidence that it does not name; links are not followed.

    Beside the documents may stand what is not theirs: who signs a review puts a signature there.
    """
    for key, what, below in (("evidence", "evidence", "evidence/"), ("documents", "document", "")):
        was = _by(manifest[key], "file", "sha256")
        inside = folder / below
        files = sorted(inside.iterdir()) if inside.is_dir() else []
        now = {
            f"{below}{path.name}": sha256_of(path.read_bytes())
            for path in files
            if path.is_file() and not path.is_symlink() and (below or path.name in was)
        }
        yield from _compared(what, was, now, {})


def _answers_altered(review: Review, manifest: Mapping[str, Any]) -> Iterator[Altered]:
    """Yield leaves that answer something else now, then claims that are other ones though their leaf is as it was."""
    fresh = review.manifest({})
    commands = _by(manifest["evidence"], "file", "command") | _by(fresh["evidence"], "file", "command")
    leaves = list(
        _compared(
            "leaf", _by(manifest["evidence"], "file", "sha256"), _by(fresh["evidence"], "file", "sha256"), commands
        )
    )
    yield from leaves
    changed = {each.name for each in leaves}
    was, now = ({row["id"]: row for row in rows} for rows in (manifest["claims"], fresh["claims"]))
    for name in dict.fromkeys((*was, *now)):
        old, new = was.get(name), now.get(name)
        if old == new or ((new or old or {}).get("evidence") in changed and _same_but_hash(old, new)):
            continue
        yield Altered("claim", name, (new or old or {})["command"], _shown(old), _shown(new))


def _same_but_hash(old: Any, new: Any) -> bool:
    """Tell whether a claim is the same but for the hash of its leaf, which is named already."""
    return bool(old and new) and {**old, "sha256": ""} == {**new, "sha256": ""}


def _shown(claim: Any) -> str:
    if claim is None:
        return "not there"
    words = {True: "holds", False: "does not hold", None: "cannot tell"}
    return f"{claim['says']} ({words.get(claim.get('holds'), 'neither')}; {claim.get('found')!s}; {claim['command']}; {claim['sha256'][:12]})"


def _forged(review: Review, folder: Path, manifest: Mapping[str, Any]) -> Iterator[Altered]:
    """Yield documents that are not what the inputs give, though the manifest says they are: both were edited."""
    for name, data in review.pages().items():
        path = folder / name
        now = sha256_of(path.read_bytes()) if path.is_file() else "not there"
        if now != sha256_of(data):
            yield Altered("document", name, "", sha256_of(data), now)
    fresh = review.manifest({}) | {"documents": manifest["documents"]}
    if fresh != manifest:
        yield Altered("manifest", MANIFEST, "", "as the inputs give it", "edited")


# ---- for people ----------------------------------------------------------------------------------------------


def verified_document(found: Verified) -> doc.Document:
    """Return what was found, as a document."""
    verdict = f"{plural(len(found.altered), 'thing')} CHANGED" if found.altered else "nothing has changed"
    if found.unanswered:
        verdict = f"CANNOT BE RUN AGAIN: {found.unanswered}"
    tone: doc.Tone = {Exit.OK: "good", Exit.FAILED: "bad"}.get(found.exit_code, "unclear")  # type: ignore[assignment]
    rows = ((each.what, doc.code(each.name), doc.code(each.command), each.was, each.now) for each in found.altered)
    table = doc.Table("Changed", ("what", "which", "command", "was", "is now"), rows)
    changed = (doc.Section("Changed", (table,), "changed", "changed", always=True),) if found.altered else ()
    version = found.manifest["rasim"]
    other = "" if version == __version__ else f"; it was built by rasim {version}, and this is {__version__}"
    has_pdf = any(each["file"] == PDF for each in found.manifest["documents"])
    first = (
        ("verdict then", found.manifest["verdict"]),
        (
            "run again",
            f"{plural(found.leaves, 'leaf', 'leaves')}, {plural(len(found.manifest['claims']), 'claim')}{other}",
        ),
        ("not made anew", f"{PDF}: only its hash was compared" if has_pdf else "nothing; there is no PDF"),
    )
    return doc.Document(
        "rasim review --verify", verdict, tone, "", (*changed, doc.Section("In short", (doc.Pairs(first),))), first
    )

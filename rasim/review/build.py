"""Building a review: inputs copied, every leaf asked, documents written, and a manifest with the hash of each.

The folder is made beside its place and put there whole. Nothing in it has a date, a path of this machine or a measured time, so that two
builds are equal byte for byte; a PDF is, where the same browser prints it.
"""

import json
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from rasim import __version__
from rasim.document import blocks as doc
from rasim.errors import PolicyFileError, UsageError, Where
from rasim.inputs import MOST_FILES, is_folder, read_file, walk
from rasim.report.outputs import render
from rasim.review.claims import LeafAnswers, ReviewClaim, review_claims, verdict_of
from rasim.review.leaves import Ask, gather_evidence
from rasim.review.paper import Input, review_document
from rasim.words import printable

COPIES: Final = "inputs"
MANIFEST: Final = "manifest.json"
PAGES: Final = {"review.md": "markdown", "review.html": "html"}
PDF: Final = "review.pdf"


@frozen
class Review:
    """What inputs give: the answers of the leaves, the claims, and the document about them."""

    inputs: tuple[Input, ...]
    answers: LeafAnswers
    claims: tuple[ReviewClaim, ...]
    document: doc.Document

    def pages(self) -> dict[str, bytes]:
        """Return the documents that rasim itself writes, by name."""
        return {
            name: f"{render(self.document, form)}\n".encode("utf-8", "backslashreplace") for name, form in PAGES.items()
        }

    def manifest(self, documents: dict[str, bytes]) -> dict[str, Any]:
        """Return the manifest, with the hashes of these documents."""
        return {
            "rasim": __version__,
            "inputs": [{"file": each.file, "sha256": each.sha256} for each in self.inputs],
            "claims": [each.as_json() for each in self.claims],
            "evidence": [
                {"file": each.leaf.file, "command": each.leaf.command, "exit": each.exit, "sha256": each.digest}
                for each in self.answers.values()
            ],
            "documents": [{"file": name, "sha256": sha256_of(data)} for name, data in sorted(documents.items())],
            "verdict": self.document.verdict,
            "exit": int(verdict_of(self.claims)),
        }


def sha256_of(data: bytes) -> str:
    """Return the hash of bytes, as `sha256sum` gives it."""
    return sha256(data).hexdigest()


def reviewed(folder: Path, ask: Ask) -> Review:
    """Return the review of what stands in a folder's `inputs`; `ask` runs commands there.

    Raises:
        UsageError: one of them cannot be read.

    """
    answers = gather_evidence(_policies_in(folder), ask)
    claims = review_claims(answers)
    inputs = tuple(inputs_in(folder))
    return Review(inputs, answers, claims, review_document(__version__, inputs, answers, claims))


def copy_inputs(policies: Sequence[str], folder: Path) -> None:
    """Copy policy files and folders below `inputs`, each into a folder with its number: the order is theirs.

    Raises:
        PolicyFileError: something cannot be read, or is a link or a device, which a copy would not be.

    """
    for at, path in enumerate(policies, 1):
        name = Path(path).name or Path(path).resolve().name or "root"
        target = folder / COPIES / str(at) / name
        if not is_folder(path):
            target.parent.mkdir(parents=True)
            target.write_bytes(read_file(path, PolicyFileError))
            continue
        for inside, below in _regular_files(path):
            copy = target / below
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(read_file(inside, PolicyFileError))
        target.mkdir(parents=True, exist_ok=True)


def _regular_files(top: str) -> Iterator[tuple[str, str]]:
    """Yield the files of a tree, and where they stand below its top."""
    failed: list[PolicyFileError] = []
    for inside, _, names in walk(top, failed.append, PolicyFileError, MOST_FILES):
        for name in names:
            path = os.path.join(inside, name)  # noqa: PTH118  (as it was given)
            if not stat.S_ISREG(os.lstat(path).st_mode):
                raise PolicyFileError("a link or no regular file: a review copies its inputs", Where(printable(path)))
            yield path, os.path.relpath(path, top)
    if failed:
        raise failed[0]


def _policies_in(folder: Path) -> list[str]:
    """Return the policies that were copied, in their order, as paths from the folder."""
    numbered = sorted(
        (each for each in (folder / COPIES).iterdir() if each.is_dir()), key=lambda each: _number(each.name)
    )
    return [each.relative_to(folder).as_posix() for number in numbered for each in sorted(number.iterdir())]


def _number(name: str) -> tuple[int, str]:
    return len(name), name


def inputs_in(folder: Path) -> Iterator[Input]:
    """Yield the files below `inputs`, with their hashes, the policies in their order."""
    files = (each for each in (folder / COPIES).rglob("*") if each.is_file())
    names = ((path.relative_to(folder), path) for path in files)
    for name, path in sorted(names, key=lambda each: (_number(each[0].parts[1]), each[0].parts)):
        yield Input(name.as_posix(), sha256_of(path.read_bytes()))


def must_be_new(target: Path, policies: Sequence[str]) -> None:
    """See that a review can be written there.

    Raises:
        UsageError: something stands there, or it is inside what is reviewed.

    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{printable(str(target))}: is not empty; a review is written into a new folder")
    for policy in policies:
        if is_folder(policy) and target.resolve().is_relative_to(Path(policy).resolve()):
            raise UsageError(f"{printable(str(target))}: stands in what is reviewed, {printable(policy)}")


def write_review(review: Review, folder: Path, pdf: bytes | None) -> dict[str, Any]:
    """Write the evidence, the documents and the manifest, and return it."""
    documents = review.pages() | ({} if pdf is None else {PDF: pdf})
    manifest = review.manifest(documents)
    (folder / "evidence").mkdir()
    for each in review.answers.values():
        (folder / each.leaf.file).write_bytes(each.data)
    for name, data in documents.items():
        (folder / name).write_bytes(data)
    (folder / MANIFEST).write_bytes(f"{json.dumps(manifest, indent=1)}\n".encode())
    return manifest


def put_in_place(made: Path, target: Path) -> None:
    """Put a folder where it belongs, in the place of an empty one.

    Raises:
        UsageError: it cannot be put there.

    """
    try:
        if target.exists():
            target.rmdir()
        shutil.move(made, target)
    except OSError as error:
        raise UsageError(f"{printable(str(target))}: cannot be written: {error.strerror or error}") from None

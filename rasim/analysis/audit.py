"""What policy files mean, for people and for programs: the report of `rasim audit`.

`audit` judges what was opened elsewhere; `rasim.report.audit` makes a document of it. A file that could not be read stays in the
report with its error and makes it incomplete; it never looks like an empty policy.
"""

from collections.abc import Iterable, Iterator

from attrs import evolve, field, frozen

from rasim.analysis.file_audit import FileAudit
from rasim.analysis.findings import Finding, Severity, findings_of, most_severe_first
from rasim.analysis.helper_findings import findings_about
from rasim.analysis.limits import OF_AUDIT, OF_FORMATS, WHERE_MEMBERS_ARE_TOLD
from rasim.analysis.many_files import OWN_NAME, Files, Stencil, files_together
from rasim.directory import merging
from rasim.errors import Exit, PolicyFileError, worst
from rasim.formats import IN_ENGLISH, RESULTS, Remark, Words
from rasim.policy import SYSTEMS, Membership, Policy, Reach, RegistryEntry, State, Unclear, reach, read_policy
from rasim.policy.precedence import Container
from rasim.policy.who_won import won


@frozen
class Audit:
    """The whole report; `complete` is whether every file given was read, `address` the expert's if it was told.

    `passed_over` are files met in folders that are no policy files and do not claim to be: each with what it is.
    """

    files: Files = field(converter=files_together)
    address: str | None = None
    passed_over: tuple[tuple[str, str], ...] = ()
    membership: Membership | None = None
    complete: bool = field(init=False)

    @complete.default
    def _complete(self) -> bool:
        return all(each.error is None for each in self.contents)

    @property
    def contents(self) -> Iterator[FileAudit]:
        """What files mean, once for all files of one content, as the first of them."""
        return (alike.first for alike in self.files.alike)

    @property
    def counted(self) -> Iterator[tuple[FileAudit, int]]:
        """What files mean, once for all files of one content, and how many files those are."""
        return ((alike.first, len(alike.paths)) for alike in self.files.alike)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, file by file."""
        return tuple(finding for each in self.files for finding in each.findings)

    @property
    def unclear(self) -> tuple[Unclear, ...]:
        """All that has two readings, file by file."""
        return tuple(doubt for each in self.files if each.policy for doubt in each.policy.unclear)

    @property
    def limits(self) -> tuple[str, ...]:
        """What the report cannot know; printed always."""
        formats = {form for each in self.contents for form in (each.format or "").split(" + ")}
        limits = OF_AUDIT if self.membership is None else (*OF_AUDIT[:-1], WHERE_MEMBERS_ARE_TOLD)
        return (*limits, *dict.fromkeys(limit for form, limit in OF_FORMATS.items() if form in formats))

    def exit_code(self, fail_on: Severity) -> Exit:
        """Return the exit code: unreadable 2, a finding at or above `fail_on` 1, unclear 3, nothing at all 4, else 0."""
        failed = any(finding.kind.severity >= fail_on for each in self.contents for finding in each.findings)
        unclear = any(each.policy and each.policy.unclear for each in self.contents)
        return worst(
            Exit.OK if self.complete else Exit.USAGE,
            Exit.FAILED if failed else Exit.OK,
            Exit.INCONCLUSIVE if unclear else Exit.OK,
            Exit.OK if self.files else Exit.NOTHING,
        )


@frozen
class How:
    """How an audit goes about it.

    With `as_one` what is given is applied in the order given, lowest precedence first, and judged once; with `containers`
    or `at` (the path of a computer) in the order of their links. `strict` rejects white space in exceptions of the firewall
    (A2); `address` is the expert's, for exceptions that let in some addresses only; `words` are those in which reports may
    be written; `membership` is who is in which group, if that was told.
    """

    as_one: bool = False
    containers: tuple[Container, ...] | None = None
    at: str | None = None
    strict: bool = False
    address: str | None = None
    words: Words = IN_ENGLISH
    membership: Membership | None = None

    @property
    def merges(self) -> bool:
        """Return whether all that is given is judged as one."""
        return self.as_one or self.containers is not None or self.at is not None


def audit(files: Iterable[merging.Given | tuple[str, bytes | PolicyFileError]], how: How = How()) -> Audit:
    """Judge what is given, as (path, bytes), (path, error) for what could not be opened, or `Given`; none is held for long.

    Of several as one, those that cannot be read are listed after them, and their absence makes the result unclear.

    Raises:
        UsageError: `address` is no IPv4 address; a link names something that two of the files are called.

    """
    passed: list[tuple[str, str]] = []
    given = _not_passed((each if isinstance(each, merging.Given) else merging.Given(*each) for each in files), passed)
    judged = tuple(_as_one(given, how) if how.merges else (_judge(each, how) for each in given))
    return Audit(judged, how.address, tuple(passed), how.membership)


def judge_once(given: merging.Given, stand_in: str, how: How) -> Stencil:
    """Judge a file for all that have its content, under a stand-in for their names, or (`OWN_NAME`) under its own.

    Raises:
        UsageError: `address` is no IPv4 address.

    """
    return Stencil.of(_judge(given if stand_in == OWN_NAME else evolve(given, path=stand_in), how), stand_in)


def _not_passed(given: Iterable[merging.Given], passed: list[tuple[str, str]]) -> Iterator[merging.Given]:
    """Yield what is to be judged, and note the rest."""
    for each in given:
        why = merging.passes_over(each)
        if why is None:
            yield each
        else:
            passed.append((each.path, why))


def _judge(given: merging.Given, how: How) -> FileAudit:
    source = merging.read_alone(given, how.words)
    if source.registry is None:
        return FileAudit(source.path, error=source.error)
    policy = read_policy(source.registry, strict=how.strict)
    decided = won(source.registry)
    return FileAudit(
        source.path,
        source.format,
        source.entries,
        None,
        policy,
        _findings(policy, source.remarks, source.registry.repeated, how, whole=source.format == RESULTS.name),
        (source.path,),
        source.gpo,
        (),
        decided if any(each.overrode for each in decided) else (),
        _reach(policy, how),
    )


def _reach(policy: Policy, how: How) -> tuple[Reach, ...]:
    return tuple(reach(policy.firewall, os, address=how.address) for os in SYSTEMS)


def _findings(
    policy: Policy, remarks: Iterable[Remark], repeated: Iterable[RegistryEntry], how: How, *, whole: bool
) -> tuple[Finding, ...]:
    found = findings_of(policy, remarks, repeated, whole=whole)
    if how.membership is None or policy.offer.state is not State.ENABLED:
        return found
    return most_severe_first((*found, *findings_about(policy, how.membership)))


def _as_one(given: Iterable[merging.Given], how: How) -> Iterator[FileAudit]:
    merged = merging.merge(given, how.words, how.containers, how.at)
    good = [source for source in merged.sources if source.error is None]
    if good or not merged.sources:
        yield from _merged_audit(merged, good, how)
    for source in merged.sources:
        if source.error is not None:
            yield FileAudit(source.path, error=source.error)


def _merged_audit(merged: merging.Merged, good: list[merging.Source], how: How) -> Iterator[FileAudit]:
    if not good:
        return
    applied = [step.path for step in merged.steps if not step.why_not]
    policy = read_policy(merged.registry, strict=how.strict)
    policy = evolve(policy, unclear=(*policy.unclear, *merged.missing))
    remarks = [remark for source in good if source.path in applied for remark in source.remarks]
    yield FileAudit(
        " + ".join(dict.fromkeys(applied)) or "nothing",
        " + ".join(dict.fromkeys(source.format or "" for source in good if source.path in applied)) or None,
        sum(source.entries or 0 for path in applied for source in good if source.path == path),
        None,
        policy,
        _findings(policy, remarks, merged.registry.repeated, how, whole=True),
        tuple(dict.fromkeys(applied)),
        None,
        merged.steps,
        merged.won,
        _reach(policy, how),
    )

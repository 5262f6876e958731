"""The report of an audit for programs. The JSON is a contract: keys are added, never renamed."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from attrs import asdict, frozen

from rasim.analysis.audit import Audit
from rasim.analysis.explain import as_doubt, as_road
from rasim.analysis.file_audit import FileAudit, file_of
from rasim.analysis.helper_findings import who
from rasim.analysis.many_files import Files
from rasim.errors import PolicyFileError, Where
from rasim.policy import Membership, Policy, Reach, Stated, printable, roads_of
from rasim.policy.who_won import Said
from rasim.words import place_in_file


def as_json(report: Audit) -> dict[str, Any]:
    """Return the report as the JSON contract has it; names are printable (`<U+200B>` for what cannot be seen)."""
    return {
        "files": [_file_json(each, report) for each in report.files],
        "findings": [said for each in report.files for said in _findings_json(each)],
        **_rest_json(report),
    }


def json_text(report: Audit) -> Iterator[str]:
    """Yield the text of `as_json` in pieces: what files of one content say is put into words once."""
    told = (_Told(report.files, partial(_file_json, report=report)), _Told(report.files, _findings_json))
    for before, key, texts in zip("{,", ("files", "findings"), told, strict=True):
        yield f'{before}\n  "{key}": '
        opened = False
        for text in texts:
            yield f"{',' if opened else '['}\n    {text}"
            opened = True
        yield "\n  ]" if opened else "[]"
    yield f",{json.dumps(_rest_json(report), indent=2).removeprefix('{')}"


@frozen
class _Told:
    """The texts of what each file says, in their order, without the indentation of the first line; nothing for one that is silent."""

    files: Files
    says: Callable[[FileAudit], Any]

    def __iter__(self) -> Iterator[str]:
        known: dict[int, Sequence[str]] = {}
        for alike, path in self.files.each:
            if alike.stencil is None:
                text = self._text(alike.first)
            else:
                around = known.get(id(alike))
                if around is None:
                    stand_in = alike.stencil.stand_in
                    around = known[id(alike)] = self._text(alike.stencil.filled(stand_in)).split(stand_in)
                text = json.dumps(path)[1:-1].join(around)
            if text:
                yield text

    def _text(self, each: FileAudit) -> str:
        said = self.says(each)
        text = json.dumps(said, indent=2).replace("\n", "\n    ")
        if isinstance(said, list):  # its members stand in the list of all files
            text = text[1:-1].strip().replace("\n      ", "\n    ")
        return text


def _findings_json(each: FileAudit) -> list[dict[str, Any]]:
    return [
        {
            "rule": finding.kind.id,
            "severity": str(finding.kind.severity),
            "message": finding.message,
            "file": file_of(each, finding.where),
            "where": place_in_file(finding.where) or None,
            "remedy": finding.kind.remedy,
            "guidance": [asdict(each) for each in finding.kind.guidance],
        }
        for finding in each.findings
    ]


def _rest_json(report: Audit) -> dict[str, Any]:
    return {
        "complete": report.complete,
        "limits": list(report.limits),
        "passed_over": [{"path": path, "message": why} for path, why in report.passed_over],
    }


def _file_json(each: FileAudit, report: Audit) -> dict[str, Any]:
    return {
        "path": each.path,
        "paths": list(each.paths or (each.path,)),
        "format": each.format,
        "entries": each.entries,
        "error": None if each.error is None else _error_json(each.error),
        "policy": None if each.policy is None else _policy_json(each.policy, report.membership),
        "roads": [] if each.policy is None else [as_road(road) for road in roads_of(each.policy)],
        "firewall": {found.system: _reach_json(found) for found in each.reach},
        "gpo": None if each.gpo is None else {"name": each.gpo.name, "id": each.gpo.id, "domain": each.gpo.domain},
        "steps": [
            {"gpo": step.name, "path": step.path, "how": step.how, "applied": not step.why_not, "why": step.why_not}
            for step in each.steps
        ],
        "won": [
            {"setting": one.setting, **_said_json(one.by), "overrode": [_said_json(said) for said in one.overrode]}
            for one in each.won
        ],
    }


def _said_json(said: Said) -> dict[str, Any]:
    return {"says": said.says, "gpo": said.gpo, **_where_json(said.where)}


def _reach_json(verdict: Reach) -> dict[str, Any]:
    return {
        "offer": verdict.offer,
        "missing": list(verdict.missing),
        "superfluous": list(verdict.superfluous),
        "port 3389": verdict.port_3389,
        "because": [f"{r.rule}: {r.says}{_at(r.where)}" for r in verdict.because],
    }


def _error_json(error: PolicyFileError) -> dict[str, Any]:
    where = error.where
    if where.line is not None:
        return {"message": error.message, "line": where.line, "column": where.column}
    return {"message": error.message, "offset": where.offset}


def _policy_json(policy: Policy, membership: Membership | None) -> dict[str, Any]:
    offer = policy.offer
    return {
        "offer": {
            "state": offer.state.value,
            "mode": offer.mode.value if offer.mode else None,
            "helpers": [str(helper) for helper in offer.helpers],
            "in_groups": [{"helper": str(helper), "group": helper.group} for helper in offer.helpers if helper.group],
            "who": [
                {
                    "helper": str(each.helper),
                    "what": each.what,
                    "people": each.people,
                    "untold": [str(group) for group in each.untold],
                }
                for each in (() if membership is None else who(policy, membership))
            ],
            "unclear": [{**as_doubt(doubt), **_where_json(doubt.where)} for doubt in policy.unclear],
        },
        "solicited": {
            "state": policy.solicited.state.value,
            "mode": policy.solicited.mode.value if policy.solicited.mode else None,
        },
        "logging": policy.logging.state.value,
        "local": {"solicited": policy.local.solicited.value},
        "unread": [
            {"what": each.what, "says": each.why, "certain": each.harmless, **_where_json(each.where)}
            for each in policy.unread
        ],
        "stated": [
            {"setting": stated.setting, "says": stated.says, **_where_json(stated.where)}
            for stated in _all_stated(policy)
            if stated.where is not None
        ],
    }


def _where_json(where: Where | None) -> dict[str, Any]:
    return {"file": where.file if where else None, "where": place_in_file(where) or None}


def _all_stated(policy: Policy) -> Iterator[Stated]:
    yield policy.offer.stated
    yield policy.offer.mode_stated
    for helper in policy.offer.helpers:
        yield Stated(helper.group or "RAUnsolicit", "stated", str(helper), helper.where)
    yield policy.solicited.stated
    yield policy.solicited.mode_stated
    yield policy.logging.stated
    yield policy.local.stated
    yield from policy.misplaced


def _at(where: Where | None) -> str:
    place = place_in_file(where)
    return "" if where is None or not place else f" ({printable(where.file)}, {place})"

"""Where this rasim was installed from, as a line that pip and uv install it from again.

The installer records it (PEP 610, `direct_url.json`): a path, an archive, or a commit. Who installed by name leaves no record, and a
name alone is not written on: it is not published, and somebody else could take it.
"""

import json
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

UNKNOWN = "file:///WRITE-INTO-REQUIREMENTS-TXT-WHERE-RASIM-COMES-FROM"
"""No such file: an installer stops at it, and its message says what to do."""

_ABOUT = {
    "path": """\
# Where rasim comes from: the place on this computer that it was installed from. Another computer, and a pipeline, does not have it:
# before you share this, write instead the address of a repository or a wheel that they reach, such as
# rasim[{extra}] @ git+https://HOST/OWNER/rasim@COMMIT""",
    "address": """\
# Where rasim comes from: the address and version that it was installed from. For another version change what stands behind the last @
# or the whole address.""",
    "": """\
# It is not known where rasim came from, so the line below stops the installer. Write where yours comes from:
# rasim[{extra}] @ file:///FOLDER/rasim             a checkout or a wheel on this computer
# rasim[{extra}] @ git+https://HOST/OWNER/rasim@COMMIT""",
}


def requirement(extra: str, recorded: str | None = None) -> str:
    """Return the lines of a requirements file that install this rasim with an extra, and say how to change that.

    `recorded` is the installer's record; this installation's own unless given.
    """
    address = _address(_recorded() if recorded is None else recorded)
    kind = (
        ""
        if address is None
        else "path"
        if address.partition("+")[2].startswith("file:") or address.startswith("file:")
        else "address"
    )
    return f"{_ABOUT[kind].format(extra=extra)}\nrasim[{extra}] @ {address or UNKNOWN}"


def _recorded() -> str:
    try:
        return distribution("rasim").read_text("direct_url.json") or ""
    except PackageNotFoundError:
        return ""


def _address(recorded: str) -> str | None:
    """Return the address that a record tells; None if it tells none, or one on this computer that is not there any more."""
    from urllib.request import url2pathname

    try:
        record: dict[str, Any] = json.loads(recorded)
        url = record["url"]
        parts = urlsplit(url)
        if parts.scheme == "file" and not Path(url2pathname(parts.path)).exists():
            return None
        at = record.get("vcs_info")
        marks = [f"subdirectory={record['subdirectory']}"] if record.get("subdirectory") else []
        marks += [
            f"{kind}={value}"
            for kind, value in record.get("archive_info", {}).get("hashes", {}).items()
            if kind == "sha256"
        ]
        return (f"{at['vcs']}+{url}@{at['commit_id']}" if at is not None else url) + (
            "#" + "&".join(marks) if marks else ""
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None

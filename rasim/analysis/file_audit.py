"""What one file or folder means, or several as one: how it was read, its policy, findings and reach; or why it could not be read."""

from attrs import frozen

from rasim.analysis.findings import Finding
from rasim.directory import merging
from rasim.errors import PolicyFileError, Where
from rasim.policy import Policy, Reach
from rasim.policy.precedence import Gpo
from rasim.policy.who_won import Won
from rasim.words import place_in_file


@frozen
class FileAudit:
    """One file or folder, or several as one: how it was read and what it means; `error` instead if it could not be read.

    Of several as one `steps` says in which order they were applied, and `won` who decided what. `reach` is what the firewall lets
    through on each system.
    """

    path: str
    format: str | None = None
    entries: int | None = None
    error: PolicyFileError | None = None
    policy: Policy | None = None
    findings: tuple[Finding, ...] = ()
    paths: tuple[str, ...] = ()
    gpo: Gpo | None = None
    steps: tuple[merging.Layer, ...] = ()
    won: tuple[Won, ...] = ()
    reach: tuple[Reach, ...] = ()

    @property
    def several(self) -> bool:
        """Whether what it says can stand in more than one file."""
        return len(self.paths) > 1 or self.format == merging.GPO_FOLDER

    def place_in(self, where: Where | None) -> str:
        """Return a place, with the name of its policy or file where there are several; nothing where there is none."""
        place = place_in_file(where)
        if where is None or not place:
            return ""
        if not self.several and where.file in {self.path, *self.paths}:
            return place
        path = where.file.replace("\\", "/")
        above = (step.name for step in self.steps if path.startswith(f"{step.path.replace(chr(92), '/')}/"))
        # Of the folder of one group policy, which is reported alone, what is below it is enough.
        below = where.file.removeprefix(f"{self.path}/") if self.format == merging.GPO_FOLDER else where.file
        return f"{next(above, '') or below}, {place}"


def file_of(each: FileAudit, where: Where | None) -> str:
    """Return the file that a place is in; of what has no place the last file that was applied, else what was given."""
    return where.file if where is not None and where.file else each.paths[-1] if each.paths else each.path

r"""Lists of firewall exceptions as people keep them: a text file with one string a line. `parse` and `render`.

    # what the helpdesk needs
    135:TCP:*:Enabled:Offer Remote Assistance
    %WINDIR%\SYSTEM32\Sessmgr.exe:*:Enabled:Remote Assistance

Each line becomes the entry that the policy editor would store for it in the domain profile. Lines that begin with `#` or
`;` are comments. The registry holds whatever was typed; a list that is handed over is held to its form, so a line that is
no exception refuses the file (R27).
"""

from collections.abc import Iterable, Iterator

from rasim.errors import PolicyFileError, Where
from rasim.formats.decoding import decode, utf16
from rasim.formats.reader_remarks import Remarks
from rasim.policy.exceptions import FirewallException, Unreadable, parse_port, parse_program
from rasim.policy.registry import RegistryEntry, RegType
from rasim.policy.settings import FIREWALL


def parse(data: bytes, file: str = "", remarks: Remarks | None = None) -> Iterator[RegistryEntry]:
    """Yield the entries that the exceptions of a list stand for, in the order of its lines.

    Raises:
        PolicyFileError: bytes that are no text, or a line that is no exception; with its place.

    """
    settings = FIREWALL["domain"]
    for number, line in enumerate(decode(data, file, Remarks() if remarks is None else remarks).splitlines(), 1):
        text = line.strip()
        if not text or text.startswith(("#", ";")):
            continue
        where = Where(file, line=number)
        found = exception_of(text, where)
        if isinstance(found, Unreadable):
            raise PolicyFileError(f"no exception of the firewall: {found.why}", where)
        setting = settings.port_list if text[0].isdigit() else settings.program_list
        yield RegistryEntry(setting.key, text, RegType.SZ, utf16(f"{text}\0"), where)


def exception_of(text: str, where: Where | None = None) -> FirewallException | Unreadable:
    """Return the port or program exception that a line is, told by its first letter, or why it is none."""
    return (parse_port if text[:1].isdigit() else parse_program)(text, where)


def render(exceptions: Iterable[FirewallException]) -> bytes:
    """Return the list that holds these exceptions, one a line, without blanks around colons (A2)."""
    return "".join(f"{each}\n" for each in exceptions).encode()

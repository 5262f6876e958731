"""The firewall half of the document, read by hand: plain if and else, written from its text and from nothing of rasim.

It takes the exceptions by the names of their programs and says three things: whether an offer gets through, what is missing,
and when port 3389 is open.
"""

NAMED_SYSTEMS = ("windows-xp-sp2", "windows-xp-x64-sp1", "windows-server-2003-sp1")
INHERITED = {"windows-xp-sp3": "windows-xp-sp2", "windows-server-2003-sp2": "windows-server-2003-sp1"}
EXCEPTIONS = ("135 tcp", "helpsvc", "helpctr", "sessmgr", "remote desktop")


def read(system: str, stated: frozenset[str]) -> tuple[str, tuple[str, ...], str]:
    """Return what becomes of an offer, what is missing, and when port 3389 is open."""
    missing = []
    # "For all the computers ..., add the following entry": the port.
    if "135 tcp" not in stated:
        missing.append("135 tcp")
    # "For all the computers, add the following entries": two programs.
    if "helpsvc" not in stated:
        missing.append("helpsvc")
    if "helpctr" not in stated:
        missing.append("helpctr")
    if system == "windows-server-2003-sp1":
        # The Remote Desktop exception "must be configured", for Sessmgr.exe "will not work".
        if "remote desktop" not in stated:
            missing.append("remote desktop")
    elif "sessmgr" not in stated and "remote desktop" not in stated:
        # The exception for Sessmgr.exe, but the other setting "will work for computers running all versions".
        missing.append("sessmgr or remote desktop")
    return "gets through" if not missing else "blocked", tuple(missing), read_port(system, stated)


def read_port(system: str, stated: frozenset[str]) -> str:
    """Return when port 3389 is open."""
    if "remote desktop" in stated:
        return "always open"  # "it will leave port 3389 constantly open"
    if system == "windows-server-2003-sp1":
        return "closed"
    if "sessmgr" in stated:
        return "while in use"  # "will be opened and closed dynamically"
    return "closed"

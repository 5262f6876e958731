"""What hardening guides ask for, by their own ids: data for findings, with a mark on each id.

*Verified* ids were read in the guide or in a page that quotes it, *remembered* ones were not. A guide that is not here was not
looked at. Sources: domain 8.
"""

from typing import Final, Literal

from attrs import frozen

OUTSIDE: Final = (
    "local Administrators and direct members of the local group Offer Remote Assistance Helpers may offer too, and"
    " whom no file given puts there is not seen here; preferences and restricted groups stand beside a Registry.pol"
)
"""What no answer about policy files can know."""


@frozen
class Guidance:
    """A requirement of a guide: who asks, under which id, for what, and whether anybody read it there."""

    guide: str
    id: str
    asks: str
    mark: Literal["verified", "remembered"]


_OFFERS_OFF: Final = "fAllowUnsolicited is 0; a value that does not exist is a finding too"
_INVITATIONS_OFF: Final = "fAllowToGetHelp is 0"
_SOLICITED_DISABLED: Final = "Configure Solicited Remote Assistance: Disabled"

OFFER_GUIDANCE: Final = (
    Guidance("DISA STIG Windows Server 2008 R2", "V-3470", _OFFERS_OFF, "verified"),
    Guidance("DISA STIG Windows 8", "WN08-CC-000058", _OFFERS_OFF, "verified"),
    Guidance("DISA STIG Windows Server 2012", "WN12-CC-000058", _OFFERS_OFF, "verified"),
    Guidance("DISA STIG Windows Server 2012 R2", "V-225353", _OFFERS_OFF, "verified"),
    Guidance("DISA STIG Windows Server 2022", "V-226174", _OFFERS_OFF, "verified"),
    Guidance("CIS", "18.8.36.x or 18.9.35.x, by version", "Configure Offer Remote Assistance: Disabled", "remembered"),
)
SOLICITED_GUIDANCE: Final = (
    Guidance("DISA STIG Windows 10", "WN10-CC-000155 (V-63651), CAT I", _INVITATIONS_OFF, "verified"),
    Guidance("DISA STIG Windows 10, later", "V-220823", _INVITATIONS_OFF, "remembered"),
    Guidance("DISA STIG Windows 11", "WN11-CC-000155 (V-253382), CAT I", _INVITATIONS_OFF, "verified"),
    Guidance("DISA STIG, older", "V-3343", _INVITATIONS_OFF, "remembered"),
    Guidance("Microsoft security baseline", "solicited help", _SOLICITED_DISABLED, "remembered"),
    Guidance("CIS", "18.8.36.x or 18.9.35.x, by version", _SOLICITED_DISABLED, "remembered"),
)

r"""What a computer allows: settings with provenance, the helper list, groups, and the decisions made from them.

    policy = Policy.of(offer="enabled", mode="view", helpers=[r"CORP\Helpdesk"])
    may_offer(policy, r"CORP\anna", Membership.of({r"CORP\Helpdesk": [r"CORP\anna"]})).allowed

Pure values and functions: nothing here knows files, clocks or chance.
"""

from rasim.doors import doors
from rasim.policy.accounts import Account, Flaw, flaw_of, names_everybody, parse_account
from rasim.policy.answer import Decision, Reason
from rasim.policy.decision import may_control, may_offer, permits_control, permits_offers
from rasim.policy.exceptions import PortException, ProgramException, Scope, Unreadable, parse_port, parse_program
from rasim.policy.firewall import NAMED, Firewall
from rasim.policy.firewall_entries import firewall_to_entries, read_firewall
from rasim.policy.groups import Membership
from rasim.policy.helper_list import HelperList, is_helper
from rasim.policy.names import fold
from rasim.policy.offer import Policy, policy_to_entries, read_policy
from rasim.policy.reach import Reach, reach
from rasim.policy.registry import MACHINE, Action, Registry, RegistryEntry, RegType, describe
from rasim.policy.road_states import RoadState, roads_of
from rasim.policy.settings import SETTINGS, Setting
from rasim.policy.stated import Helper, Local, Logging, Mode, Offer, Preference, Solicited, State, Stated
from rasim.policy.stated_changes import StatedChange, changes
from rasim.policy.systems import SYSTEMS, Blocks, System
from rasim.policy.unclear import Unclear
from rasim.policy.what_if import settable, what_if
from rasim.words import printable

__all__ = [
    "MACHINE",
    "NAMED",
    "SETTINGS",
    "SYSTEMS",
    "Account",
    "Action",
    "Blocks",
    "Decision",
    "Firewall",
    "Flaw",
    "Helper",
    "HelperList",
    "Local",
    "Logging",
    "Membership",
    "Mode",
    "Offer",
    "Policy",
    "PortException",
    "Preference",
    "ProgramException",
    "Reach",
    "Reason",
    "RegType",
    "Registry",
    "RegistryEntry",
    "RoadState",
    "Scope",
    "Setting",
    "Solicited",
    "State",
    "Stated",
    "StatedChange",
    "System",
    "Unclear",
    "Unreadable",
    "changes",
    "describe",
    "firewall_to_entries",
    "flaw_of",
    "fold",
    "is_helper",
    "may_control",
    "may_offer",
    "names_everybody",
    "parse_account",
    "parse_port",
    "parse_program",
    "permits_control",
    "permits_offers",
    "policy_to_entries",
    "printable",
    "reach",
    "read_firewall",
    "read_policy",
    "roads_of",
    "settable",
    "what_if",
]

Change, Kind = StatedChange, RegType  # as they were called up to 0.2; who imports them by these names still can

doors(globals())

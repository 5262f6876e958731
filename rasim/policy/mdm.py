r"""What MDM says beside group policy: which of them wins, by `MDMWinsOverGP`.

A device management server (Intune is one) sets policies through the Policy CSP; each writes the registry values of its twin in group policy.
Where both set one policy and say otherwise, Microsoft documents one case: with MDMWinsOverGP 1 the group policy's twin is blocked. In every
other there is "a race condition and no guarantee which one wins" (policy-csp-controlpolicyconflict), so both readings are told.
"""

from typing import Final

from rasim.policy.settings import SWITCH, Setting

POLICY_MANAGER: Final = r"SOFTWARE\Microsoft\PolicyManager"
"""Where Windows keeps its own copy of what MDM said."""

MDM_WINS: Final = Setting(
    field="mdm.wins",
    key=POLICY_MANAGER + r"\current\device\ControlPolicyConflict",
    value="MDMWinsOverGP",
    words="ControlPolicyConflict/MDMWinsOverGP (Policy CSP)",
    meanings=SWITCH,
    readings=("nobody can say who wins", "MDM wins, if Windows reads this as 1 nevertheless"),
    source="policy-csp-controlpolicyconflict",
)

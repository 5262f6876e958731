"""rasim: the executable model of Windows Remote Assistance's offer and consent.

The packages are the public surface: `rasim.policy` (what a computer allows), `rasim.formats` (policy files), `rasim.protocol`
(the table and `step`), `rasim.runtime` (the same in time), `rasim.scenario`, `rasim.verify` (promises and proof) and
`rasim.testing` (for your own test suite). Nothing is imported here, so that importing one part costs that part.
"""

__version__ = "0.2.0"

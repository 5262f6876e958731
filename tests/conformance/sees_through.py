"""The small product with a fault, as a module of its own: what a locked session shows is seen."""

from tests.conformance.planted import with_fault

Sees = with_fault("sees through the lock")

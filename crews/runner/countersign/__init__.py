"""What the authors of crews may use inside a run. The rest of the package runs it."""

from countersign.calls import NotInAStep, idempotency_key

__all__ = ["NotInAStep", "idempotency_key"]

"""What the build must say about copies of writes: a part of the text and of the remedy, written by hand."""

from __future__ import annotations

COPIES: dict[str, tuple[str, str]] = {
    "rollout-order-by-another": (
        "rollout: update keeps the order of its writes by customer_id, and moves by id",
        "write: {entity: id}",
    ),
    "rollout-id-not-taken": ("creates: new, and the ERP would have to take id", "creates: legacy"),
    "rollout-made-without-id": ("rollout: create does not answer with id", "stays: [create]"),
    "service-repeats-word": ("repeats: must be true or false", "does what an Idempotency-Key stands for once"),
}

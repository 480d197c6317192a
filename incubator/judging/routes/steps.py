"""One action on a stage of a division: one transaction; a refusal is shown on the page that one comes back to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash

from ...core.db import transaction
from ...core.errors import DomainError, NotFound
from ...core.web import current_actor, go
from ...models import Stage, StageDivision
from ..queries import board as queries


def do(
    part_id: int,
    step: Callable[[StageDivision, Stage], str],
    *,
    back: str,
    refused: Callable[[DomainError], Any] | None = None,
) -> Any:
    """Run `step` over the loaded part; it returns the sentence of success. Then to the endpoint `back`.

    What is refused is told there too, or by `refused`, which shows the form again as it was typed.
    """
    actor = current_actor()
    try:
        with transaction():
            part = queries.get_part_for(actor, part_id)
            said = step(part, part.stage)
        flash(said, "success")
    except NotFound:
        raise
    except DomainError as error:
        if refused is not None:
            return refused(error)
        flash(error.message, "error")
    return go(back, part_id=part_id)

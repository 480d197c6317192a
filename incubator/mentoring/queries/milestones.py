"""One goal of a case, for those who see the case."""

from __future__ import annotations

from ...core.access import Actor
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...models import IncubationCase, Milestone, StoredFile
from ..policies import CaseRights
from .cases import get_case_for


def get_milestone_for(actor: Actor, milestone_id: int) -> tuple[Milestone, IncubationCase, CaseRights]:
    """Raises NotFound where there is none or its case is not theirs to see."""
    row = db.session.get(Milestone, milestone_id)
    if row is None:
        raise NotFound(_("Không có mục tiêu này."))
    case, rights = get_case_for(actor, row.case_id)
    return row, case, rights


def file_of(row: Milestone) -> StoredFile | None:
    return None if row.evidence_file_id is None else db.session.get(StoredFile, row.evidence_file_id)

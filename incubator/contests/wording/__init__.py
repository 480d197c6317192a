"""What rules, states and problems say, in the reader's language."""

from .dates import clash
from .descriptions import called, dossier, moment, rules
from .names import (
    EDITION_STATES,
    ENTRY_STATES,
    HOST_PARTS,
    LEVELS,
    LOCKS,
    MEMBER_PARTS,
    ORGANISATION_KINDS,
    PRIVACY_KINDS,
    PURPOSES,
    REGISTRANTS,
    STAGE_KINDS,
    STAGE_STATES,
    levels,
)
from .problems import blocker, in_division, missing_part, problem, short, window

__all__ = [
    "EDITION_STATES",
    "ENTRY_STATES",
    "HOST_PARTS",
    "LEVELS",
    "LOCKS",
    "MEMBER_PARTS",
    "ORGANISATION_KINDS",
    "PRIVACY_KINDS",
    "PURPOSES",
    "REGISTRANTS",
    "STAGE_KINDS",
    "STAGE_STATES",
    "blocker",
    "called",
    "clash",
    "dossier",
    "in_division",
    "levels",
    "missing_part",
    "moment",
    "problem",
    "rules",
    "short",
    "window",
]

"""States of the shared data model that pure rules reason about as well.

The tables keep them and the rules move them, so they stand below both. Their values are in the database.
"""

from __future__ import annotations

from enum import StrEnum


class StageState(StrEnum):
    """A stage of a division, one step after the other; see `contests.stages`."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    DECIDED = "decided"
    PUBLISHED = "published"


class EntryState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # shown for a draft after the deadline, see `contests.stages.shown_state`


class TieOutcome(StrEnum):
    """How a tie that matters was decided; see `contests.ties`."""

    CRITERION = "criterion"
    VOTE = "vote"
    SHARE = "share"
    LOTS = "lots"
    PLAY_OFF = "play_off"
    JURY = "jury"

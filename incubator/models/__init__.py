"""The shared data model: every table of every domain, one file a subject. Imports `core` and nothing else."""

from . import (
    activity,
    bookings,
    calendars,
    consents,
    contests,
    entries,
    events,
    files,
    imports,
    incubation,
    judging,
    matches,
    mentoring,
    mentors,
    organisations,
    people,
    places,
    publishing,
    spaces,
    stage_entries,
    tournaments,
)
from .activity import *  # noqa: F403
from .bookings import *  # noqa: F403
from .calendars import *  # noqa: F403
from .consents import *  # noqa: F403
from .contests import *  # noqa: F403
from .entries import *  # noqa: F403
from .events import *  # noqa: F403
from .files import *  # noqa: F403
from .imports import *  # noqa: F403
from .incubation import *  # noqa: F403
from .judging import *  # noqa: F403
from .matches import *  # noqa: F403
from .mentoring import *  # noqa: F403
from .mentors import *  # noqa: F403
from .organisations import *  # noqa: F403
from .people import *  # noqa: F403
from .places import *  # noqa: F403
from .publishing import *  # noqa: F403
from .spaces import *  # noqa: F403
from .stage_entries import *  # noqa: F403
from .tournaments import *  # noqa: F403

__all__ = [
    *activity.__all__,
    *bookings.__all__,
    *calendars.__all__,
    *consents.__all__,
    *contests.__all__,
    *entries.__all__,
    *events.__all__,
    *files.__all__,
    *imports.__all__,
    *incubation.__all__,
    *judging.__all__,
    *matches.__all__,
    *mentoring.__all__,
    *mentors.__all__,
    *organisations.__all__,
    *people.__all__,
    *places.__all__,
    *publishing.__all__,
    *spaces.__all__,
    *stage_entries.__all__,
    *tournaments.__all__,
]

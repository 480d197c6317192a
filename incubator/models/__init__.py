"""The shared data model: every table of every domain, one file a subject. Imports `core` and `states`, nothing else.

The `__all__` of a file says what the package gives on from it; whoever uses a table imports it from here.
"""

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
from .activity import *
from .bookings import *
from .calendars import *
from .consents import *
from .contests import *
from .entries import *
from .events import *
from .files import *
from .imports import *
from .incubation import *
from .judging import *
from .matches import *
from .mentoring import *
from .mentors import *
from .organisations import *
from .people import *
from .places import *
from .publishing import *
from .spaces import *
from .stage_entries import *
from .tournaments import *

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

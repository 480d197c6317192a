"""The shared data model: every table of every domain, one file a domain. Imports `core` and nothing else."""

from . import (
    activity,
    contests,
    entries,
    files,
    incubation,
    judging,
    matches,
    mentoring,
    organisations,
    people,
    places,
    publishing,
    spaces,
)
from .activity import *  # noqa: F403
from .contests import *  # noqa: F403
from .entries import *  # noqa: F403
from .files import *  # noqa: F403
from .incubation import *  # noqa: F403
from .judging import *  # noqa: F403
from .matches import *  # noqa: F403
from .mentoring import *  # noqa: F403
from .organisations import *  # noqa: F403
from .people import *  # noqa: F403
from .places import *  # noqa: F403
from .publishing import *  # noqa: F403
from .spaces import *  # noqa: F403

__all__ = [
    *activity.__all__,
    *contests.__all__,
    *entries.__all__,
    *files.__all__,
    *incubation.__all__,
    *judging.__all__,
    *matches.__all__,
    *mentoring.__all__,
    *organisations.__all__,
    *people.__all__,
    *places.__all__,
    *publishing.__all__,
    *spaces.__all__,
]

"""Which limits make a problem more than an assignment.

Apart from `search`, so that the common case never loads the solver of the rare one.
"""

from __future__ import annotations

import numpy as np

from .coverage import Ints
from .instance import Instance


def crossing_limits(instance: Instance) -> bool:
    """Whether the problem is more than an assignment."""
    several = instance.several_places
    return instance.hours_bind or (several and (instance.floor or doubles(instance).size != 0))


def doubles(instance: Instance) -> Ints:
    """(team, mentor) that two places of one team could both take."""
    teams = int(instance.team.max(initial=-1)) + 1
    many = np.zeros((teams, instance.allowed.shape[1]), dtype=np.int64)
    np.add.at(many, instance.team, instance.allowed.astype(np.int64))
    return np.argwhere(many > 1)

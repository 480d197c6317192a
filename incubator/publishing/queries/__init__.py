"""Reads of publications and of what they name. Visitors' reads take `now`: the embargo is decided by the clock."""

from .board import (
    Board as Board,
)
from .board import (
    board_of as board_of,
)
from .editions import (
    editions_for as editions_for,
)
from .editions import (
    get_edition_for as get_edition_for,
)
from .lines import (
    Line as Line,
)
from .lines import (
    lines_of as lines_of,
)
from .lines import (
    public_names as public_names,
)
from .problems import (
    problems_of as problems_of,
)
from .public import (
    edition_of as edition_of,
)
from .public import (
    find_publication as find_publication,
)
from .public import (
    next_hour as next_hour,
)
from .public import (
    visible as visible,
)
from .snapshots import (
    built_snapshot as built_snapshot,
)
from .waiting import (
    waiting_for as waiting_for,
)

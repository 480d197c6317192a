"""Reading registration files as offices really send them: bytes in, dataclasses out.

`read_files` reads, `judge` holds what the rules do not allow, `as_json` prints both. Nothing here knows the
database or the web; pandas is not needed and calamine is loaded at the first workbook.
"""

from incubator.contests.registration_files.checks import judge
from incubator.contests.registration_files.reading import read_files
from incubator.contests.registration_files.records import (
    Coach,
    ColumnRead,
    DivisionRule,
    FileReport,
    KnownSchool,
    Member,
    Reading,
    Repair,
    Rules,
    SheetMapping,
    SheetReport,
    SourceFile,
    TeamRow,
)
from incubator.contests.registration_files.report import as_json
from incubator.contests.registration_files.sentences import explain_reason, say
from incubator.contests.registration_files.tables import MAX_ROWS, UnreadableError

__all__ = [
    "MAX_ROWS",
    "Coach",
    "ColumnRead",
    "DivisionRule",
    "FileReport",
    "KnownSchool",
    "Member",
    "Reading",
    "Repair",
    "Rules",
    "SheetMapping",
    "SheetReport",
    "SourceFile",
    "TeamRow",
    "UnreadableError",
    "as_json",
    "explain_reason",
    "judge",
    "read_files",
    "say",
]

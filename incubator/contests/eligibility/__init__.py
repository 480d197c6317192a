"""Who may take part: a division's rules as data, and the check of one entry against them.

Nothing here knows a database, a language or a clock. A refusal is a `Problem`: a code with the
person, the value and the allowed range, so that a screen can say it in any language (`wording`)
and a form can put it at the field it belongs to (`Problem.field`).
"""

from .checks import age_on, blocking, check, check_member
from .facts import Code, EntryFacts, MemberFacts, Problem, Weight
from .rules import Registrant, Rules, from_json, to_json

__all__ = [
    "Code",
    "EntryFacts",
    "MemberFacts",
    "Problem",
    "Registrant",
    "Rules",
    "Weight",
    "age_on",
    "blocking",
    "check",
    "check_member",
    "from_json",
    "to_json",
]

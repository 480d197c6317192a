"""Shape and type of what people type in about mentoring, one module a noun."""

from .cases import (
    ApplyForm,
    CaseForm,
    EndForm,
    EvidenceForm,
    MetricForm,
    MilestoneForm,
    NeedForm,
    StageForm,
    VerdictForm,
)
from .fields import CheckboxesField, HoursField, choices, hours_text, options, parse_hours
from .mentors import CommitmentForm, InviteForm, ProfileForm
from .programmes import RULES, CohortForm, IndicatorForm, ProgrammeForm
from .runs import ReasonForm, RunForm
from .sessions import AgendaForm, FeedbackForm, MinutesForm, SessionForm
from .support import GrantForm, ItemForm, MoveForm
from .wishes import WishesForm

__all__ = [
    "AgendaForm",
    "RULES",
    "ApplyForm",
    "CaseForm",
    "CheckboxesField",
    "CohortForm",
    "CommitmentForm",
    "EndForm",
    "EvidenceForm",
    "FeedbackForm",
    "GrantForm",
    "HoursField",
    "IndicatorForm",
    "InviteForm",
    "ItemForm",
    "MetricForm",
    "MilestoneForm",
    "MinutesForm",
    "MoveForm",
    "NeedForm",
    "ProfileForm",
    "ProgrammeForm",
    "ReasonForm",
    "RunForm",
    "SessionForm",
    "StageForm",
    "VerdictForm",
    "WishesForm",
    "choices",
    "hours_text",
    "options",
    "parse_hours",
]

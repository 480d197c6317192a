"""Shape and type of what people type, one module a noun; the rules are in the services."""

from .booking import BookForm, MoveForm, SearchForm, SeriesForm
from .desk import DayOffForm, DecisionForm, ImportForm, OutageForm, StageForm
from .events import EventForm, RegisterForm, SessionForm, prefix_of, session_form
from .fields import Ticks, options
from .setup import (
    DutyForm,
    HoursForm,
    PlaceForm,
    PlanForm,
    PriceForm,
    QuotaForm,
    ScheduleForm,
    SiteForm,
    TrainingForm,
)

__all__ = [
    "BookForm",
    "DayOffForm",
    "DecisionForm",
    "DutyForm",
    "EventForm",
    "HoursForm",
    "ImportForm",
    "MoveForm",
    "OutageForm",
    "PlaceForm",
    "PlanForm",
    "PriceForm",
    "QuotaForm",
    "RegisterForm",
    "ScheduleForm",
    "SearchForm",
    "SeriesForm",
    "SessionForm",
    "SiteForm",
    "StageForm",
    "Ticks",
    "TrainingForm",
    "options",
    "prefix_of",
    "session_form",
]

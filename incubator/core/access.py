"""Who may: roles, permissions and the mark that every view carries.

A permission stands in three places, each once: `@require` on the route (may this kind of person come here at all),
the policy in loader and service (may this person touch this object), and `can()` in templates, which only hides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import wraps
from types import ModuleType
from typing import Any, TypeVar

from .errors import NotAllowed
from .i18n import _

F = TypeVar("F", bound=Callable[..., Any])


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    ORGANISER = "organiser"
    SECRETARY = "secretary"
    JUDGE = "judge"
    REFEREE = "referee"
    STAFF = "staff"  # BIIC staff
    MENTOR = "mentor"
    COORDINATOR = "coordinator"  # a school's teacher
    MEMBER = "member"  # team member


class ScopeKind(StrEnum):
    SYSTEM = "system"
    ORGANISATION = "organisation"
    EDITION = "edition"
    SITE = "site"
    PROGRAMME = "programme"


class Permission(StrEnum):
    # system
    PEOPLE_MANAGE = "system:people:manage"
    ROLES_GRANT = "system:roles:grant"
    AUDIT_VIEW = "system:audit:view"
    SYSTEM_MANAGE = "system:system:manage"
    # contests
    CONTESTS_CREATE = "contests:contest:create"
    EDITION_MANAGE = "contests:edition:manage"
    ENTRIES_VIEW = "contests:entry:view"
    ENTRIES_DECIDE = "contests:entry:decide"
    ENTRIES_IMPORT = "contests:entry:import"
    REGISTER_SCHOOL = "contests:school:register"
    REGISTER_SELF = "contests:self:register"
    # judging
    JUDGING_MANAGE = "judging:stage:manage"
    SCORES_SUBMIT = "judging:sheet:submit"
    RESULTS_VIEW = "judging:result:view"  # ranks before publication
    # publishing
    RESULTS_PUBLISH = "publishing:publication:publish"
    CERTIFICATES_ISSUE = "publishing:certificate:issue"
    # matches
    MATCHES_MANAGE = "matches:match:manage"
    MATCHES_REFEREE = "matches:match:referee"
    # spaces
    SPACES_MANAGE = "spaces:space:manage"
    SPACES_BOOK = "spaces:booking:book"
    # mentoring
    MENTORING_MANAGE = "mentoring:programme:manage"
    MENTORING_MENTOR = "mentoring:team:mentor"
    MENTORING_TAKE = "mentoring:case:view"
    # reports
    REPORTS_VIEW = "reports:report:view"


P = Permission
_OWN = frozenset({P.REGISTER_SELF, P.SPACES_BOOK, P.MENTORING_TAKE})

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    # An administrator runs the system and sees no marks, no ranks and no drafts (docs/access.md).
    Role.ADMINISTRATOR: frozenset(
        {P.PEOPLE_MANAGE, P.ROLES_GRANT, P.AUDIT_VIEW, P.SYSTEM_MANAGE, P.CONTESTS_CREATE}
    )
    | _OWN,
    Role.ORGANISER: frozenset(
        {
            P.CONTESTS_CREATE,
            P.EDITION_MANAGE,
            P.ENTRIES_VIEW,
            P.ENTRIES_DECIDE,
            P.ENTRIES_IMPORT,
            P.JUDGING_MANAGE,
            P.RESULTS_VIEW,
            P.RESULTS_PUBLISH,
            P.CERTIFICATES_ISSUE,
            P.MATCHES_MANAGE,
            P.REPORTS_VIEW,
            P.AUDIT_VIEW,
        }
    )
    | _OWN,
    Role.SECRETARY: frozenset(
        {
            P.ENTRIES_VIEW,
            P.ENTRIES_IMPORT,
            P.JUDGING_MANAGE,
            P.RESULTS_VIEW,
            P.MATCHES_MANAGE,
            P.REPORTS_VIEW,
            P.AUDIT_VIEW,
        }
    )
    | _OWN,
    Role.JUDGE: frozenset({P.SCORES_SUBMIT}) | _OWN,
    Role.REFEREE: frozenset({P.MATCHES_REFEREE}) | _OWN,
    Role.STAFF: frozenset({P.SPACES_MANAGE, P.MENTORING_MANAGE, P.REPORTS_VIEW}) | _OWN,
    Role.MENTOR: frozenset({P.MENTORING_MENTOR}) | _OWN,
    Role.COORDINATOR: frozenset({P.REGISTER_SCHOOL}) | _OWN,
    Role.MEMBER: _OWN,
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held in a scope; `scope_id` is None for the whole system."""

    role: Role
    scope: ScopeKind
    scope_id: int | None

    def covers(self, kind: ScopeKind, scope_id: int | None) -> bool:
        return self.scope is ScopeKind.SYSTEM or (self.scope is kind and self.scope_id == scope_id)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as services and policies see it. Never an ORM object, never read from the session by a rule.

    `account_id` is None for a pupil who signed in with code and PIN, for a judge who came by a link, for the system and
    for visitors;
    `person_id` is None for visitors and the system.
    """

    person_id: int | None = None
    account_id: int | None = None
    name: str = ""
    grants: tuple[Grant, ...] = ()
    sign_in_id: int | None = None
    locale: str = "vi"
    is_pupil: bool = False
    link_edition: int | None = None  # the edition whose judge's link opened the session: nothing else is open
    system: str = ""  # a name for commands, jobs and the demo loader; they may do everything
    extra: dict[str, Any] = field(default_factory=dict, compare=False)

    # Flask-Login's contract
    @property
    def is_authenticated(self) -> bool:
        return self.person_id is not None

    @property
    def is_active(self) -> bool:
        return self.is_authenticated

    @property
    def is_anonymous(self) -> bool:
        return not self.is_authenticated

    def get_id(self) -> str:
        return str(self.extra.get("session_key", ""))

    def has(self, permission: Permission, kind: ScopeKind | None = None, scope_id: int | None = None) -> bool:
        """Whether some grant gives `permission`; with `kind` and `scope_id`, a grant that covers that scope."""
        if self.system:
            return True
        if self.is_pupil or not self.is_authenticated:
            return False
        if permission in _OWN and self.link_edition is not None:
            return False
        if permission in _OWN and kind is None:
            return True
        return any(
            permission in ROLE_PERMISSIONS[g.role] and (kind is None or g.covers(kind, scope_id))
            for g in self.grants
        )

    def in_edition(self, permission: Permission, edition_id: int) -> bool:
        return self.has(permission, ScopeKind.EDITION, edition_id)

    def scope_ids(self, permission: Permission, kind: ScopeKind) -> set[int] | None:
        """Ids of the scopes of `kind` in which the permission is held; None means all of them."""
        if self.system:
            return None
        held = [g for g in self.grants if permission in ROLE_PERMISSIONS[g.role]]
        if any(g.scope is ScopeKind.SYSTEM for g in held):
            return None
        return {g.scope_id for g in held if g.scope is kind and g.scope_id is not None}


VISITOR = Actor()


def system_actor(name: str) -> Actor:
    """The actor of commands, jobs and the demo; `name` shows in the audit trail."""
    return Actor(system=name, name=name)


def ensure(allowed: bool, message: str | None = None) -> None:
    """Raise NotAllowed unless `allowed`."""
    if not allowed:
        raise NotAllowed(
            message
            or _(
                "Tài khoản này không có quyền làm việc đó. Có nhiều nơi làm việc thì đổi nơi ở góc trái trên cùng; "
                "cần thêm quyền thì hỏi Ban tổ chức."
            )
        )


# -- marks on views -----------------------------------------------------------------------------------------------


def public(view: F) -> F:
    """Anyone may open it, signed in or not."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: F) -> F:
    """Anyone who is signed in, pupils with code and PIN too; the object's policy does the rest.

    A judge's link opens only what is marked `by_link_too`.
    """
    open_by_link = getattr(view, "by_link", False)
    return _marked(view, "signed_in", lambda actor: actor.link_edition is None or open_by_link)


def by_link_too(view: F) -> F:
    """Below `signed_in`: also for who came by a judge's link, which others have had in hand."""
    view.by_link = True  # type: ignore[attr-defined]
    return view


def may_open(view: Callable[..., Any], actor: Actor) -> bool:
    """Whether the mark of a view lets somebody in: a menu names no page that answers “not allowed”."""
    if getattr(view, "access", "") == "public":
        return True
    return actor.is_authenticated and bool(getattr(view, "allows", lambda actor: True)(actor))


def require(*permissions: Permission) -> Callable[[F], F]:
    """People who hold at least one of `permissions` in some scope; the object's policy narrows it."""

    def mark(view: F) -> F:
        return _marked(view, permissions, lambda actor: any(actor.has(p) for p in permissions))

    return mark


def _marked(view: F, mark: Any, test: Callable[[Actor], bool]) -> F:
    from .web import ask_for_own_sign_in, ask_to_sign_in, current_actor

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        actor = current_actor()
        if not actor.is_authenticated:
            return ask_to_sign_in()
        if actor.link_edition is not None and not test(actor):
            return ask_for_own_sign_in()
        ensure(test(actor))
        return view(*args, **kwargs)

    guarded.access, guarded.allows = mark, test  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


# -- policies in templates ------------------------------------------------------------------------------------------

_policies: dict[str, ModuleType] = {}


def register_policies(domain: str, module: ModuleType) -> None:
    """Make `can("<domain>.<verb>", obj)` in templates call `<module>.can_<verb>(actor, obj)`."""
    _policies[domain] = module


def can(action: str, *objects: Any, actor: Actor | None = None) -> bool:
    from .web import current_actor

    domain, verb = action.split(".", 1)
    return bool(getattr(_policies[domain], f"can_{verb}")(actor or current_actor(), *objects))

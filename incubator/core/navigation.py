"""Workplaces and their menus, and what other domains show of an edition. A domain registers its items per role; the header shows those of the current place.

A person works in places: (role, scope), for instance secretary of an edition or staff of a site. The header switches
between them; an item is shown in every workplace of the roles it is registered for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .access import Role, ScopeKind


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where somebody works: `key` is "<role>:<scope>:<id>"; `slug` names the edition, school, site or programme."""

    role: Role
    scope: ScopeKind
    scope_id: int | None
    what: str  # role in words
    where: str  # scope in words
    slug: str = ""
    waiting: int = 0

    @property
    def key(self) -> str:
        return f"{self.role}:{self.scope}:{self.scope_id or ''}"

    @property
    def scope_key(self) -> str:
        """“edition:5”; "" for the whole system and one's personal place."""
        return f"{self.scope}:{self.scope_id}" if self.scope_id else ""


@dataclass(frozen=True, slots=True)
class NavItem:
    """A menu entry. `args(workplace)` gives the endpoint's values; the endpoint's blueprint marks it as current.

    A work place of the whole system names no edition and no school: there the entry leads to `overall`, or is left out.
    """

    label: Any  # lazy string
    endpoint: str
    order: int
    args: Callable[[Workplace], dict[str, Any]] = lambda place: {}
    prefix: str = ""  # request.endpoint that starts with this is “here”; default: the endpoint itself
    icon: str = ""
    overall: str = ""

    def goal(self, place: Workplace) -> tuple[str, dict[str, Any]]:
        """Endpoint and values for this place; no endpoint where the entry has nothing to lead to."""
        values = self.args(place)
        return (self.overall, {}) if "" in values.values() else (self.endpoint, values)


@dataclass(frozen=True, slots=True)
class EditionLink:
    """A public page about an edition that another domain has: its results, its matches."""

    label: Any  # lazy string, or a string in the language of the request
    url: str
    icon: str = ""


EditionLinks = Callable[[Any], list[EditionLink]]

_items: dict[Role, list[NavItem]] = {}


def register(role: Role, *items: NavItem) -> None:
    known = _items.setdefault(role, [])
    known.extend(i for i in items if (i.endpoint, i.order) not in {(k.endpoint, k.order) for k in known})
    known.sort(key=lambda i: i.order)


def items_for(place: Workplace | None) -> list[NavItem]:
    return list(_items.get(place.role, [])) if place else []


_of_edition: dict[str, EditionLinks] = {}


def register_links(domain: str, links: EditionLinks) -> None:
    """`links(edition)` gives the pages of `domain` that visitors may see now; the edition's page shows them."""
    _of_edition[domain] = links


def links_of_edition(edition: Any) -> list[EditionLink]:
    return [link for source in _of_edition.values() for link in source(edition)]


def edition_of(place: Workplace) -> dict[str, Any]:
    """`args=` for endpoints that take the edition's slug."""
    return {"edition": place.slug}

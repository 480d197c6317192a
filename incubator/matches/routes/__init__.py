"""Pages of match play: the secretary's desk, the referee's phone, papers, and what everybody may see."""

from __future__ import annotations

from . import desk, papers, phone, plan, public, running

BLUEPRINTS = (desk.bp, plan.bp, running.bp, papers.bp, phone.bp, public.bp)

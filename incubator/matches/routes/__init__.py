"""Pages of match play: the secretary's desk, the referee's phone, papers, and what everybody may see."""

from __future__ import annotations

from . import desk, frame, match, papers, phone, plan, public, running, standings

PAGES = (desk, match, standings)  # all of the desk's blueprint
BLUEPRINTS = (frame.bp, plan.bp, running.bp, papers.bp, phone.bp, public.bp)

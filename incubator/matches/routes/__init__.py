"""Pages of match play: the secretary's desk, the referee's phone, papers, and what everybody may see."""

from __future__ import annotations

from . import desk, frame, game, match, papers, phone, plan, public, running, setup, standings

PAGES = (desk, game, match, setup, standings)  # all of the desk's blueprint
BLUEPRINTS = (frame.bp, plan.bp, running.bp, papers.bp, phone.bp, public.bp)

"""Real addresses of every view that takes an object: a few objects a view, found in the loaded demo.

The key is the names of a rule's variables, or the endpoint where the same names mean something else. A statement names its
columns after the variables; `what` says in the table which object it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import BuildError, Rule

from incubator.core import clock
from incubator.core.db import db

# The living editions of the demo are named after the year of its day.
YEAR = clock.today().year
REGISTERING, JUDGED = f"robotics-{YEAR}", f"sang-tao-{YEAR}"

# An entry of the demo's teacher and one of another school in the edition that takes registrations; one of the student;
# one of the edition that is judged.
ENTRIES = f"""
  SELECT e.slug AS edition, n.id AS entry_id, o.slug AS school,
    e.slug || CASE WHEN n.author_id = (SELECT person_id FROM account WHERE email = 'sinhvien@demo.example') THEN ', student'
                   WHEN o.slug = 'thcs-binh-thang' THEN ', own school' ELSE ', other school' END AS what,
    n.project_id, n.id
  FROM entry n JOIN edition e ON e.id = n.edition_id LEFT JOIN organisation o ON o.id = n.organisation_id
  WHERE n.id IN (
    SELECT min(x.id) FROM entry x JOIN edition y ON y.id = x.edition_id LEFT JOIN organisation s ON s.id = x.organisation_id
    WHERE y.slug IN ('{REGISTERING}', '{JUDGED}') AND x.state <> 'draft' GROUP BY y.slug, s.slug = 'thcs-binh-thang'
    UNION SELECT min(x.id) FROM entry x JOIN organisation s ON s.id = x.organisation_id
    WHERE x.state = 'draft' AND s.slug = 'thcs-binh-thang')
"""
PARTS = f"""
  SELECT sd.id AS part_id, e.slug AS edition, s.id AS stage_id, e.slug || ' ' || sd.state AS what, sd.rubric_id, s.edition_id
  FROM stage_division sd JOIN stage s ON s.id = sd.stage_id JOIN edition e ON e.id = s.edition_id
  WHERE sd.id IN (SELECT min(p.id) FROM stage_division p JOIN stage t ON t.id = p.stage_id WHERE t.kind = 'rubric'
                  GROUP BY t.edition_id, p.state)
    AND e.slug IN ('{JUDGED}', 'robotics-2024')
"""
# A sheet of the demo's judge and one of another judge on the same stage.
ASSIGNMENTS = f"""
  SELECT min(a.id) AS id, CASE WHEN c.email = 'giamkhao@demo.example' THEN 'own' ELSE 'of another judge' END || ', ' || a.state AS what
  FROM assignment a JOIN account c ON c.person_id = a.judge_id
  JOIN stage_entry n ON n.id = a.stage_entry_id JOIN stage_division d ON d.id = n.stage_division_id
  JOIN stage s ON s.id = d.stage_id JOIN edition e ON e.id = s.edition_id
  WHERE e.slug = '{JUDGED}' GROUP BY c.email = 'giamkhao@demo.example', a.state
"""
TOURNAMENTS = f"""
  SELECT t.slug, t.id, t.slug AS what FROM tournament t WHERE t.slug LIKE 'robocon-{YEAR}%' OR t.slug LIKE 'robotics-%{YEAR}%'
"""
# The case of the demo's student and mentor, and one of others.
CASES = """
  SELECT c.id AS case_id, CASE WHEN EXISTS (SELECT 1 FROM team_member m JOIN account a ON a.person_id = m.person_id
    WHERE m.team_id = c.team_id AND a.email = 'sinhvien@demo.example') THEN 'own team' ELSE 'other team' END
    || CASE WHEN EXISTS (SELECT 1 FROM mentorship p JOIN account a ON a.person_id = p.person_id
    WHERE p.case_id = c.id AND a.email = 'covan@demo.example') THEN ', own mentor' ELSE '' END AS what
  FROM incubation_case c
"""
MENTORSHIPS = f"SELECT p.id, p.id AS mentorship_id, c.what FROM mentorship p JOIN ({CASES}) c USING (case_id)"

# What was written on an edition's page of news.
POSTS = "SELECT e.slug AS edition, p.id AS post_id, p.slug AS what FROM post p JOIN edition e ON e.id = p.edition_id"

EDITION = (
    f"SELECT slug AS edition, slug AS what FROM edition WHERE slug IN ('{REGISTERING}', 'robotics-2024')"
)


def one_each(statement: str, what: str = "what") -> str:
    """One row of every kind of object."""
    return f"SELECT * FROM ({statement}) GROUP BY {what}"


STATEMENTS = {
    "edition": EDITION,
    "edition table kind": f"SELECT *, 'people' AS \"table\", 'csv' AS kind FROM ({EDITION})",
    "edition division": f"SELECT d.slug AS division, q.* FROM ({EDITION}) q JOIN edition e ON e.slug = q.edition JOIN division d ON d.edition_id = e.id GROUP BY e.id",
    "edition stage": f"SELECT s.id AS stage, q.* FROM ({EDITION}) q JOIN edition e ON e.slug = q.edition JOIN stage s ON s.edition_id = e.id GROUP BY e.id",
    "edition part_id": PARTS,
    "edition entry_id": ENTRIES,
    "edition change_id": "SELECT e.slug AS edition, c.id AS change_id, e.slug AS what FROM roster_change c JOIN entry n ON n.id = c.entry_id JOIN edition e ON e.id = n.edition_id LIMIT 1",
    "edition batch_id": "SELECT e.slug AS edition, b.id AS batch_id, e.slug || ' ' || b.state AS what FROM import_batch b JOIN edition e ON e.id = b.edition_id",
    "edition batch_id row_id": "SELECT e.slug AS edition, b.id AS batch_id, min(r.id) AS row_id, e.slug || ' ' || r.state AS what FROM import_row r JOIN import_batch b ON b.id = r.batch_id JOIN edition e ON e.id = b.edition_id GROUP BY b.id, r.state",
    "edition batch_id row_id step": "SELECT e.slug AS edition, b.id AS batch_id, min(r.id) AS row_id, 'leave-out' AS step, e.slug AS what FROM import_row r JOIN import_batch b ON b.id = r.batch_id JOIN edition e ON e.id = b.edition_id WHERE r.state = 'held' GROUP BY b.id",
    "edition list_id": "SELECT e.slug AS edition, l.id AS list_id, e.slug AS what FROM school_list l JOIN edition e ON e.id = l.edition_id LIMIT 1",
    "entry_id": ENTRIES,
    "entry_id person_id": f"SELECT q.entry_id, m.person_id, q.what FROM ({ENTRIES}) q JOIN entry_member m ON m.entry_id = q.entry_id WHERE m.part <> 'coach' GROUP BY q.entry_id",
    "entry_id member_id": f"SELECT q.entry_id, m.id AS member_id, q.what FROM ({ENTRIES}) q JOIN entry_member m ON m.entry_id = q.entry_id GROUP BY q.entry_id",
    "entry_id file_id": "SELECT n.id AS entry_id, f.id AS file_id, 'a past product' AS what FROM entry_file f JOIN entry n ON n.project_id = f.project_id LIMIT 1",
    "entry_id upload_id": f"SELECT entry_id, '0123456789abcdef0123456789abcdef' AS upload_id, what FROM ({ENTRIES})",
    "edition school": f"SELECT '{REGISTERING}' AS edition, slug AS school, slug AS what FROM organisation WHERE slug IN ('thcs-binh-thang', 'tieu-hoc-dong-hoa-b')",
    "edition school entry_id": f"SELECT * FROM ({ENTRIES}) WHERE edition = '{REGISTERING}'",
    "school": "SELECT slug AS school, slug AS what FROM organisation WHERE slug IN ('thcs-binh-thang', 'tieu-hoc-dong-hoa-b')",
    "key": "SELECT 'coordinator:organisation:' || id AS \"key\", slug AS what FROM organisation WHERE slug IN ('thcs-binh-thang', 'tieu-hoc-dong-hoa-b')",
    "job_id": "SELECT id AS job_id, 'of the organiser' AS what FROM job_run LIMIT 1",
    "part_id": PARTS,
    "part_id criterion_id": "SELECT d.id AS part_id, c.id AS criterion_id, e.slug AS what FROM stage_division d JOIN stage s ON s.id = d.stage_id JOIN edition e ON e.id = s.edition_id JOIN criterion c ON c.rubric_id = d.rubric_id WHERE c.source <> 'judge' GROUP BY d.stage_id",
    "part_id stage_entry_id": f"SELECT q.*, n.id AS stage_entry_id FROM ({PARTS}) q JOIN stage_entry n ON n.stage_division_id = q.part_id GROUP BY q.part_id",
    "part_id assignment_id": f"SELECT q.*, a.id AS assignment_id FROM ({PARTS}) q JOIN stage_entry n ON n.stage_division_id = q.part_id JOIN assignment a ON a.stage_entry_id = n.id GROUP BY q.part_id",
    "part_id tier_id": f"SELECT q.*, p.id AS tier_id FROM ({PARTS}) q JOIN prize_tier p ON p.edition_id = q.edition_id GROUP BY q.part_id",
    "part_id tie_id": "SELECT t.stage_division_id AS part_id, t.id AS tie_id, 'a tie' AS what FROM tie_decision t LIMIT 1",
    "panel_id": "SELECT min(p.id) AS panel_id, CASE WHEN c.email = 'giamkhao@demo.example' THEN 'chaired' ELSE 'of another chair' END AS what FROM panel p JOIN account c ON c.person_id = p.chair_id GROUP BY 2",
    "rubric_id": f"SELECT d.rubric_id, e.slug AS what FROM stage_division d JOIN stage s ON s.id = d.stage_id JOIN edition e ON e.id = s.edition_id WHERE d.rubric_id IS NOT NULL AND e.slug IN ('{JUDGED}', 'robotics-2024') GROUP BY e.slug",
    "assignment_id": f"SELECT id AS assignment_id, what FROM ({ASSIGNMENTS})",
    "stage_id": one_each(PARTS, "stage_id"),
    "stage_id person_id": f"SELECT q.*, m.person_id FROM ({one_each(PARTS, 'stage_id')}) q JOIN panel p ON p.stage_id = q.stage_id JOIN panel_member m ON m.panel_id = p.id GROUP BY q.stage_id",
    "stage_id panel_id": f"SELECT q.*, p.id AS panel_id FROM ({one_each(PARTS, 'stage_id')}) q JOIN panel p ON p.stage_id = q.stage_id GROUP BY q.stage_id",
    "stage_id panel_id person_id": f"SELECT q.*, p.id AS panel_id, m.person_id FROM ({one_each(PARTS, 'stage_id')}) q JOIN panel p ON p.stage_id = q.stage_id JOIN panel_member m ON m.panel_id = p.id GROUP BY q.stage_id",
    "stage_id tier_id": f"SELECT q.*, t.id AS tier_id FROM ({one_each(PARTS, 'stage_id')}) q JOIN prize_tier t ON t.edition_id = q.edition_id GROUP BY q.stage_id",
    "stage_id tier_id award_id": "SELECT s.id AS stage_id, a.tier_id, a.id AS award_id, e.slug AS what FROM award a JOIN stage_entry n ON n.id = a.stage_entry_id JOIN stage_division d ON d.id = n.stage_division_id JOIN stage s ON s.id = d.stage_id JOIN edition e ON e.id = s.edition_id LIMIT 1",
    "slug": TOURNAMENTS,
    "slug crew_id": f"SELECT q.*, c.id AS crew_id FROM ({TOURNAMENTS}) q JOIN match_crew c ON c.tournament_id = q.id GROUP BY q.id",
    "slug code": f"SELECT q.*, m.code FROM ({TOURNAMENTS}) q JOIN match m ON m.tournament_id = q.id GROUP BY q.id",
    "slug code step": f"SELECT q.*, m.code, 'call' AS step FROM ({TOURNAMENTS}) q JOIN match m ON m.tournament_id = q.id GROUP BY q.id",
    "slug kind": f"SELECT *, 'tables' AS kind FROM ({TOURNAMENTS}) WHERE slug LIKE 'robocon%'",
    "slug run_id": f"SELECT q.*, r.id AS run_id FROM ({TOURNAMENTS}) q JOIN tournament t ON t.id = q.id JOIN stage_entry n ON n.stage_division_id = t.stage_division_id JOIN run r ON r.stage_entry_id = n.id GROUP BY q.id",
    "slug side_id attempt": f"SELECT q.*, n.id AS side_id, 1 AS attempt FROM ({TOURNAMENTS}) q JOIN tournament t ON t.id = q.id JOIN stage_entry n ON n.stage_division_id = t.stage_division_id WHERE q.slug LIKE 'robotics-%' GROUP BY q.id",
    "slug side_id": f"SELECT q.*, n.id AS side_id FROM ({TOURNAMENTS}) q JOIN tournament t ON t.id = q.id JOIN stage_entry n ON n.stage_division_id = t.stage_division_id GROUP BY q.id",
    "slug screen_id": f"SELECT q.*, h.id AS screen_id FROM ({TOURNAMENTS}) q JOIN hall_screen h ON h.tournament_id = q.id GROUP BY q.id",
    "match_id": f"SELECT min(m.id) AS match_id, t.slug || ' ' || m.state AS what FROM match m JOIN tournament t ON t.id = m.tournament_id WHERE t.slug IN ('robocon-{YEAR}-chung-ket', 'robocon-2024-chung-ket') GROUP BY t.id, m.state",
    "case_id": one_each(CASES),
    "mentoring slug": "SELECT slug, slug AS what FROM cohort",
    "slug award_id": "SELECT c.slug, a.id AS award_id, c.slug AS what FROM cohort c CROSS JOIN (SELECT min(id) AS id FROM award) a",
    "commitment_id": "SELECT min(m.id) AS commitment_id, CASE WHEN c.email = 'covan@demo.example' THEN 'own' ELSE 'of another' END || ' ' || m.state AS what FROM commitment m JOIN account c ON c.person_id = m.person_id GROUP BY 2",
    "grant_id": "SELECT min(id) AS grant_id, 'a grant' AS what FROM support_grant",
    "mentorship_id": one_each(MENTORSHIPS),
    "milestone_id": one_each(f"SELECT m.id AS milestone_id, c.what FROM milestone m JOIN ({CASES}) c USING (case_id)"),
    "need_id": one_each(f"SELECT m.id AS need_id, c.what FROM team_need m JOIN ({CASES}) c USING (case_id)"),
    "offer_id": one_each("SELECT o.id AS offer_id, CASE WHEN c.email = 'covan@demo.example' THEN 'own' ELSE 'of another' END AS what FROM mentor_offer o JOIN account c ON c.person_id = o.person_id"),
    "run_id": "SELECT id AS run_id, state AS what FROM match_run GROUP BY state",
    "run_id case_id": "SELECT p.run_id, p.case_id, r.state AS what FROM match_pair p JOIN match_run r ON r.id = p.run_id GROUP BY r.state",
    "run_id case_id kind": "SELECT p.run_id, p.case_id, p.kind, r.state AS what FROM match_pair p JOIN match_run r ON r.id = p.run_id GROUP BY r.state",
    "mentoring session_id": one_each(f"SELECT s.id AS session_id, m.what || ', ' || s.state AS what FROM mentoring_session s JOIN ({MENTORSHIPS}) m ON m.id = s.mentorship_id"),
    "person_id topic_id": "SELECT person_id, topic_id, 'a skill' AS what FROM mentor_skill LIMIT 1",
    "person_id": "SELECT person_id, email AS what FROM account WHERE email IN ('giaovien@demo.example', 'quantri@demo.example')",
    "people grant_id": "SELECT min(g.id) AS grant_id, g.role AS what FROM role_grant g WHERE g.role IN ('judge', 'administrator') GROUP BY g.role",
    "people.decide_coordinator": "SELECT min(g.id) AS grant_id, 'unverified' AS what FROM role_grant g WHERE g.role = 'coordinator' AND g.verified_at IS NULL",
    "invitation_id": "SELECT min(i.id) AS invitation_id, coalesce(i.role, i.kind) || ' of ' || coalesce(e.slug, '–') AS what FROM invitation i LEFT JOIN edition e ON e.id = i.scope_id AND i.scope = 'edition' GROUP BY 2",
    "edition kind position": f"SELECT *, 'official' AS kind, 1 AS position FROM ({EDITION})",
    "edition publication_id": "SELECT e.slug AS edition, min(p.id) AS publication_id, e.slug AS what FROM publication p JOIN edition e ON e.id = p.edition_id WHERE e.slug = 'robotics-2024'",
    "publishing entry_id": f"SELECT min(n.id) AS entry_id, e.slug || CASE WHEN o.slug = 'thcs-binh-thang' THEN ', own school' ELSE ', other school' END AS what FROM entry n JOIN edition e ON e.id = n.edition_id LEFT JOIN organisation o ON o.id = n.organisation_id WHERE e.slug IN ('robotics-2024', '{JUDGED}') GROUP BY 2",
    "code": "SELECT b.code, CASE WHEN a.email = 'giaovien@demo.example' THEN 'own' ELSE 'of another' END || ' ' || b.state AS what FROM booking b JOIN account a ON a.person_id = b.requester_id GROUP BY 2",
    "booking_id": "SELECT min(b.id) AS booking_id, CASE WHEN a.email = 'giaovien@demo.example' THEN 'own' ELSE 'of another' END || ' ' || b.state AS what FROM booking b JOIN account a ON a.person_id = b.requester_id GROUP BY 2",
    "feed_id": "SELECT min(id) AS feed_id, 'of the teacher' AS what FROM calendar_feed",
    "site_id": "SELECT id AS site_id, slug AS what FROM site WHERE id = 1",
    "day_id": "SELECT min(id) AS day_id, 'of the first site' AS what FROM closure_day WHERE site_id = 1",
    "event_id": "SELECT id AS event_id, state AS what FROM event GROUP BY state",
    "event_id step": "SELECT id AS event_id, 'publish' AS step, state AS what FROM event GROUP BY state",
    "import_id": "SELECT min(id) AS import_id, 'a calendar' AS what FROM calendar_import",
    "outage_id": "SELECT min(id) AS outage_id, 'an outage' AS what FROM outage",
    "session_id": "SELECT min(id) AS session_id, 'of an event' AS what FROM event_session",
    "indicator_id": "SELECT min(id) AS indicator_id, 'an indicator' AS what FROM programme_indicator",
    "item_id": "SELECT min(id) AS item_id, 'an item' AS what FROM support_item",
    "/mentoring/programmes slug": "SELECT slug, slug AS what FROM programme",
    "request_id": "SELECT id AS request_id, kind AS what FROM privacy_request",
    "edition post_id": POSTS,
    "edition post_id kind": f"SELECT *, 'photos' AS kind FROM ({POSTS})",
    "edition post_id kind part_id": f"SELECT q.*, 'photos' AS kind, p.id AS part_id FROM ({POSTS}) q JOIN photo p USING (post_id)",
    "/spaces/duty resource_id": "SELECT min(supervisor_id) AS resource_id, 'somebody on duty' AS what FROM supervision",
    "/spaces/stages stage_id": "SELECT min(id) AS stage_id, 'a stage' AS what FROM stage",
    "/spaces/registrations registration_id": "SELECT min(id) AS registration_id, 'of a course' AS what FROM event_registration",
    "/spaces/seats code": "SELECT min(code) AS code, 'of a registration' AS what FROM event_registration",
    "session_id step": "SELECT min(id) AS session_id, 'attend' AS step, 'of an event' AS what FROM event_session",
    "/spaces/inductions slug": "SELECT slug, state AS what FROM event WHERE trains <> ''",
    "/spaces/places slug": one_each("SELECT slug, kind AS what FROM resource WHERE kind IN ('room', 'machine') AND site_id = 1"),
    "/spaces/places slug step": "SELECT slug, 'retire' AS step, kind AS what FROM resource WHERE kind IN ('room', 'machine') AND site_id = 1 GROUP BY kind",
    "plan_id step": "SELECT min(id) AS plan_id, 'schedule' AS step, 'a plan' AS what FROM maintenance_plan",
    "price_id": "SELECT min(id) AS price_id, 'a price' AS what FROM price_rule",
    "quota_id": "SELECT min(id) AS quota_id, 'a quota' AS what FROM quota",
    "record_id": "SELECT min(id) AS record_id, 'a training' AS what FROM training_record WHERE revoked_at IS NULL",
    "sign_in_id": "SELECT min(s.id) AS sign_in_id, a.email AS what FROM sign_in s JOIN account a ON a.id = s.account_id WHERE a.email = 'giaovien@demo.example'",
}  # fmt: skip


@dataclass(frozen=True)
class Address:
    """One object at one view."""

    rule: str
    endpoint: str
    what: str
    path: str
    methods: tuple[str, ...]


def key_of(rule: Rule) -> str:
    """The statement for a rule: by endpoint, by its first two steps or its blueprint and variables, by variables."""
    names = [n for n in re.findall(r"<(?:[^:<>]+(?:\([^)]*\))?:)?(\w+)>", rule.rule) if n != "lang"]
    variables = " ".join(names)
    blueprint = rule.endpoint.partition(".")[0]
    steps = "/".join(rule.rule.split("/")[:3])
    for key in (rule.endpoint, f"{steps} {variables}", f"{blueprint} {variables}", variables):
        if key in STATEMENTS:
            return key
    return ""


def addresses(app: Flask) -> tuple[list[Address], list[str]]:
    """All addresses of guarded views that take an object, and the rules for which there is none."""
    found: list[Address] = []
    without: list[str] = []
    adapter = app.url_map.bind("localhost")
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: (r.rule, r.endpoint)):
        access = app.view_functions[rule.endpoint].access  # type: ignore[attr-defined]
        if access == "public" or not rule.arguments:
            continue
        methods = tuple(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        rows = rows_of(key_of(rule))
        made = [
            Address(rule.rule, rule.endpoint, str(row["what"]), built, methods)
            for row in rows
            if (built := build(adapter, rule, row, methods[0]))
        ]
        found += made
        if not made:
            without.append(f"{' '.join(methods)} {rule.rule}")
    return found, without


def rows_of(key: str) -> list[Any]:
    if not key:
        return []
    return [dict(row._mapping) for row in db.session.execute(sa.text(STATEMENTS[key]))]


def build(adapter: Any, rule: Rule, row: dict[str, Any], method: str) -> str:
    values = {name: row.get(name) for name in rule.arguments}
    if any(value is None for value in values.values()):
        return ""
    try:
        return str(adapter.build(rule.endpoint, values, method=method))
    except BuildError:
        return ""

"""Writes the tables of docs/access.md from the program: `python -m tests.access_matrix` after a change on purpose."""

from __future__ import annotations

import pathlib
import tempfile

from flask import Flask

from incubator import create_app
from incubator.core.access import ROLE_PERMISSIONS, Permission, Role

PAGE = pathlib.Path(__file__).parent.parent / "docs" / "access.md"
BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"


def role_table() -> list[str]:
    lines = ["| permission | " + " | ".join(r.value for r in Role) + " |", "|---" * (len(Role) + 1) + "|"]
    for permission in Permission:
        cells = ["●" if permission in ROLE_PERMISSIONS[role] else "" for role in Role]
        lines.append(f"| `{permission.value}` | " + " | ".join(cells) + " |")
    return lines


def mark_of(app: Flask, endpoint: str) -> str:
    mark = app.view_functions[endpoint].access  # type: ignore[attr-defined]
    return mark if isinstance(mark, str) else ", ".join(f"`{p.value}`" for p in mark)


def route_table(app: Flask) -> list[str]:
    lines = ["| route | methods | who may come here |", "|---|---|---|"]
    rules = sorted(app.url_map.iter_rules(), key=lambda r: (r.rule, r.endpoint, sorted(r.methods or ())))
    for rule in rules:
        methods = " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        lines.append(f"| `{rule.rule}` | {methods} | {mark_of(app, rule.endpoint)} |")
    return lines


def tables(app: Flask) -> str:
    return "\n".join(
        [
            BEGIN,
            "",
            "## Roles and permissions",
            "",
            *role_table(),
            "",
            "## Routes",
            "",
            *route_table(app),
            "",
            END,
        ]
    )


def written() -> str:
    text = PAGE.read_text()
    return text[text.index(BEGIN) : text.index(END) + len(END)]


def main() -> None:
    from tests.databases import settings

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings(pathlib.Path(folder), f"sqlite:///{folder}/none.sqlite"))
        text = PAGE.read_text()
        PAGE.write_text(text.replace(written(), tables(app)))
    print(f"{PAGE} written.")


if __name__ == "__main__":
    main()

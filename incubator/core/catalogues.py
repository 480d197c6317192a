"""Keep the English catalogues in step with the sources: extract, update, compile, one catalogue a domain."""

from __future__ import annotations

import io
from pathlib import Path

import click
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from . import whole
from .i18n import SHELL, TRANSLATIONS

ROOT = Path(__file__).parent.parent.parent
KEYWORDS = {"_": None, "lazy": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None}
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
OPTIONS = {
    "**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"},
    "**.txt": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"},
}


def domains() -> list[str]:
    return sorted(
        p.name for p in (ROOT / "incubator").iterdir() if p.is_dir() and (p / "__init__.py").exists()
    )


def sources(domain: str) -> list[Path]:
    """Folders whose strings belong to a domain's catalogue."""
    folders = [
        ROOT / "incubator" / domain,
        ROOT / "templates" / domain,
        ROOT / "templates" / "email" / domain,
    ]
    if domain == SHELL:
        folders += [ROOT / "templates" / n for n in ("macros", "parts", "errors")] + [
            ROOT / "templates" / "documents"
        ]
    return [f for f in folders if f.exists()]


def extract(domain: str) -> Catalog:
    """Every translatable string of a domain, in order."""
    found = Catalog(project="incubator", charset="utf-8")
    for folder in sources(domain):
        for _file, _line, message, comments, context in extract_from_dir(
            str(folder), METHODS, OPTIONS, keywords=KEYWORDS, strip_comment_tags=True
        ):
            found.add(message, None, auto_comments=comments, context=context)
    if domain == SHELL:
        from babel.messages.extract import extract_from_file

        for template in sorted((ROOT / "templates").glob("*.html")):
            for _line, message, comments, context in extract_from_file(
                "jinja2", str(template), KEYWORDS, options=OPTIONS["**.html"]
            ):
                found.add(message, None, auto_comments=comments, context=context)
    return found


def path_of(domain: str) -> Path:
    return TRANSLATIONS / domain / "en" / "LC_MESSAGES" / "messages.po"


def load(domain: str) -> Catalog:
    path = path_of(domain)
    if not path.exists():
        return Catalog(locale="en", project="incubator", charset="utf-8")
    with path.open("rb") as source:
        return read_po(source, locale="en", charset="utf-8")


def updated(domain: str) -> Catalog:
    """The catalogue as it should be: strings of the sources, known translations kept, no guesses."""
    catalogue = load(domain)
    catalogue.update(extract(domain), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    for message in catalogue:
        message.flags.discard("fuzzy")
    return catalogue


def text_of(catalogue: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(
        out, catalogue, sort_output=True, no_location=True, omit_header=False, width=120, ignore_obsolete=True
    )
    lines = [
        line
        for line in out.getvalue().decode().splitlines()
        if not line.startswith(
            ('"POT-Creation', '"PO-Revision', '"Generated-By', '"Last-Translator', '"Language-Team', "# ")
        )
    ]
    return ("\n".join(lines) + "\n").encode()


def missing(domain: str) -> list[str]:
    """Strings of the sources that have no English yet."""
    gaps = []
    for message in updated(domain):
        if not message.id:
            continue
        texts = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if not all(texts):
            gaps.append(message.id if isinstance(message.id, str) else message.id[0])
    return gaps


def compile_all() -> None:
    """Write the .mo files that the application reads; done at setup, never committed."""
    for path in TRANSLATIONS.glob("*/en/LC_MESSAGES/messages.po"):
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= path.stat().st_mtime:
            continue
        with path.open("rb") as source:
            catalogue = read_po(source, locale="en")
        out = io.BytesIO()
        write_mo(out, catalogue)
        whole.write(target, out.getvalue())


@click.command("messages")
@click.argument("names", nargs=-1)
def messages(names: tuple[str, ...]) -> None:
    """Update the catalogues of the named domains (default: all), compile them, and list what lacks English."""
    count = 0
    for domain in names or domains():
        catalogue = updated(domain)
        if not len(catalogue):
            continue
        path = path_of(domain)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text_of(catalogue))
        gaps = missing(domain)
        count += len(gaps)
        for gap in gaps:
            click.echo(f"{domain}: {gap}")
    compile_all()
    click.echo(f"{count} strings lack English.")

"""What the sources of the look promise: contrast of each pair of colours, no inline code, known icons."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static/css").glob("*.css"))

STATES = ("draft", "submitted", "waiting", "accepted", "returned", "conflict", "error", "live", "final")

# (text, ground, least ratio); WCAG 2.2: 4.5 for text, 3 for the outline of a control or state
PAIRS = [
    ("ink", "paper", 7),
    ("ink", "surface", 7),
    ("ink", "sunken", 7),
    ("ink", "primary-soft", 7),
    ("ink-2", "paper", 4.5),
    ("ink-2", "surface", 4.5),
    ("ink-2", "sunken", 4.5),
    ("ink-3", "paper", 4.5),
    ("ink-3", "surface", 4.5),
    ("ink-3", "sunken", 4.5),
    ("primary", "paper", 4.5),
    ("primary", "surface", 4.5),
    ("primary", "primary-soft", 4.5),
    ("primary-strong", "surface", 4.5),
    ("on-primary", "primary", 4.5),
    ("on-primary", "primary-strong", 4.5),
    ("on-deep", "deep", 4.5),
    ("on-deep-2", "deep", 4.5),
    ("line-strong", "surface", 3),
    ("line-strong", "paper", 3),
    ("focus", "paper", 3),
    ("focus", "surface", 3),
    ("son", "surface", 3),
    ("gold-ink", "gold-soft", 4.5),
    ("silver-ink", "silver-soft", 4.5),
    ("bronze-ink", "bronze-soft", 4.5),
    ("on-red", "red", 4.5),
    ("on-blue", "blue", 4.5),
    *[(f"{state}-ink", f"{state}-soft", 4.5) for state in STATES],
    *[(f"{state}-line", "surface", 3) for state in STATES],
    *[(f"{state}-ink", "surface", 4.5) for state in ("waiting", "accepted", "error")],
]


def tokens(theme: str) -> dict[str, str]:
    text = (ROOT / "static/css/tokens.css").read_text("utf-8")
    light = text.split('[data-bs-theme="dark"] {')[0]
    found = dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})", light))
    if theme == "dark":
        dark = text.split('[data-bs-theme="dark"] {')[1].split("\n}")[0]
        found |= dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})", dark))
    return found


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
def test_pair_of_colours_can_be_read(theme: str, text: str, ground: str, least: float) -> None:
    found = tokens(theme)
    assert ratio(found[text], found[ground]) >= least


def test_ratio_is_that_of_the_standard() -> None:
    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


INLINE = re.compile(
    r"""\sstyle\s*=|\son[a-z]+\s*=\s*["']|javascript:|<style\b|<script(?![^>]*\bsrc=)|hx-on|hx-vals\s*=\s*["']js:|\bhttps?://(?!www\.w3\.org)[^"'\s]+\.(?:js|css|woff2?)\b""",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_template_has_no_inline_code_and_no_foreign_host(path: Path) -> None:
    # Data for scripts may stand in the page: it is not run.
    text = re.sub(r'<script type="application/json"[^>]*>', "", path.read_text("utf-8"))
    assert INLINE.findall(text) == []


def test_no_template_switches_its_escaping_off():
    """Markup is made by `core.web.fragment()` and `core.qr.drawing()`."""
    unescaped = re.compile(r"\|\s*safe\b|autoescape")
    assert [str(p) for p in TEMPLATES if unescaped.search(p.read_text("utf-8"))] == []


@pytest.mark.parametrize("path", STYLES, ids=lambda p: p.name)
def test_style_sheet_loads_our_files_only_and_they_exist(path: Path) -> None:
    for address in re.findall(r"url\(([^)]*)\)", path.read_text("utf-8")):
        assert (path.parent / address.strip("\"'")).is_file(), address


def test_what_the_last_action_said_does_not_go_on_paper() -> None:
    hidden = next(
        block
        for block in re.findall(r"([^{}]+)\{([^{}]*)\}", (ROOT / "static/css/print.css").read_text())
        if ".no-print" in block[0]
    )
    assert "display: none" in hidden[1]
    assert ".flash" in {selector.strip() for selector in hidden[0].split(",")}
    assert "flash" in (ROOT / "templates/parts/messages.html").read_text().split('class="')[1].split('"')[0]


def test_every_colour_of_a_style_sheet_is_declared() -> None:
    text = "".join(p.read_text("utf-8") for p in STYLES)
    declared = set(re.findall(r"(--[a-z0-9-]+)\s*:", text))
    used = {u for u in re.findall(r"var\((--[a-z0-9-]+)\)", text) if not u.startswith("--bs-")}
    assert used - declared == set()


def test_every_class_of_a_style_sheet_is_named_by_a_page_or_a_script():
    shown = "".join(p.read_text("utf-8") for p in [*TEMPLATES, *(ROOT / "static/js").glob("*.js")])
    named = set(re.findall(r"[A-Za-z_][\w-]*", shown))
    made_up = re.compile(r"st-[a-z]+|p[1-9]|bi-[a-z-]+")  # a state's kind, a part's number, an icon's name
    idle = {}
    for path in STYLES:
        text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
        heads = "".join(re.findall(r"[^{};]+(?=\{)", text))
        classes = {c for c in re.findall(r"\.([A-Za-z_][\w-]*)", heads) if not made_up.fullmatch(c)}
        if classes - named:
            idle[path.name] = sorted(classes - named)
    assert idle == {}


def test_icons_of_templates_are_built() -> None:
    icons = ROOT / "static/vendor/icons.css"
    assert icons.exists(), "static/vendor is not built: run `make vendor`"
    built = set(re.findall(r"\.bi-([a-z0-9-]+)::before", icons.read_text("utf-8")))
    named = {
        name
        for path in [*TEMPLATES, *(ROOT / "static/js").glob("*.js")]
        for name in re.findall(r"\bbi-([a-z0-9]+(?:-[a-z0-9]+)*)(?![a-z0-9-]*\{)", path.read_text("utf-8"))
    }
    assert named - built == set()


def test_lock_file_names_no_registry_and_pins_every_package() -> None:
    lock = json.loads((ROOT / "static/package-lock.json").read_text("utf-8"))
    packages = {name: p for name, p in lock["packages"].items() if name}
    assert packages
    assert [n for n, p in packages.items() if "resolved" in p] == []
    assert [n for n, p in packages.items() if not p.get("integrity")] == []
    assert all(re.fullmatch(r"[0-9.]+", v) for v in lock["packages"][""]["dependencies"].values())


# The language in itself, the letter of a side on the court, the heading that law puts on papers
SAME_IN_BOTH = ("Tiếng Việt", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Đ")
VIETNAMESE = re.compile(
    "[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE
)


# Papers that an office stamps are Vietnamese in either language of the page.
OFFICIAL = {"templates/contests/_school_list_paper.html"}


@pytest.mark.parametrize(
    "path",
    [p for p in TEMPLATES if str(p.relative_to(ROOT)) not in OFFICIAL],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_template_says_nothing_that_cannot_be_translated(path: Path) -> None:
    """Words stand in `_()`; what is left after taking the Jinja parts away is markup."""
    text = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", "", path.read_text("utf-8"), flags=re.DOTALL)
    for words in SAME_IN_BOTH:
        text = text.replace(words, "")
    assert [line.strip() for line in text.splitlines() if VIETNAMESE.search(line)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_expressions_of_template_translate_their_words(path: Path) -> None:
    """A Vietnamese literal in a Jinja expression stands inside `_(…)` or `ngettext(…)`."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
    bare = []
    for expression in re.findall(r"\{\{.*?\}\}|\{%.*?%\}", text, flags=re.DOTALL):
        plain = re.sub(
            r"""\b(?:_|ngettext)\(\s*(?:'[^']*'|"[^"]*")(?:\s*,\s*(?:'[^']*'|"[^"]*"))?""", "", expression
        )
        bare += [s for s in re.findall(r"""'[^']*'|"[^"]*\"""", plain) if VIETNAMESE.search(s)]
    assert [s for s in bare if s.strip("'\"") not in SAME_IN_BOTH] == []


def test_a_template_reads_without_scrolling_aside():
    """At most 140 characters a line, but for a sentence, which stays whole for its translation."""
    found = [
        f"{path.relative_to(ROOT)}:{number}: {len(line)}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if len(line) - max(map(len, re.findall(r"'[^']*'", line)), default=0) > 100 and len(line) > 140
    ]
    assert not found, found


def test_a_template_imports_no_macro_in_vain():
    """A macro is used by the template that imports it, or by those that see its names: parts it includes, pages that
    extend it, macros it imports with context."""
    syntax = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    trees = {
        str(path.relative_to(ROOT / "templates")): syntax.parse(path.read_text("utf-8")) for path in TEMPLATES
    }
    seeing: dict[str, set[str]] = {name: set() for name in trees}
    for name, tree in trees.items():
        for node in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
            if not isinstance(node.template, nodes.Const):
                continue
            if isinstance(node, nodes.Extends):
                seeing[node.template.value].add(name)
            elif isinstance(node, nodes.Include) or node.with_context:
                seeing[name].add(node.template.value)

    def read(name: str, known: set[str]) -> set[str]:
        known.add(name)
        own = {node.name for node in trees[name].find_all(nodes.Name) if node.ctx == "load"}
        return own.union(*(read(other, known) for other in seeing[name] - known))

    idle = {}
    for name, tree in trees.items():
        imported = {node.target for node in tree.find_all(nodes.Import)}
        for node in tree.find_all(nodes.FromImport):
            imported |= {n if isinstance(n, str) else n[1] for n in node.names}
        if left := imported - read(name, set()):
            idle[name] = sorted(left)
    assert idle == {}

"""English is complete: every string of the sources has its translation, and placeholders agree."""

from __future__ import annotations

import re

import pytest

from incubator.core import catalogues

_PLACE = re.compile(r"%\((\w+)\)[sd]|%%")


@pytest.mark.parametrize("domain", catalogues.domains())
def test_every_string_has_english(domain):
    assert catalogues.missing(domain) == []


@pytest.mark.parametrize("domain", catalogues.domains())
def test_placeholders_agree(domain):
    wrong = []
    for message in catalogues.load(domain):
        if not message.id or not message.string:
            continue
        originals = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        texts = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        wanted = {m for o in originals for m in _PLACE.findall(o)}
        for text in texts:
            if not set(_PLACE.findall(text)) <= wanted:
                wrong.append((originals[0], text))
    assert wrong == []

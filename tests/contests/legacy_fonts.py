"""Writing text as offices typed it before Unicode: the inverse of what the reader restores."""

import unicodedata

from incubator.core.text import legacy, tones

_TCVN3 = {chr(new) if isinstance(new, int) else new: chr(old) for old, new in legacy._TCVN3.items()}
_VNI_LETTERS = {new: old for old, new in legacy._VNI_LETTERS.items()}
_VNI_MARKS = {new: old for old, new in legacy._VNI_MARKS.items()}


def to_tcvn3(text: str) -> str:
    """Text typed in .VnTime: a toned capital comes out small, because the font has none."""
    return "".join(_TCVN3.get(c) or _TCVN3.get(c.lower(), c) for c in text)


def to_vni(text: str) -> str:
    return "".join(_vni_cluster(c) for c in text)


def _vni_cluster(char: str) -> str:
    if char in _VNI_LETTERS:
        return _VNI_LETTERS[char]
    base, *rest = unicodedata.normalize("NFD", char)
    plain = unicodedata.normalize("NFC", base + "".join(m for m in rest if m == tones.HORN))
    marks = sorted((m for m in rest if m != tones.HORN), key=lambda m: m in tones.TONES)
    if not marks or base in "iI":
        return _VNI_LETTERS.get(plain, char)
    mark = _VNI_MARKS["".join(marks)]
    return _VNI_LETTERS.get(plain, plain) + (mark.upper() if base.isupper() else mark)

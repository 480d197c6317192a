"""Vietnamese text: keys for search, comparison and sorting, letter case, and text from before Unicode.

Standard library only: the web worker imports this package on every start.
"""

from incubator.core.text.casing import capitalise_word, proper_case_name, proper_case_title
from incubator.core.text.keys import collapse, collation_key, compare_key, name_sort_key, search_key
from incubator.core.text.legacy import (
    Encoding,
    could_be_legacy,
    decode,
    decode_tcvn3,
    decode_vni,
    detect_cell,
    detect_column,
    detect_row,
)
from incubator.core.text.marks import repair_marks
from incubator.core.text.misread import has_lost_letters, read_again, with_strokes
from incubator.core.text.syllables import is_syllable, neutral_tone
from incubator.core.text.viqr import decode_viqr, is_viqr

__all__ = [
    "Encoding",
    "capitalise_word",
    "collapse",
    "collation_key",
    "compare_key",
    "could_be_legacy",
    "decode",
    "decode_tcvn3",
    "decode_vni",
    "decode_viqr",
    "detect_cell",
    "detect_column",
    "detect_row",
    "has_lost_letters",
    "is_syllable",
    "is_viqr",
    "name_sort_key",
    "neutral_tone",
    "proper_case_name",
    "proper_case_title",
    "read_again",
    "repair_marks",
    "search_key",
    "with_strokes",
]

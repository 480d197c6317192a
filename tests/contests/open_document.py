"""Spreadsheets in OpenDocument, written by hand: nothing that is installed writes them."""

import io
import zipfile
from datetime import date
from xml.sax.saxutils import escape

from incubator.contests.registration_files import SourceFile

_NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
)


class Formula:
    """A cell that is computed; without a value nobody has computed it yet."""

    def __init__(self, value):
        self.value = value


def ods(rows, name="tep.ods", hidden_rows=(), hidden_columns=(), remarks=None, repeat=(1, 1), struck=()):
    """`remarks` by (row, column); `repeat` says how often the last row and each of its cells stand; `struck` are rows."""
    width = max(len(row) for row in rows)
    out = [
        f'<office:document-content {_NAMES}><office:automatic-styles><style:style style:name="ce7" style:family="table-cell">'
        '<style:text-properties style:text-line-through-style="solid"/></style:style></office:automatic-styles><office:body><office:spreadsheet>',
        '<table:table table:name="DS">',
    ]
    out += [f"<table:table-column{_unseen(i in hidden_columns, 'collapse')}/>" for i in range(width)]
    for number, row in enumerate(rows):
        rows_times, cells_times = repeat if number == len(rows) - 1 else (1, 1)
        times = f' table:number-rows-repeated="{rows_times}"' if rows_times > 1 else ""
        out.append(f"<table:table-row{times}{_unseen(number in hidden_rows, 'filter')}>")
        style = ' table:style-name="ce7"' if number in struck else ""
        out += [
            _cell(cell, (remarks or {}).get((number, i), ""), cells_times, style)
            for i, cell in enumerate(row)
        ]
        out.append('<table:table-cell table:number-columns-repeated="1000"/></table:table-row>')
    out.append('<table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row>')
    out.append("</table:table></office:spreadsheet></office:body></office:document-content>")
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "".join(out))
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return SourceFile(name, data.getvalue())


def _unseen(hidden, how):
    return f' table:visibility="{how}"' if hidden else ""


def _cell(cell, remark, times, style):
    more = style + (f' table:number-columns-repeated="{times}"' if times > 1 else "")
    if isinstance(cell, Formula):
        more += ' table:formula="of:=[.A1]"'
        cell = cell.value
    note = f"<office:annotation ><text:p>{escape(remark)}</text:p></office:annotation>" if remark else ""
    if cell is None:
        return f"<table:table-cell{more}>{note}</table:table-cell>"
    if isinstance(cell, date):
        kind, text = f'date" office:date-value="{cell.isoformat()}', f"{cell:%d/%m/%Y}"
    elif isinstance(cell, int | float):
        kind, text = f'float" office:value="{cell}', str(cell)
    else:
        kind, text = "string", str(cell)
    return f'<table:table-cell{more} office:value-type="{kind}">{note}<text:p>{escape(text)}</text:p></table:table-cell>'

"""A table as a file for a spreadsheet, in which no cell does anything."""

import csv
import io
from collections.abc import Iterable, Sequence

# What makes a formula of a cell in the spreadsheets that people use.
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_text(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """RFC 4180, with a mark of UTF-8, without which one of them guesses."""
    made = io.StringIO()
    writer = csv.writer(made, quoting=csv.QUOTE_ALL)
    for line in (head, *rows):
        writer.writerow([harmless(str(cell)) for cell in line])
    return "\ufeff" + made.getvalue()


def harmless(cell: str) -> str:
    """A text that would be computed is marked as text, and read as one."""
    return f"'{cell}" if cell.lstrip(" ").startswith(STARTS_FORMULA) else cell

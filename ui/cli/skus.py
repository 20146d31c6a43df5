"""Tables of file names and SKUs."""

import csv
from pathlib import Path

from ui.cli.console import Misused

DELIMITERS = ",;\t"
MOST_BYTES = 20_000_000


def skus_of(file: Path) -> dict[str, str]:
    """Read a table of file names and SKUs. Raises Misused.

    Two columns, divided by comma, semicolon or tab; a first row that names them `file` and `sku`
    may put them anywhere.
    """
    try:
        data = file.read_bytes()[:MOST_BYTES]
        rows = list(csv.reader(data.decode("utf-8-sig").splitlines(), delimiter=_delimiter(data)))
    except OSError as error:
        raise Misused(f"{file} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise Misused(f"{file} is no table: save it as CSV in UTF-8.") from error
    head = [cell.strip().casefold() for cell in rows[0]] if rows else []
    named = {"file", "sku"} <= set(head)
    at = (head.index("file"), head.index("sku")) if named else (0, 1)
    found: dict[str, str] = {}
    for number, row in enumerate(rows[named:], 1 + named):
        if not any(cell.strip() for cell in row):
            continue
        cells = [row[column].strip() if column < len(row) else "" for column in at]
        if not all(cells):
            raise Misused(f"{file}, line {number}: a file name and a SKU are expected.")
        if found.setdefault(cells[0].casefold(), cells[1]) != cells[1]:
            raise Misused(f"{file}, line {number}: {cells[0]} has another SKU above.")
    return found


def _delimiter(data: bytes) -> str:
    first = data.partition(b"\n")[0].decode("utf-8-sig", "replace")
    return max(DELIMITERS, key=first.count)

"""The texts of the program as a catalogue for translators; `python -m tests.words` writes it."""

import ast
import io
import re
import tomllib
from collections.abc import Iterator

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from inference.catalogue import CATALOGUE
from inference.upscalers import UPSCALERS
from tests.conftest import ROOT
from ui.words import DOMAIN, LOCALES

TEMPLATE = LOCALES / f"{DOMAIN}.pot"
MARKS = {"t": None, "word": None, "tn": (1, 2)}
"""The functions that texts are handed to, and which of their arguments are texts."""

ROOMS = ("auth", "storage", "inference", "ui/api", "ui")
"""Where sentences are put together that pages show by `t` as a whole."""
IN_ENGLISH = ("contract.py", "description.py", "parcel.py", "removebg.py", "wishes.py")
"""What programs read."""
PHRASES = (
    *("inference/sniff.py", "inference/compliance.py", "inference/measured.py"),
    *("inference/download.py", "inference/supply.py", "auth/rates.py"),
)
"""Where texts without a full stop are shown, too."""
SENTENCE = re.compile(r"\s?[\w{].*\s.*[.!]|\s?[A-Z].*\s.*\?|[\w{].*\. [A-Z].*", re.DOTALL)
PHRASE = re.compile(r"(?=.*[A-Za-z]{2})\W?\w.* .*\w\W?", re.DOTALL)

Text = str | tuple[str, ...]


def extracted() -> Catalog:
    """Read all texts out of the code."""
    catalog = Catalog(domain=DOMAIN)
    for text in sorted({*texts(), *sentences(), *titles()}, key=str):
        catalog.add(text)
    return catalog


def kept() -> Catalog:
    """Read the catalogue that translators are handed."""
    return read_po(io.BytesIO(TEMPLATE.read_bytes()))


def texts() -> Iterator[Text]:
    """Find what is handed to the functions that show it."""
    found = extract_from_dir(
        ROOT / "ui", [("**.py", "python")], keywords=MARKS, comment_tags=(), strip_comment_tags=True
    )
    for _, _, text, _, _ in found:
        yield text


def sentences() -> Iterator[str]:
    """Find what is put together where nobody knows who reads it: its form, with named holes."""
    for room in ROOMS:
        deep = "/" not in room and room != "ui"
        for file in sorted((ROOT / room).glob("**/*.py" if deep else "*.py")):
            if file.name not in IN_ENGLISH:
                loose = file.relative_to(ROOT).as_posix() in PHRASES
                for text in _literals(ast.parse(file.read_text("utf-8"))):
                    if SENTENCE.fullmatch(text) or (loose and PHRASE.fullmatch(text)):
                        yield text


def titles() -> Iterator[str]:
    """Find what models and the presets that come with the program are called."""
    for one in (*CATALOGUE, *UPSCALERS):
        yield from (one.title, one.hint)
    for file in sorted((ROOT / "assets" / "presets").glob("*.toml")):
        yield tomllib.loads(file.read_text("utf-8"))["about"]["title"]


def _literals(tree: ast.AST) -> Iterator[str]:
    skipped: set[int] = set()
    for node in ast.walk(tree):  # a whole comes before its parts
        if id(node) in skipped:
            continue
        match node:
            case ast.Expr(value=ast.Constant()):  # a docstring
                skipped.add(id(node.value))
            case ast.Call(func=ast.Name(id="t" | "tn" | "word")):
                skipped |= set(map(id, ast.walk(node)))
            case ast.JoinedStr():
                skipped |= set(map(id, ast.walk(node)))
                yield _form(node)
            case ast.Constant(value=str(text)):
                yield text


def _form(text: ast.JoinedStr) -> str:
    """Write a text with its values in braces as one with names in them."""
    names: dict[str, str] = {}
    for part in text.values:
        if isinstance(part, ast.FormattedValue):
            code, name = ast.unparse(part.value), _name(part.value)
            others = [other for other in names.values() if other.rstrip("0123456789") == name]
            names.setdefault(code, f"{name}{len(others) + 1}" if others else name)
    return "".join(
        str(part.value)
        if isinstance(part, ast.Constant)
        else f"{{{names[ast.unparse(part.value)]}}}"
        for part in text.values
        if isinstance(part, ast.Constant | ast.FormattedValue)
    )


def _name(node: ast.expr) -> str:
    """Name a value by what it is made from: `bytes` for `_megabytes(model.bytes)`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.strip("_").lower()
        case ast.Call(args=[first, *_]):
            return _name(first)
        case ast.Call(func=ast.Attribute(value=inner)):
            return _name(inner)
        case ast.BinOp(left=inner) | ast.Subscript(value=inner) | ast.BoolOp(values=[inner, *_]):
            return _name(inner)
        case ast.GeneratorExp(elt=inner) | ast.IfExp(body=inner):
            return _name(inner)
        case _:
            return "value"


if __name__ == "__main__":
    # Without dates and places in the code: only a text that is new or gone changes the file.
    with TEMPLATE.open("wb") as file:
        write_po(file, extracted(), no_location=True, omit_header=True, sort_output=True, width=0)

"""Draws the icons: `python bundle/icons.py FOLDER` writes them for all three systems."""

import sys
from pathlib import Path

from PIL import Image, ImageDraw

SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
FINE = 8
"""Times as large as it is drawn before it is made smaller."""
TILE, MARK = (43, 95, 217), (255, 255, 255)
ROUND, CIRCLE, LINE = 0.22, 0.31, 0.065
"""Corner, radius and line, as parts of the side."""


def icon(size: int) -> Image.Image:
    """Return a subject before the sweep of a cove, on a tile; RGBA, `size` pixels a side."""
    side = size * FINE
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, side - 1, side - 1), side * ROUND, fill=TILE)
    centre, radius, line = side / 2, side * CIRCLE, round(side * LINE)
    box = (centre - radius, centre - radius, centre + radius, centre + radius)
    draw.ellipse(box, outline=MARK, width=line)
    draw.pieslice(box, -90, 90, fill=MARK)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def drawing() -> str:
    """Return the same as SVG."""
    tile, mark = (f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in (TILE, MARK))
    side, radius, line = 512, 512 * CIRCLE, 512 * LINE
    top, bottom = side / 2 - radius, side / 2 + radius
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<rect width="{side}" height="{side}" rx="{side * ROUND:.0f}" fill="{tile}"/>'
        f'<circle cx="256" cy="256" r="{radius - line / 2:.1f}" fill="none" stroke="{mark}" '
        f'stroke-width="{line:.1f}"/>'
        f'<path d="M256 {top:.1f}a{radius:.1f} {radius:.1f} 0 0 1 0 {bottom - top:.1f}z" '
        f'fill="{mark}"/></svg>\n'
    )


def write(folder: Path) -> None:
    """Write an SVG, a PNG of each size, an ICO and an ICNS."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "coveshot.svg").write_text(drawing())
    for size in SIZES:
        icon(size).save(folder / f"coveshot-{size}.png", optimize=True)
    largest = icon(512)
    largest.save(folder / "coveshot.ico", sizes=[(size, size) for size in SIZES[:-1]])
    largest.save(folder / "coveshot.icns")


if __name__ == "__main__":
    write(Path(sys.argv[1]))

"""`coveshot export`: the workbench into a folder."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.console import FAILED, USAGE, Misused, opened, say, sentences

if TYPE_CHECKING:
    from ui.house import House


def add_export(app: typer.Typer, open_house: "Callable[[], House]") -> None:
    @app.command()
    def export(
        *,
        out: Annotated[Path, typer.Option("--out", "-o", help="The folder for the cutouts.")],
        format: Annotated[  # noqa: A002
            str,
            typer.Option(help="png, webp, avif, tif, jpg, psd, or keep for that of each photo."),
        ] = "png",
        name: Annotated[
            str, typer.Option(help="Of files: {name} {width} {height} {date} {n}.")
        ] = "",
        flat: Annotated[bool, typer.Option("--flat", help="All into one folder.")] = False,
    ) -> None:
        """Write the cutouts of the workbench into a folder. Nothing there is overwritten."""
        with opened(open_house, USAGE) as house:
            from ui.delivery import Delivery  # noqa: PLC0415 imports NumPy
            from ui.desk import Desk  # noqa: PLC0415
            from ui.shipment import read_shipment  # noqa: PLC0415

            shipment = read_shipment({"format": format, "name": name, "tree": not flat})
            desk = Desk(house.fitting, house.account)
            cards = house.studio.bench(house.account)
            if not cards:
                raise Misused("There is nothing on the workbench.")
            house.workers.start()
            delivery = Delivery(str(out.absolute()), len(cards))
            with sentences():
                manifest = delivery.write(cards, shipment, desk.draw)
            written = delivery.written - 1  # the manifest is one of the files
            say(f"Cutouts written: {written} of {len(cards)} photos, into {out}.")
            if written < len(cards):
                say(f"Why the others were left out is in {manifest}.")
                raise typer.Exit(FAILED)

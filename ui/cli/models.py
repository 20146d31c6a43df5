"""`coveshot models`: which there are, which are here, and how more come here."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inference.catalogue import CATALOGUE, RECOMMENDED, Asset, Model, model_named
from inference.errors import InferenceError, ModelMissing
from inference.upscalers import UPSCALERS, asset_named
from ui.cli.console import FAILED, USAGE, opened, say, sentences

if TYPE_CHECKING:
    from inference.weights import Weights
    from ui.house import House

BEST = "recommended"
STOPPED = "Stopped. Run the same command again: it goes on with what has come so far."
NONE_HERE = f"There is no model here yet. Get one: coveshot models get {BEST}."


def add_models(app: typer.Typer, open_house: "Callable[[], House]") -> None:
    models = typer.Typer(help="See, get and check the models.", no_args_is_help=True)
    app.add_typer(models, name="models")

    @models.command("list")
    def list_models() -> None:
        """Tell which models there are, and what for."""
        with opened(open_house) as house:
            for line in _listed(house.studio.networks.weights):
                typer.echo(line)

    @models.command()
    def get(
        name: Annotated[str, typer.Argument(help=f"A model, or {BEST} for the best one.")],
        file: Annotated[
            Path | None, typer.Option("--from", help="A file that you have got elsewhere.")
        ] = None,
    ) -> None:
        """Bring a model here and verify it."""
        with sentences(USAGE):
            asset = asset_named(RECOMMENDED[0] if name == BEST else name)
        with opened(open_house, stopped=STOPPED) as house:
            if name == BEST and not file:
                asset = _best(house)
            else:
                _brought(house.studio.networks.weights, asset, file)
            say(f"{asset.title} is here: {house.studio.networks.weights.path(asset)}")

    @models.command()
    def verify() -> None:
        """Read all weights that are here again."""
        with opened(open_house) as house:
            raise typer.Exit(_verified(house.studio.networks.weights))

    @models.command()
    def path() -> None:
        """Print where the files of the models here are."""
        with opened(open_house) as house:
            for file in _files(house.studio.networks.weights):
                typer.echo(file)


def _listed(weights: "Weights") -> Iterator[str]:
    for asset in (*CATALOGUE, *UPSCALERS):
        state = "here" if weights.has(asset) else "-"
        use = "commercial use allowed" if asset.commercial else "commercial use not allowed"
        size = f"{asset.bytes / 1e6:.0f} MB"
        yield f"{asset.name:22} {state:4}  {size:>6}  {asset.licence:12}  {use}"
        yield f"    {asset.title}. {asset.hint}"


def _best(house: "House") -> Model:
    from ui.cli.progress import download  # noqa: PLC0415 more of Rich than the help needs

    with download("the best model", model_named(RECOMMENDED[0]).bytes) as progress:
        return house.studio.networks.improve(progress)


def _brought(weights: "Weights", asset: Asset, file: Path | None) -> None:
    from ui.cli.progress import download  # noqa: PLC0415 more of Rich than the help needs

    if file:
        weights.install(asset, file)
        return
    with suppress(InferenceError):  # not here, or not as it should be: then it is fetched
        weights.path(asset)
        return
    with download(asset.title, asset.bytes) as progress:
        weights.fetch(asset, progress)


def _verified(weights: "Weights") -> int:
    findings = weights.verify()
    if not findings:
        raise ModelMissing(NONE_HERE)
    for finding in findings:
        typer.echo(finding.says)
    return 0 if all(finding.ok for finding in findings) else FAILED


def _files(weights: "Weights") -> list[Path]:
    here = [asset for asset in (*CATALOGUE, *UPSCALERS) if weights.has(asset)]
    if not here:
        raise ModelMissing(NONE_HERE)
    return [weights.path(asset) for asset in here]

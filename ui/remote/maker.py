"""Cutouts by a server elsewhere, in place of those that are computed here."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from inference.doubt import Doubt
from inference.errors import RecipeRejected
from inference.look import Scene
from inference.output import File, Output
from inference.recipe import AUTO, Recipe
from inference.recipe_file import PRIVATE
from ui.cli.makers import Made
from ui.remote.errors import Refused
from ui.remote.server import Server

WIDTH, HEIGHT = slice(16, 20), slice(20, 24)
"""Where a PNG has them."""
PNG = b"\x89PNG"
GIVEN_UP = {"error", "cancelled", "expired"}


@dataclass(frozen=True, slots=True)
class Remote:
    """Makes a cutout of a photo by sending it; called by several threads at once.

    Nothing has to be remembered of what was sent: the same announcement under the same token is the
    same job, for a day, and a result that is there is the answer at once, whoever asks after that.
    """

    server: Server
    recipe: Mapping[str, Any]
    run: str = field(default_factory=lambda: uuid4().hex[:12])

    def __call__(self, path: Path, data: bytes) -> Made:
        digest = sha256(data).hexdigest()
        said = {
            "sha256": digest,
            "size": len(data),
            "filename": path.name.encode("utf-8", "replace").decode(),
            "recipe": dict(self.recipe),
        }
        png = self.server.fetch(self._result(said, path))
        if not png.startswith(PNG):
            raise Refused("What the server has sent is no PNG.")
        width, height = (int.from_bytes(png[at]) for at in (WIDTH, HEIGHT))
        return Made(png, width, height, Doubt(0.0, ()), _again)

    def _result(self, said: Mapping[str, Any], path: Path) -> str:
        """Have a photo cut out; return where the result is."""
        token = sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
        told = self.server.announce(said, token)
        if told.get("status") in GIVEN_UP:  # in another run: it is asked for once more
            told = self.server.announce(said, f"{token}{self.run}")
        if told["cached"]:
            return str(told["output_urls"]["png"])
        if told["upload_url"]:
            self.server.put(told, path)
        job = self.server.uploaded(told["job_id"])
        job = self.server.ended(job["id"])
        if job["status"] != "done":
            raise Refused(job["says"] or "It was cancelled. Cut it again.")
        return str(job["output_urls"]["png"])


def _again(_recipe: Recipe, _output: Output) -> File:
    raise NotImplementedError  # nothing is mended that is made elsewhere


def told_of(recipe: Recipe) -> dict[str, Any]:
    """Return what of a recipe a server is told: what is not usual. Raises RecipeRejected."""
    if recipe.ground.scene is Scene.PICTURE:
        raise RecipeRejected("A picture behind the subject stays here. Choose another background.")
    own, usual = asdict(recipe), asdict(Recipe())
    return {name: own[name] for name in own if name not in PRIVATE and own[name] != usual[name]}


def named(recipe: Recipe, address: str) -> Recipe:
    """Return a recipe under whose key results of a server are noted here.

    Which model and weights are taken is the server's to say: one stands for all of them.
    """
    model = "remote" if recipe.model == AUTO else recipe.model
    there = sha256(address.encode()).hexdigest()
    upscaler = recipe.upscaler or ("remote" if recipe.upscale > 1 else "")
    return replace(
        recipe, model=model, weights=there, precision="f32", second="", upscaler=upscaler
    )

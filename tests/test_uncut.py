"""Edges are drawn from the matte that is kept: no network, no job, no version."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from auth.account import LOCAL
from inference.catalogue import model_named
from inference.errors import ModelMissing
from inference.recipe import Recipe
from storage.records import Status
from tests.test_studio import Bench


@pytest.fixture
def bench(tmp_path: Path, models: Path, photo: bytes) -> Iterator[Bench]:
    bench = Bench(tmp_path, models, photo)
    yield bench
    bench.records.close()


def seen(bench: Bench, entry_id: str, side: int = 1280) -> NDArray[np.int_]:
    _, webp = bench.studio.lab().prints.look_preview(LOCAL, entry_id, side)
    with Image.open(io.BytesIO(webp)) as image:
        return np.asarray(image.convert("RGBA")).astype(int)


def test_trying_edges_makes_no_job_and_no_version(bench: Bench) -> None:
    entry_id = bench.arrive()
    bench.work()
    image_id = bench.studio.entry(LOCAL, entry_id).image_id
    before = seen(bench, entry_id)
    for shift in (2.0, 4.0, 8.0):
        bench.studio.dress(LOCAL, entry_id, {"shift": shift, "feather": 1.0})

    after = seen(bench, entry_id)
    assert (after[..., 3] > 0).sum() > (before[..., 3] > 0).sum()
    assert bench.records.start("me") is None
    assert len(bench.records.history(LOCAL.scope, image_id)) == 1
    assert bench.inferences == 1


def test_what_is_seen_of_edges_is_what_is_exported(bench: Bench) -> None:
    entry_id = bench.arrive()
    bench.work()
    bench.studio.dress(LOCAL, entry_id, {"shift": 3.0, "solid": True})
    close = seen(bench, entry_id, 4096)
    bench.workers.start()
    png = bench.studio.lab().prints.export(LOCAL, entry_id).data
    bench.workers.close()

    with Image.open(io.BytesIO(png)) as image:
        made = np.asarray(image).astype(int)
    assert made.shape == close.shape
    assert np.abs(made[..., 3] - close[..., 3]).mean() < 1


def test_a_rule_is_checked_on_the_edges_that_are_chosen(bench: Bench) -> None:
    entry_id = bench.arrive()
    bench.work()
    narrow = bench.studio.lab().cuts.subject(LOCAL, entry_id).alpha
    bench.studio.dress(LOCAL, entry_id, {"shift": 6.0})

    assert (bench.studio.lab().cuts.subject(LOCAL, entry_id).alpha > 0).sum() > (narrow > 0).sum()


def test_edges_of_a_photo_that_failed_are_tried_with_a_job(bench: Bench) -> None:
    entry_id = bench.arrive()
    job = bench.records.start("me")
    assert job
    bench.records.fail(job, "No.")
    bench.studio.dress(LOCAL, entry_id, {"holes": 5.0})

    card, *_ = bench.studio.bench(LOCAL)
    assert card.job.status is Status.QUEUED
    assert Recipe.read(card.job.recipe).holes == 5.0


def test_a_model_is_tried_with_no_job_and_no_version(bench: Bench) -> None:
    entry_id = bench.arrive()
    bench.work()
    webp = bench.studio.lab().prints.trial(LOCAL, entry_id, "u2netp", 480)
    with Image.open(io.BytesIO(webp)) as image:
        assert max(image.size) <= 480

    assert bench.inferences == 1
    assert bench.records.start("me") is None
    with pytest.raises(ModelMissing):
        bench.studio.lab().prints.trial(LOCAL, entry_id, model_named("u2net").name, 480)


def test_another_model_changes_nothing_else(bench: Bench) -> None:
    wanted = replace(bench.studio.networks.resolve(Recipe()), shift=2.0, background="#ffffff")

    assert bench.studio.networks.with_model(wanted, "u2netp") == wanted

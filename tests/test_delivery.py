"""Cutouts into a folder: nothing there is overwritten, nothing is half there."""

import json
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from inference.errors import Cancelled
from inference.output import Export, File, Output
from storage.errors import DiskFull, NotWritable
from storage.records import Card
from tests.commands import Run
from tests.face import ANN, Face, opened_face
from ui.cli.console import FAILED, USAGE
from ui.delivery import Delivery
from ui.house import House
from ui.shipment import Shipment


@pytest.fixture
def face(tmp_path: Path, models: Path) -> Iterator[Face]:
    with opened_face(tmp_path, models) as face:
        yield face


@pytest.fixture
def cards(face: Face, photo: bytes, tmp_path: Path) -> list[Card]:
    for number, folder in enumerate(("", "red", "red/new")):
        file = tmp_path / "photo.jpg"
        file.write_bytes(photo + bytes([number]))
        face.studio.arrive(ANN, file, name="vase.jpg", folder=folder)
    face.work()
    return face.studio.bench(ANN)


def draw(_card: Card, _output: Output) -> Export:
    return Export("vase.png", "image/png", File(b"a picture" * 1000, 640, 480))


def files(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_what_is_there_is_never_overwritten(cards: list[Card], out: Path) -> None:
    (out / "red").mkdir(parents=True)
    (out / "red" / "VASE.png").write_text("somebody else's")
    delivery = Delivery(str(out), len(cards))
    delivery.write(cards, Shipment(), draw)
    Delivery(str(out), len(cards)).write(cards, Shipment(tree=False), draw)

    assert delivery.written == 4
    assert files(out) == [
        *("manifest (2).json", "manifest.json"),
        *("red/VASE.png", "red/new/vase.png", "red/vase (2).png"),
        *("vase (2).png", "vase (3).png", "vase (4).png", "vase.png"),
    ]
    assert (out / "red" / "VASE.png").read_text() == "somebody else's"
    lines = json.loads((out / "manifest.json").read_text())
    assert [line["file"] for line in lines] == ["vase.png", "red/vase (2).png", "red/new/vase.png"]


def test_it_can_be_stopped(cards: list[Card], out: Path) -> None:
    delivery = Delivery(str(out), len(cards))

    def draw_once(card: Card, output: Output) -> Export:
        if delivery.written:
            delivery.stop()
        return draw(card, output)

    with pytest.raises(Cancelled):
        delivery.write(cards, Shipment(), draw_once)
    assert files(out) == ["vase.png"]


def test_a_full_disk_is_said_and_leaves_no_half_file(cards: list[Card], out: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, before[1]))
    try:
        with pytest.raises(DiskFull, match="is full"):
            Delivery(str(out), len(cards)).write(cards, Shipment(), draw)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert files(out) == []


def test_a_folder_that_cannot_be_is_said(cards: list[Card], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(NotWritable, match="whole path"):
        Delivery("cutouts", len(cards))
    with pytest.raises(NotWritable, match="whole path"):
        Delivery("~nobody of this name/x", len(cards))
    with pytest.raises(NotWritable, match="called so"):
        Delivery(str(tmp_path / "a\0b"), len(cards)).write(cards, Shipment(), draw)
    with pytest.raises(NotWritable, match="cannot be written"):
        Delivery(str(tmp_path / "file" / "out"), len(cards)).write(cards, Shipment(), draw)


def test_what_is_left_out_is_told_by_the_exit_code_and_in_the_manifest(
    coveshot: Run, house: House, photo: bytes, tmp_path: Path, out: Path
) -> None:
    for number in range(2):
        file = tmp_path / "photo.jpg"
        file.write_bytes(photo + bytes([number]))
        house.studio.arrive(house.account, file, name=f"{number}.jpg")
    failing, working = (house.library.records.start("test") for _ in range(2))
    assert failing
    assert working
    house.library.records.fail(failing, "It is too dark.")
    house.studio.work(house.library, working)
    wrong = coveshot("export", "-o", out, "--format", "bmp")
    result = coveshot("export", "-o", out)

    assert wrong.exit_code == USAGE
    assert result.exit_code == FAILED
    assert "Cutouts written: 1 of 2 photos" in result.stderr
    assert f"Why the others were left out is in {out / 'manifest.json'}." in result.stderr
    assert "It is too dark." in (out / "manifest.json").read_text()


def test_the_workbench_is_written_from_the_command_line(
    coveshot: Run, house: House, photo: bytes, tmp_path: Path, out: Path
) -> None:
    assert "nothing on the workbench" in coveshot("export", "-o", out).stderr
    file = tmp_path / "vase.jpg"
    file.write_bytes(photo)
    house.studio.arrive(house.account, file, name="vase.jpg", folder="red")
    started = house.library.records.start("test")
    assert started
    house.studio.work(house.library, started)
    result = coveshot("export", "-o", out, "--format", "webp", "--name", "{name}-{width}")

    assert result.exit_code == 0
    assert "Cutouts written: 1 of 1 photos" in result.stderr
    assert files(out) == ["manifest.json", "red/vase-640.webp"]
    with Image.open(out / "red" / "vase-640.webp") as cutout:
        assert cutout.mode == "RGBA"

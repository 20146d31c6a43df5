import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import Busy, NotWritable
from ui.cli.manifest import FILE, Line, Manifest, Outcome, sha256


def line(source: str = "/in/a.jpg", output: str | None = "a.png", content: str = "1") -> Line:
    return Line(
        source=source,
        recipe="key",
        op_key="cut-u2netp:transparent~key",
        format="png",
        output=output,
        output_sha256=content,
        status=Outcome.DONE if output else Outcome.FAILED,
    )


def test_what_was_written_is_known_to_the_next_command(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"pixels")
    done = line(content=sha256(tmp_path / "a.png"))
    with Manifest(tmp_path) as manifest:
        manifest.append(done)

    with Manifest(tmp_path) as manifest:
        assert manifest.last(Path("/in/a.jpg"), "png") == done
        assert manifest.intact(done)
        assert list(manifest.outputs()) == ["a.png"]


def test_the_last_line_of_a_photo_counts(tmp_path: Path) -> None:
    with Manifest(tmp_path) as manifest:
        manifest.append(line(content="1"))
        manifest.append(line(content="2"))

        last = manifest.last(Path("/in/a.jpg"), "png")
    assert last
    assert last.output_sha256 == "2"


def test_a_failure_does_not_make_it_forget_the_cutout_of_before(tmp_path: Path) -> None:
    with Manifest(tmp_path) as manifest:
        manifest.append(line())
        manifest.append(line(output=None))

        assert manifest.last(Path("/in/a.jpg"), "png") == line()


def test_a_failure_that_is_the_same_again_is_one_line(tmp_path: Path) -> None:
    with Manifest(tmp_path) as manifest:
        for output in (None, None, "a.png", None):
            manifest.append(line(output=output))

    assert len((tmp_path / FILE).read_text().splitlines()) == 3


def test_a_line_that_a_killed_command_has_torn_costs_no_other(tmp_path: Path) -> None:
    with Manifest(tmp_path) as manifest:
        manifest.append(line("/in/a.jpg", "a.png"))
    with (tmp_path / FILE).open("a") as file:
        file.write('{"source": "/in/b.j')
    with Manifest(tmp_path) as manifest:
        manifest.append(line("/in/c.jpg", "c.png"))

    with Manifest(tmp_path) as manifest:
        assert list(manifest.outputs()) == ["a.png", "c.png"]


@given(st.binary(max_size=60))
def test_a_manifest_of_rubbish_is_an_empty_one(
    tmp_path_factory: pytest.TempPathFactory, rubbish: bytes
) -> None:
    folder = tmp_path_factory.mktemp("out")
    (folder / FILE).write_bytes(rubbish)

    with Manifest(folder) as manifest:
        assert not list(manifest.outputs())


@pytest.mark.parametrize("output", ["../a.png", "/etc/a.png", "C:\\a.png", "sub/../../a.png", [1]])
def test_a_manifest_from_somebody_else_leads_nowhere_else(tmp_path: Path, output: object) -> None:
    with Manifest(tmp_path) as manifest:
        manifest.append(line())
    values = json.loads((tmp_path / FILE).read_text()) | {"output": output}
    (tmp_path / FILE).write_text(json.dumps(values))

    with Manifest(tmp_path) as manifest:
        assert not list(manifest.outputs())


def test_only_our_own_unchanged_files_may_be_written_over(tmp_path: Path) -> None:
    for name in ("ours.png", "changed.png", "foreign.png"):
        (tmp_path / name).write_bytes(b"pixels")
    with Manifest(tmp_path) as manifest:
        manifest.append(line("/in/1", "ours.png", sha256(tmp_path / "ours.png")))
        manifest.append(line("/in/2", "changed.png", "another"))
        manifest.append(line("/in/3", "gone.png", "another"))

        assert manifest.may_write("ours.png")
        assert manifest.may_write("gone.png")
        assert manifest.may_write("new.png")
        assert not manifest.may_write("changed.png")
        assert not manifest.may_write("foreign.png")


def test_a_command_that_was_killed_before_it_put_the_new_file_in_place_may_go_on(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.png").write_bytes(b"by the first recipe")
    first, second = line(content=sha256(tmp_path / "a.png")), line(content="not written yet")
    with Manifest(tmp_path) as manifest:
        manifest.append(first)
        manifest.append(second)

        assert manifest.may_write("a.png")
        assert not manifest.intact(second)


def test_two_commands_do_not_write_into_one_folder(tmp_path: Path) -> None:
    with Manifest(tmp_path), pytest.raises(Busy, match="Another command is writing"):
        Manifest(tmp_path)
    with Manifest(tmp_path):
        pass


def test_a_file_is_no_folder_for_cutouts(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"")

    with pytest.raises(NotWritable, match="cannot be written"):
        Manifest(tmp_path / "out")

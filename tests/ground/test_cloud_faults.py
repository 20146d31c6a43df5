"""Objects and rows over a network that fails: nothing is lost, and nothing is there by half."""

from pathlib import Path
from uuid import uuid4

import httpx
import numpy as np
import pytest

from storage.cloud.blobs import SupabaseBlobs
from storage.cloud.door import SupabaseDoor
from storage.cloud.uploads import PIECE
from storage.errors import (
    NotAllowed,
    NotFound,
    SignedOut,
    StorageError,
    Taken,
    Unreachable,
)
from tests.ground.site import Site

UPLOAD = r"POST /storage/v1/object/user-library"
PIECES = r"PATCH /storage/v1/upload/resumable"
RULES = r"POST /rest/v1/rpc/"
LARGE = 2 * PIECE + 1_000_000


def name(scope: str = "visit", kind: str = "original.jpg") -> str:
    return f"user-library/{scope}/{uuid4()}/{kind}"


@pytest.fixture(scope="module")
def large() -> bytes:
    return np.random.default_rng(7).bytes(LARGE)


# Small objects


def test_a_storage_that_fails_for_a_moment_is_asked_again(site: Site) -> None:
    key = name()
    site.weather.blow("500", UPLOAD, times=2)
    site.weather.blow("503", "GET /storage/v1/object/user-library", times=3)
    site.blobs.put(key, b"pixels")

    assert site.blobs.get(key) == b"pixels"
    assert len(site.pauses) == 5


def test_a_storage_that_goes_on_failing_is_said_to_be_unreachable(site: Site) -> None:
    key = name()
    site.weather.blow("500", UPLOAD, times=99)
    with pytest.raises(Unreachable):
        site.blobs.put(key, b"pixels")

    site.weather.clear_up()
    assert not site.blobs.has(key)


def test_an_object_whose_answer_was_lost_is_there_once(site: Site) -> None:
    key = name()
    site.weather.blow("lose", UPLOAD)
    site.blobs.put(key, b"pixels")

    assert site.blobs.get(key) == b"pixels"
    assert site.weather.count(UPLOAD) == 2
    with pytest.raises(Taken):
        site.blobs.put(key, b"others")
    with pytest.raises(Taken):
        site.blobs.put(key, b"other and longer")
    assert site.blobs.get(key) == b"pixels"


@pytest.mark.parametrize("kind", ["lose", "refuse", "502"])
def test_lost_answers_to_all_other_questions_are_asked_for_again(site: Site, kind: str) -> None:
    origin, target = name(), name()
    site.blobs.put(origin, b"pixels")
    site.weather.blow(kind, "object/copy")
    site.blobs.copy(origin, target)
    site.weather.blow(kind, "GET .*/object/user-library")
    assert site.blobs.get(target) == b"pixels"
    site.weather.blow(kind, "object/info")
    assert site.blobs.size(target) == 6
    site.weather.blow(kind, "object/list")
    assert target in dict(site.blobs.listing())
    site.weather.blow(kind, "DELETE ")

    assert site.blobs.clear([origin, target]) == []
    assert not site.blobs.has(target)


def test_a_copy_onto_something_else_is_refused(site: Site) -> None:
    origin, target = name(), name()
    site.blobs.put(origin, b"pixels")
    site.blobs.put(target, b"others")
    with pytest.raises(Taken):
        site.blobs.copy(origin, target)

    assert site.blobs.get(target) == b"others"


# Large ones


def test_progress_of_a_large_object_is_told_piece_by_piece(site: Site, large: bytes) -> None:
    told: list[tuple[int, int]] = []
    site.blobs.put(name(), large, lambda done, of: told.append((done, of)))

    assert told == [(at, LARGE) for at in (0, PIECE, 2 * PIECE, LARGE)]


@pytest.mark.parametrize("kind", ["cut", "lose", "refuse", "500"])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_an_upload_that_is_cut_goes_on_where_it_stopped(
    site: Site, large: bytes, kind: str, at: int
) -> None:
    key = name()
    site.weather.blow(kind, PIECES, after=at)
    site.blobs.put(key, large)

    assert site.blobs.get(key) == large
    arrived = [line.rpartition(" ")[2] for line in site.weather.seen if line.startswith("PATCH")]
    again = [] if kind == "lose" else [str(at * PIECE)]
    assert sorted(arrived, key=int) == sorted(["0", str(PIECE), str(2 * PIECE), *again], key=int)


def test_an_upload_that_was_given_up_goes_on_when_it_is_tried_later(
    site: Site, large: bytes, tmp_path: Path
) -> None:
    key, source = name(), tmp_path / "photo"
    source.write_bytes(large)
    site.weather.blow("cut", PIECES, times=99, after=1)
    with pytest.raises(Unreachable):
        site.blobs.put(key, source)
    assert not site.blobs.has(key)
    site.weather.clear_up()
    site.weather.seen.clear()
    site.blobs.put(key, source)

    assert site.blobs.get(key) == large
    assert site.weather.count(f"{PIECES}.* 0$") == 0
    assert site.weather.count("POST /storage/v1/upload/resumable") == 0


def test_other_bytes_are_never_mixed_into_an_upload_that_was_given_up(
    site: Site, large: bytes
) -> None:
    key, others = name(), bytes(LARGE)
    site.weather.blow("cut", PIECES, times=99, after=1)
    with pytest.raises(Unreachable):
        site.blobs.put(key, large)
    site.weather.clear_up()
    site.blobs.put(key, others)

    assert site.blobs.get(key) == others
    with pytest.raises(Taken):
        site.blobs.put(key, large)


def test_an_upload_whose_beginning_was_lost_is_begun_again(site: Site, large: bytes) -> None:
    key = name()
    site.weather.blow("lose", "POST /storage/v1/upload/resumable")
    site.blobs.put(key, large)

    assert site.blobs.get(key) == large


# Rows


def test_rules_are_asked_again_when_the_database_was_gone_for_a_moment(site: Site) -> None:
    site.weather.blow("refuse", RULES, times=3)
    assert site.records.start("me") is None

    site.weather.blow("refuse", RULES, times=99)
    with pytest.raises(Unreachable):
        site.records.start("me")
    site.weather.clear_up()
    assert site.records.start("me") is None


def test_a_database_that_is_gone_is_said_to_be_and_found_again(site: Site) -> None:
    ann, key = site.signed_up(), name()
    site.blobs.put(key, b"pixels")
    with site.gateway.database_gone():
        with pytest.raises(Unreachable):
            site.records.start("me")
        with pytest.raises(Unreachable):
            site.blobs.get(key)
        with pytest.raises(Unreachable):
            site.blobs.put(name(), bytes(PIECE + 1))

    assert site.records.start("me") is None
    assert site.blobs.get(key) == b"pixels"
    assert site.door.call("account", {"p_scope": ann})["balance"] == 10


def test_money_is_booked_once_even_if_the_answer_was_lost(site: Site) -> None:
    ann = site.signed_up()
    given = {"p_scope": ann, "p_amount": 5, "p_kind": "grant", "p_key": "again"}
    site.weather.blow("lose", "rpc/grant_credits")
    site.door.call("grant_credits", given)

    assert site.weather.count("rpc/grant_credits") == 2
    assert site.door.call("account", {"p_scope": ann})["balance"] == 15


# Users


def test_a_user_reads_and_removes_nothing_of_somebody_else(site: Site) -> None:
    ann, bob = site.signed_up(), site.signed_up()
    key = name(ann)
    site.blobs.put(key, b"pixels")
    blobs = SupabaseBlobs(site.as_user(bob))
    with pytest.raises(NotFound):
        blobs.get(key)
    assert not blobs.has(key)
    assert list(blobs.listing()) == []
    blobs.remove(key)  # to Bob it is not there
    with pytest.raises(StorageError):
        blobs.put(name(ann), b"pixels")

    assert site.blobs.get(key) == b"pixels"


def test_a_user_has_the_door_for_users_and_no_other(site: Site) -> None:
    ann, bob = site.signed_up(), site.signed_up()
    door = SupabaseDoor(site.as_user(ann))

    assert door.call("settings", {"p_changes": {"keep_last": 3}})["keep_last"] == 3
    assert door.call("collect", {"p_name": "Vases", "p_images": []}) == 0
    assert door.call("trash", {"p_images": []}) == 0
    assert door.call("export_me", {})["profile"]["user_id"] == ann
    assert site.records.trash.keep_last(bob) is None
    with pytest.raises(NotAllowed):
        door.call("grant_credits", {"p_scope": ann, "p_amount": 9, "p_kind": "grant", "p_key": "a"})
    with pytest.raises(NotFound):
        door.call("rename", {"p_image": str(uuid4()), "p_name": "mine"})


def test_a_user_reads_own_rows_and_no_others(site: Site) -> None:
    ann, bob = site.signed_up(), site.signed_up()
    given = {"p_scope": ann, "p_amount": 5, "p_kind": "grant", "p_key": "more"}
    site.door.call("grant_credits", given)
    site.weather.blow("lose", "GET /rest/v1/credits")
    door = SupabaseDoor(site.as_user(ann))

    assert door.rows("credits", "scope, balance") == [{"scope": ann, "balance": 15}]
    assert [line["amount"] for line in door.rows("credit_ledger", order="-id")] == [5, 10]
    assert [line["amount"] for line in door.rows("credit_ledger", order="-id", most=1)] == [5]
    assert door.rows("credits", scope=bob) == []
    assert {plan["id"] for plan in door.rows("plans", "id")} == {"guest", "free", "paid", "team"}
    with pytest.raises(NotAllowed):
        door.rows("audit_log")
    assert len(site.door.rows("credits", order="scope")) == 2


def test_a_token_that_is_over_says_to_sign_in_again(site: Site) -> None:
    ann = site.signed_up()
    project = site.project.as_user(site.gateway.publishable, site.gateway.token(ann, -1))
    with pytest.raises(SignedOut):
        SupabaseDoor(project).rows("credits")
    with pytest.raises(SignedOut):
        SupabaseDoor(project).call("export_me", {})
    with pytest.raises(SignedOut):
        SupabaseBlobs(project).get(name(ann))
    with pytest.raises(SignedOut):
        SupabaseBlobs(project).put(name(ann), bytes(PIECE + 1))


def test_a_desktop_brings_a_cutout_by_names_that_it_was_told(site: Site) -> None:
    ann = site.signed_up()
    project = site.as_user(ann)
    door, blobs = SupabaseDoor(project), SupabaseBlobs(project)
    told = door.call("sync_open", announced())
    for what, data in (("original", b"o" * 20), ("output", b"p" * 20), ("thumbnail", b"t" * 5)):
        blobs.put(f"user-library/{told[what]}", data)
    with pytest.raises(StorageError):
        blobs.put(f"user-library/{ann}/elsewhere.png", b"x")
    door.call("sync_done", {"p_id": told["id"]})
    with pytest.raises(NotFound):  # nobody has checked it
        blobs.get(f"user-library/{told['original']}")
    site.door.call("sync_verified", {"p_id": told["id"], "p_ok": True})

    assert blobs.get(f"user-library/{told['output']}") == b"p" * 20
    photo = site.records.find(ann, "a" * 64)
    assert photo
    [version] = site.records.history(ann, photo.id)
    assert version.path == f"user-library/{told['output']}"


def announced() -> dict[str, object]:
    size = {"width": 4, "height": 3, "bytes": 20}
    sizes = {**size, "extension": "png", "mime": "image/png"}
    return {
        "p_sha256": "a" * 64,
        "p_recipe": '{"model": "net"}',
        "p_sizes": {**sizes, "output": size, "thumbnail": {"bytes": 5}},
    }


# Links


def test_a_link_gives_one_object_without_a_key_for_its_time(site: Site) -> None:
    key = name()
    site.blobs.put(key, b"pixels")
    link = site.blobs.link(key, 60)
    saved = site.blobs.link(key, 60, "Red vase.jpg")
    with httpx.Client() as stranger:
        assert stranger.get(link).content == b"pixels"
        assert "Red%20vase.jpg" in stranger.get(saved).headers["Content-Disposition"]
        assert stranger.get(link.replace(key, name())).status_code == 400
    with pytest.raises(NotFound):
        site.blobs.link(name(), 60)


def test_an_invitation_lets_somebody_without_a_key_put_one_object(site: Site) -> None:
    key = f"uploads-ephemeral/visit/{uuid4()}/original.png"
    invitation = site.blobs.invite(key)
    kind = {"Content-Type": "image/png"}
    with httpx.Client() as stranger:
        assert stranger.put(invitation.url, content=b"pixels", headers=kind).status_code == 200
        assert stranger.put(invitation.url, content=b"others", headers=kind).status_code == 400

    assert site.blobs.get(key) == b"pixels"

"""remove.bg's API, parameter by parameter, in pixels and headers."""

import asyncio
import base64
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import numpy as np
import pytest
from PIL import Image

from auth.keys import READ, new_key
from inference.worker import Workers
from tests.face import ANN, Face, opened_face
from tests.test_engine import Brightness
from tests.test_fetcher import HOST, TRUST, Server, ok
from ui.api.fetcher import Fetcher

WIDTH, HEIGHT = 640, 480
RED, BLUE = (200, 10, 10), (10, 10, 200)


class Shop:
    """A program with a key."""

    def __init__(self, face: Face, photo: bytes) -> None:
        key, self.secret = new_key("ann", "shop")
        self.face = face
        self.photo = photo
        face.library.records.keys.keep(key)

    async def cut(
        self,
        accept: str = "*/*",
        key: str = "",
        backdrop: bytes = b"",
        **fields: Any,
    ) -> httpx.Response:
        async with self.face.browser("nobody") as client:
            return await client.post(
                "/v1.0/removebg",
                files={"image_file": ("vase.jpg", self.photo)}
                | ({"bg_image_file": ("behind.png", backdrop)} if backdrop else {}),
                data=fields,
                headers={"X-Api-Key": key or self.secret, "Accept": accept},
            )

    async def post(self, **content: Any) -> httpx.Response:
        async with self.face.browser("nobody") as client:
            return await client.post(
                "/v1.0/removebg", headers={"X-Api-Key": self.secret}, **content
            )


@pytest.fixture
def face(tmp_path: Path, models: Path) -> Iterator[Face]:
    with opened_face(tmp_path, models) as face:
        workers = Workers(face.studio, face.library)
        workers.start()
        yield face
        workers.close()


@pytest.fixture
def shop(face: Face, photo: bytes) -> Shop:
    return Shop(face, photo)


def picture(answer: httpx.Response) -> Image.Image:
    assert answer.status_code == 200, answer.text
    return Image.open(io.BytesIO(answer.content))


def png(pixels: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def seen(alpha: Any) -> tuple[int, int, int, int]:
    """Return left, top, width and height of what is not transparent."""
    rows, columns = np.nonzero(alpha.any(1))[0], np.nonzero(alpha.any(0))[0]
    left, top = int(columns[0]), int(rows[0])
    return left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1


def pixels(answer: httpx.Response) -> Any:
    return np.asarray(picture(answer))


async def test_a_photo_comes_back_cut_out_with_all_the_headers(shop: Shop) -> None:
    answer = await shop.cut(size="auto")

    assert picture(answer).format == "PNG"
    assert pixels(answer).shape == (HEIGHT, WIDTH, 4)
    box = [
        int(answer.headers[f"X-Foreground-{side}"]) for side in ("Left", "Top", "Width", "Height")
    ]
    assert box == pytest.approx([210, 90, 221, 351], abs=4)
    assert answer.headers["X-Credits-Charged"] == "0"
    assert answer.headers["X-Type"] == "other"
    assert (answer.headers["X-Width"], answer.headers["X-Height"]) == (str(WIDTH), str(HEIGHT))
    assert int(answer.headers["X-RateLimit-Remaining"]) > 0


async def test_json_is_answered_where_it_is_accepted(shop: Shop) -> None:
    answer = await shop.cut(accept="application/json", size="full")

    data = answer.json()["data"]
    result = Image.open(io.BytesIO(base64.b64decode(data["result_b64"])))
    assert result.size == (WIDTH, HEIGHT)
    assert data["foreground_width"] == int(answer.headers["X-Foreground-Width"])


@pytest.mark.parametrize("size", ["preview", "small", "regular"])
async def test_a_preview_has_a_quarter_of_a_megapixel(shop: Shop, size: str) -> None:
    height, width, _ = pixels(await shop.cut(size=size)).shape

    assert 240_000 < width * height <= 250_000
    assert width / height == pytest.approx(WIDTH / HEIGHT, rel=0.01)


@pytest.mark.parametrize("size", ["medium", "hd", "4k", "full", "auto", "50MP"])
async def test_a_larger_size_never_blows_a_photo_up(shop: Shop, size: str) -> None:
    assert picture(await shop.cut(size=size)).size == (WIDTH, HEIGHT)


@pytest.mark.parametrize(
    ("form", "kind"), [("auto", "PNG"), ("png", "PNG"), ("webp", "WEBP"), ("jpg", "JPEG")]
)
async def test_a_format_is_what_was_asked_for(shop: Shop, form: str, kind: str) -> None:
    assert picture(await shop.cut(format=form)).format == kind


async def test_a_zip_holds_colour_and_alpha(shop: Shop) -> None:
    answer = await shop.cut(format="zip", size="auto")

    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["color.jpg", "alpha.png"]
        alpha = np.asarray(Image.open(archive.open("alpha.png")))
        assert Image.open(archive.open("color.jpg")).size == (WIDTH, HEIGHT)
    assert (alpha[300, 320], alpha[20, 20]) == (255, 0)


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("81d4fa", (0x81, 0xD4, 0xFA)),
        ("#81d4fa", (0x81, 0xD4, 0xFA)),
        ("fff", (255, 255, 255)),
        ("81d4faff", (0x81, 0xD4, 0xFA)),
        ("green", (0, 128, 0)),
    ],
)
async def test_a_background_is_given_as_css_gives_colours(
    shop: Shop, text: str, colour: tuple[int, int, int]
) -> None:
    answer = await shop.cut(bg_color=text, size="auto")

    assert picture(answer).format == "JPEG"
    assert pixels(answer)[10, 10].tolist() == pytest.approx(colour, abs=2)


async def test_a_background_may_be_seen_through(shop: Shop) -> None:
    answer = await shop.cut(bg_color="81d4fa80", size="auto")

    assert picture(answer).format == "PNG"
    assert pixels(answer)[10, 10].tolist() == [0x81, 0xD4, 0xFA, 0x80]
    assert pixels(answer)[300, 320, 3] == 255


async def test_a_jpeg_on_half_of_a_colour_shows_white_through_it(shop: Shop) -> None:
    answer = await shop.cut(bg_color="00000080", size="auto", format="jpg")

    assert pixels(answer)[10, 10].tolist() == pytest.approx([127, 127, 127], abs=2)


async def test_a_picture_as_background_fills_the_frame_from_its_middle(shop: Shop) -> None:
    stripes = np.zeros((50, 400, 3), np.uint8)
    stripes[:, :100], stripes[:, 300:], stripes[:, 100:300] = RED, RED, BLUE
    answer = await shop.cut(backdrop=png(stripes), size="auto")

    assert picture(answer).format == "JPEG"
    corners = pixels(answer)[[5, 5, -5, -5], [5, -5, 5, -5]]
    assert np.abs(corners.astype(int) - BLUE).max() < 6


async def test_a_background_is_white_where_it_can_be_seen_through(shop: Shop) -> None:
    clear = np.zeros((30, 40, 4), np.uint8)
    answer = await shop.cut(backdrop=png(clear), size="auto", format="png")

    assert pixels(answer)[5, 5].tolist() == [255, 255, 255]


async def test_a_background_that_is_no_picture_is_refused(shop: Shop) -> None:
    answer = await shop.cut(backdrop=b"%PDF-1.7 no picture")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "unknown_file_type"


async def test_a_colour_and_a_picture_behind_are_one_too_many(shop: Shop) -> None:
    behind = png(np.zeros((3, 4, 3), np.uint8))
    answer = await shop.cut(backdrop=behind, bg_color="fff")

    assert answer.json()["errors"][0]["code"] == "invalid_parameter"


@pytest.mark.parametrize("percent", [10, 50, 100])
async def test_scale_is_the_share_of_the_frame_and_goes_to_the_middle(
    shop: Shop, percent: int
) -> None:
    answer = await shop.cut(scale=f"{percent}%", size="auto")
    left, top, width, height = seen(pixels(answer)[..., 3])

    assert picture(answer).size == (WIDTH, HEIGHT)
    assert max(width / WIDTH, height / HEIGHT) == pytest.approx(percent / 100, abs=0.01)
    assert left + width / 2 == pytest.approx(WIDTH / 2, abs=1)
    assert top + height / 2 == pytest.approx(HEIGHT / 2, abs=1)


@pytest.mark.parametrize(
    ("position", "corner"),
    [
        ("0%", (True, True, False, False)),
        ("100%", (False, False, True, True)),
        ("0% 100%", (True, False, False, True)),
        ("100% 0%", (False, True, True, False)),
    ],
)
async def test_position_is_where_the_free_space_is(
    shop: Shop, position: str, corner: tuple[bool, bool, bool, bool]
) -> None:
    alpha = pixels(await shop.cut(position=position, size="auto"))[..., 3]
    left, top, width, height = seen(alpha)

    assert (left == 0, top == 0, left + width == WIDTH, top + height == HEIGHT) == corner


async def test_the_original_position_is_kept_when_the_subject_shrinks(shop: Shop) -> None:
    before = seen(pixels(await shop.cut(size="auto"))[..., 3])
    after = seen(pixels(await shop.cut(scale="20%", position="original", size="auto"))[..., 3])

    for start, extent in ((0, 2), (1, 3)):
        middle = before[start] + before[extent] / 2
        assert after[start] + after[extent] / 2 == pytest.approx(middle, abs=1)


async def test_without_semitransparency_the_inside_is_whole(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def glass(_: object, photo: Any) -> Any:
        found = np.zeros(photo.shape[:2], np.uint8)
        found[20:150, 20:180] = 140  # paper, where no colour tells more than the network
        return found

    monkeypatch.setattr(Brightness, "__call__", glass)
    through = pixels(await shop.cut(size="auto"))[80, 100, 3]
    whole = pixels(await shop.cut(size="auto", semitransparency="false"))

    assert through < 255
    assert whole[80, 100, 3] == 255


async def test_auto_is_jpeg_where_nothing_can_be_seen_through(shop: Shop) -> None:
    await shop.cut()
    whole = await shop.cut(crop="true", roi="300px 200px 340px 240px", size="auto")

    assert picture(whole).format == "JPEG"


async def test_channels_alpha_is_the_matte_alone(shop: Shop) -> None:
    answer = pixels(await shop.cut(channels="alpha", size="auto"))

    assert answer.shape == (HEIGHT, WIDTH)
    assert (answer[300, 320], answer[20, 20]) == (255, 0)


async def test_a_crop_ends_at_the_subject_and_a_margin_goes_around_it(shop: Shop) -> None:
    plain = pixels(await shop.cut(crop="true", size="auto"))
    padded = pixels(await shop.cut(crop="true", crop_margin="10px 20%", size="auto"))

    assert plain[..., 3].any(axis=0).all()
    height, width = plain.shape[:2]
    assert padded.shape[:2] == (height + 20, width + 2 * round(0.2 * width))
    assert not padded[:10, :, 3].any()


async def test_what_is_outside_a_region_of_interest_is_background(shop: Shop) -> None:
    answer = pixels(await shop.cut(roi="0% 50% 100% 100%", size="auto"))

    assert not answer[:240, :, 3].any()
    assert answer[300, 320, 3] == 255


async def test_a_type_is_taken_and_named_again(shop: Shop) -> None:
    assert (await shop.cut(type="product")).headers["X-Type"] == "product"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bg_image_url", "https://example.com/a.jpg"),
        ("scale", "5%"),
        ("scale", "80px"),
        ("position", "left"),
        ("position", "10% 110%"),
        ("add_shadow", "perhaps"),
        ("shadow_type", "long"),
        ("shadow_opacity", "150"),
        ("shadow_opacity", "-1"),
        ("semitransparency", "a little"),
        ("size", "gigantic"),
        ("format", "gif"),
        ("bg_color", "pinkish"),
        ("crop", "perhaps"),
        ("crop_margin", "1 2 3"),
        ("roi", "all of it"),
        ("channels", "red"),
        ("type", "ghost"),
    ],
)
async def test_what_cannot_be_followed_is_said_and_not_passed_over(
    shop: Shop, name: str, value: str
) -> None:
    asked: dict[str, Any] = {name: value}
    answer = await shop.cut(**asked)

    (error,) = answer.json()["errors"]
    assert answer.status_code == 400
    assert error["code"] == "invalid_parameter"
    assert name in error["detail"]


@pytest.mark.parametrize(
    ("asked", "cast"),
    [
        ({"shadow_type": "drop"}, True),
        ({"shadow_type": "3D", "shadow_opacity": "80"}, True),
        ({"add_shadow": "true", "type": "car"}, True),
        ({"shadow_type": "auto", "type": "car"}, True),
        ({"add_shadow": "true"}, False),
        ({"shadow_type": "drop", "shadow_opacity": "0"}, False),
    ],
)
async def test_a_shadow_is_added_where_it_is_asked_for(
    shop: Shop,
    asked: dict[str, Any],
    cast: bool,  # noqa: FBT001
) -> None:
    plain = np.asarray(Image.open(io.BytesIO((await shop.cut(format="png")).content)))
    shaded = np.asarray(Image.open(io.BytesIO((await shop.cut(format="png", **asked)).content)))

    assert shaded.shape == plain.shape
    assert (shaded[..., 3] >= plain[..., 3]).all()
    assert bool((shaded[..., 3] > plain[..., 3].astype(int) + 20).any()) == cast


async def test_the_values_that_clients_send_by_habit_are_taken(shop: Shop) -> None:
    habit: dict[str, Any] = {
        "scale": "original",
        "position": "original",
        "add_shadow": "false",
        "crop": "false",
        "type_level": "1",
    }

    assert (await shop.cut(**habit, semitransparency="true")).status_code == 200


async def test_the_description_has_an_example_for_each_kind_of_body(shop: Shop) -> None:
    async with shop.face.browser("nobody") as client:
        document = (await client.get("/v1.0/openapi.json")).json()

    bodies = document["paths"]["/v1.0/removebg"]["post"]["requestBody"]["content"]
    for kind, body in bodies.items():
        assert set(body["example"]) <= set(body["schema"]["properties"]), kind
    assert document["info"]["version"] == "1.2.3"


async def test_base64_is_taken_as_json_and_as_a_form(shop: Shop) -> None:
    text = base64.b64encode(shop.photo).decode()

    for content in (
        {"json": {"image_file_b64": text, "size": "auto", "crop": False}},
        {"data": {"image_file_b64": text, "size": "auto"}},
        {"json": {"image_file_b64": f"data:image/jpeg;base64,{text}", "size": "auto"}},
    ):
        assert picture(await shop.post(**content)).size == (WIDTH, HEIGHT)


async def test_the_bare_bytes_of_a_form_field_are_taken(shop: Shop) -> None:
    form = urlencode({"image_file": shop.photo, "size": "auto"})
    kind = {"X-Api-Key": shop.secret, "Content-Type": "application/x-www-form-urlencoded"}
    async with shop.face.browser("nobody") as client:
        answer = await client.post("/v1.0/removebg", content=form, headers=kind)

    assert picture(answer).size == (WIDTH, HEIGHT)


@pytest.mark.parametrize("secret", ["wrong", "cove_wrong", " "])
async def test_a_wrong_key_is_403_and_says_how_to_get_one(shop: Shop, secret: str) -> None:
    answer = await shop.cut(key=secret)

    assert answer.status_code == 403
    assert answer.json()["errors"][0]["code"] == "auth_failed"
    assert "coveshot keys create" in answer.json()["errors"][0]["detail"]


async def test_a_key_does_what_it_may_and_nothing_else(shop: Shop) -> None:
    reader, secret = new_key("ann", "reader", [READ])
    shop.face.library.records.keys.keep(reader)
    async with shop.face.browser("nobody") as client:
        account = await client.get("/v1.0/account", headers={"X-Api-Key": secret})
    answer = await shop.cut(key=secret)

    assert account.status_code == 200
    assert answer.status_code == 403
    assert answer.json()["errors"] == [
        {"title": "This key may not cut.", "code": "auth_failed", "detail": "Make one that may."}
    ]


async def test_a_revoked_key_opens_nothing(shop: Shop) -> None:
    shop.face.library.records.keys.revoke("ann", "shop")

    assert (await shop.cut()).status_code == 403


@pytest.mark.parametrize(
    ("photo", "code"),
    [
        (b"%PDF-1.7 no photo at all", "unknown_file_type"),
        (b"\xff\xd8\xff\xe0 no photo either", "invalid_image_file"),
    ],
)
async def test_a_file_that_is_no_photo_is_said_in_their_words(
    shop: Shop, photo: bytes, code: str
) -> None:
    shop.photo = photo
    answer = await shop.cut()

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == code


async def test_an_empty_wall_has_no_foreground(shop: Shop) -> None:
    wall = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(wall, "PNG")
    shop.photo = wall.getvalue()

    assert (await shop.cut()).json()["errors"][0]["code"] == "unknown_foreground"


@pytest.mark.parametrize("content", [{"data": {"size": "auto"}}, {"json": {}}, {"json": []}])
async def test_a_request_without_a_photo_is_400(shop: Shop, content: dict[str, Any]) -> None:
    assert (await shop.post(**content)).status_code == 400


async def test_an_address_of_a_photo_is_refused_with_what_to_do(shop: Shop) -> None:
    answer = await shop.post(data={"image_url": "https://example.com/a.jpg"})

    assert answer.status_code == 400
    assert "image_file" in answer.json()["errors"][0]["detail"]


async def test_a_photo_and_a_backdrop_are_fetched_by_their_addresses(
    tmp_path: Path, models: Path, photo: bytes
) -> None:
    red = png(np.full((50, 50, 3), RED, np.uint8))
    server = Server(answers={"/vase.jpg": ok(photo), "/red.png": ok(red), "/a.pdf": ok(b"%PDF-1")})
    urls = {"image_url": f"https://{HOST}/vase.jpg", "bg_image_url": f"https://{HOST}/red.png"}
    fetcher = Fetcher(server.resolve, server, TRUST)
    with opened_face(tmp_path, models, fetcher=fetcher) as face:
        shop = Shop(face, photo)
        workers = Workers(face.studio, face.library)
        workers.start()
        async with server.open():
            answer = await shop.post(json={**urls, "size": "auto"})
            gone = await shop.post(json={"image_url": f"https://{HOST}/gone.jpg"})
            other = await shop.post(json={"image_url": f"https://{HOST}/a.pdf"})
            both = await shop.post(json={**urls, "bg_color": "red"})
        workers.close()

        assert tuple(pixels(answer)[5, 5]) == RED
        assert gone.json()["errors"][0]["code"] == "invalid_parameter"
        assert "image_url: The picture could not be fetched." in gone.text
        assert other.json()["errors"][0]["code"] == "unknown_file_type"
        assert "bg_image_url" in both.text
        assert list(face.inbox.iterdir()) == []


async def test_the_same_photo_twice_is_computed_once(shop: Shop) -> None:
    for size in ("auto", "preview", "auto"):
        await shop.cut(size=size)

    assert len(shop.face.library.records.history("ann", _image(shop))) == 1


@pytest.mark.parametrize("on_the_bench", [False, True])
async def test_a_client_that_hangs_up_is_not_computed_for_but_the_workbench_is(
    tmp_path: Path, models: Path, photo: bytes, *, on_the_bench: bool
) -> None:
    file = tmp_path / "vase.jpg"
    file.write_bytes(photo)
    with opened_face(tmp_path, models) as face:  # without workers: everything waits
        if on_the_bench:
            face.studio.arrive(ANN, file, name="vase.jpg")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await Shop(face, photo).cut()

        assert any("/original." in key for key, _ in face.blobs.listing())
        assert bool(face.library.records.start("me")) == on_the_bench


async def test_one_request_too_many_is_asked_to_come_back(
    tmp_path: Path, models: Path, photo: bytes
) -> None:
    with opened_face(tmp_path, models, most_requests=0) as face:
        answer = await Shop(face, photo).cut()

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["errors"][0]["code"] == "rate_limit_exceeded"


async def test_an_account_costs_nothing(shop: Shop) -> None:
    async with shop.face.browser("nobody") as client:
        answer = await client.get("/v1.0/account", headers={"X-Api-Key": shop.secret})
        stranger = await client.get("/v1.0/account")

    assert answer.json()["data"]["attributes"]["credits"]["total"] == 0
    assert stranger.status_code == 403


def _image(shop: Shop) -> str:
    key = next(key for key, _ in shop.face.blobs.listing() if "/original." in key)
    return key.split("/")[1]

"""A file over HTTP, in as many goes as it takes."""

from pathlib import Path

import httpx

from inference.supply import Errand, NotBrought, forget, tag_of


def download(url: str, errand: Errand, seconds: float) -> None:
    """Go on after each cut, as long as every go brings something."""
    with httpx.Client(timeout=seconds, follow_redirects=True) as client:
        while True:
            before = _size(errand.part)
            try:
                _download_rest(client, url, errand)
            except httpx.HTTPError as error:
                if _size(errand.part) <= before:
                    raise NotBrought(_why(error)) from error
            else:
                return


def _download_rest(client: httpx.Client, url: str, errand: Errand) -> None:
    """Ask for what is missing; a file that has changed meanwhile comes whole (RFC 9110, 13.1.5)."""
    tag = tag_of(errand.part)
    offset = _size(errand.part) if tag.exists() else 0
    # Compressed answers could not be continued.
    headers = {"Accept-Encoding": "identity"}
    if offset:
        headers |= {"Range": f"bytes={offset}-", "If-Range": tag.read_text()}
    with client.stream("GET", url, headers=headers) as answer:
        if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # nothing is missing; whether it is right is seen when it is verified
        answer.raise_for_status()
        continued = answer.headers.get("Content-Range", "").startswith(f"bytes {offset}-")
        if not (offset and continued):
            offset = 0
            forget(errand.part)
            _note_tag(tag, answer)
        total = offset + int(answer.headers.get("Content-Length", errand.model.bytes))
        with errand.part.open("ab") as sink:
            for block in answer.iter_raw():
                errand.heed()
                sink.write(block)
                offset += len(block)
                errand.progress(offset, total)
                if offset > 2 * errand.model.bytes:
                    forget(errand.part)
                    raise NotBrought("the server sends something else")


def _note_tag(tag: Path, answer: httpx.Response) -> None:
    """Remember which state of the file this is; a weak tag cannot vouch for single bytes."""
    state = answer.headers.get("ETag", "")
    if not state or state.startswith("W/"):
        state = answer.headers.get("Last-Modified", "")
    if state:
        tag.write_text(state)


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _why(error: httpx.HTTPError) -> str:
    match error:
        case httpx.HTTPStatusError():
            return f"the server answered {error.response.status_code}"
        case httpx.TimeoutException():
            return "the server did not answer"
        case httpx.ConnectError():
            return "no connection"
    return "the connection broke"

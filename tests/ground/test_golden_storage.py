"""The gateway answers as a real Storage server (1.70.6) did, whose traffic was recorded.

Ids, times and tokens are written as {id}, {time} and {token}; an answer of which only the beginning
was kept is `cut`. Owners could read what is below their own folder then, so they can here.
"""

import json
import re
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

import tests.gateway
from tests.ground.site import Site

GOLDEN = Path(tests.gateway.__file__).with_name("golden.jsonl")
OWN = """
create policy own on storage.objects for select to authenticated using (
  bucket_id = 'user-library' and (storage.foldername(name))[1] = (select auth.uid()::text))
"""
FORMS = {
    r"eyJ[\w-]+\.[\w-]+\.[\w-]+": "{token}",
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}": "{id}",
    r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)": "{time}",
    r'\\"[0-9a-f]{32}\\"': "{etag}",
}


@dataclass(slots=True)
class Replay:
    site: Site
    ann: str
    bob: str
    tokens: dict[str, str] = field(default_factory=dict)

    def ask(self, told: Any) -> httpx.Response:
        path = told["path"].replace("{ann}", self.ann)
        headers = self._headers(told["as"])
        given: dict[str, Any] = {}
        if "token" in told:
            given["params"] = {"token": self._token(path, told["token"])}
        if "json" in told:
            given["json"] = json.loads(json.dumps(told["json"]).replace("{ann}", self.ann))
        if "file" in told:
            given |= self._file(told["file"], headers)
        if "upload" in told:
            headers |= self._upload(told["upload"])
        with httpx.Client(base_url=f"{self.site.gateway.url}/storage/v1/", timeout=30) as client:
            answer = client.request(told["method"], path, headers=headers, **given)
        if found := re.search(r"/(?:upload/)?sign/(.+)\?token=([\w.-]+)", answer.text):
            self.tokens[found[1]] = found[2]
        return answer

    def _headers(self, who: str) -> dict[str, str]:
        gateway = self.site.gateway
        keys = {
            "none": {},
            "publishable": {"apikey": gateway.publishable},
            "secret": {"apikey": gateway.secret},
        }
        users = {"ann": self.ann, "bob": self.bob}
        return {**(keys[who] if who in keys else self.site.as_user(users[who]).headers)}

    def _token(self, path: str, kind: str) -> str:
        place = re.sub(r"^object/(upload/)?sign/", "", path)
        if kind == "expired":
            return self.site.gateway.storage.links.signed(place, -1, scope="download")
        known = self.tokens[place]
        return known if kind == "given" else known[:-6] + "AAAAAA"

    def _file(self, told: Any, headers: dict[str, str]) -> dict[str, Any]:
        data = bytes(told["size"])
        if told["form"]:
            file = ("a.png", data, told["mime"])
            return {"files": {"file": file}, "data": {"cacheControl": "3600"}}
        headers["Content-Type"] = told["mime"]
        return {"content": data}

    def _upload(self, told: Any) -> dict[str, str]:
        key = told["key"].replace("{ann}", self.ann)
        bucket, _, path = key.partition("/")
        words = {"bucketName": bucket, "objectName": path, "contentType": told["mime"]}
        label = ",".join(f"{name} {b64encode(w.encode()).decode()}" for name, w in words.items())
        token = {"signed": self.tokens.get(key, ""), "forged": "forged"}.get(told["signature"])
        return {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(told["size"]),
            "Upload-Metadata": label,
            **({"x-signature": token} if token is not None else {}),
        }

    def shown(self, answer: httpx.Response) -> Any:
        kind = answer.headers.get("content-type", "")
        if "json" not in kind and "text" not in kind:
            return f"<{len(answer.content)} bytes>" if answer.status_code != 201 else ""
        text = answer.text.replace(self.ann, "{ann}")
        for form, name in FORMS.items():
            text = re.sub(form, name, text)
        return json.loads(text) if "json" in kind else text


@pytest.fixture
def replay(site: Site) -> Replay:
    with psycopg.connect(site.gateway.ground) as ground:
        ground.execute(OWN)
    return Replay(site, site.signed_up(), site.signed_up())


def differing(ours: Any, theirs: Any, at: str = "", *, cut: bool = False) -> list[str]:
    """Where one answer says what the other does not."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        alone = theirs.keys() - ours.keys() if cut else theirs.keys() ^ ours.keys()
        both = ours.keys() & theirs.keys()
        return [f"{at}.{key}" for key in alone] + [
            d for key in both for d in differing(ours[key], theirs[key], f"{at}.{key}")
        ]
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return [d for one, two in zip(ours, theirs, strict=True) for d in differing(one, two, at)]
    return [] if ours == theirs else [f"{at}: {ours!r} for {theirs!r}"]


def test_each_recorded_question_has_the_recorded_answer(replay: Replay) -> None:
    wrong: list[str] = []
    for line in GOLDEN.read_text().splitlines():
        told = json.loads(line)
        answer = replay.ask(told)
        ours = replay.shown(answer)
        what = f"{told['as']}: {told['method']} {told['path']}"
        if answer.status_code != told["status"]:
            wrong.append(f"{what}: {answer.status_code} for {told['status']}: {ours}")
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if answer.content and kind != told["type"]:
            wrong.append(f"{what}: {kind} for {told['type']}")
        wrong += [
            f"{what}{one}" for one in differing(ours, told["answer"], cut=told.get("cut", False))
        ]

    assert wrong == []


def test_what_was_never_recorded_is_not_there(replay: Replay) -> None:
    for told in (("POST", "object/list-v2/a"), ("PUT", "bucket/a"), ("GET", "render/image/a")):
        answer = replay.ask({"as": "secret", "method": told[0], "path": told[1]})
        assert answer.status_code == 501

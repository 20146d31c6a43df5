"""Many requests without a cookie, from one address or from many, and what they leave behind."""

import http.client
from collections import Counter
from urllib.parse import urlsplit


def flood(address: str, count: int, *, spread: bool) -> Counter[int]:
    """Ask for the page so often; returns how often each status was the answer."""
    statuses: Counter[int] = Counter()
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    for number in range(count):
        told = {"X-Forwarded-For": f"10.{number >> 8}.{number & 255}.7"} if spread else {}
        connection.request("GET", "/", headers=told)
        answer = connection.getresponse()
        answer.read()
        statuses[answer.status] += 1
    connection.close()
    return statuses

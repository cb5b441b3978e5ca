"""The console: bytes a page transfers, the first step after the click, the check while one types."""

from __future__ import annotations

import re
import statistics
import time

import httpx

from eval.bench.server import KEY, running

_PAGES = ("/console/desk", "/console/macros", "/console/rules", "/console/quality")
_TOKEN = re.compile(r'name="csrf" value="([0-9a-f]{64})"')
_FILES = re.compile(r'(?:src|href)="(/console/static/[^"]+)"')
_STEP = re.compile(r'name="step-(\w+)"[^>]*>\n(.*?)</textarea>', re.DOTALL)
_REPEATS = 40


def run() -> None:
    """Print the figures beside those asked for."""
    with (
        running() as server,
        httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=30, follow_redirects=True) as http,
    ):
        token = _sign_in(http)
        desk = _weight(http, "/console/desk")
        print(f"desk page with all its files: {desk / 1000:.1f} kB transferred (asked: <= 100)")
        for page in _PAGES[1:]:
            print(f"  {page}: {_weight(http, page) / 1000:.1f} kB")
        ticket = re.findall(r'href="(/console/desk/[0-9a-f-]{36})"', http.get("/console/desk").text)[0]
        firsts = [_first_step(http, ticket, token) for _ in range(_REPEATS)]
        print(f"first step after the click, server and wire: {_figures(firsts)} (asked: <= 300)")
        checks = _checks(http, ticket, token)
        print(f"check while one types: {_figures(checks)} (asked: p95 <= 60)")


def _figures(seconds: list[float]) -> str:
    p95 = statistics.quantiles(seconds, n=20)[18]
    return f"p50 {statistics.median(seconds) * 1e3:.1f} ms, p95 {p95 * 1e3:.1f} ms"


def _sign_in(http: httpx.Client) -> str:
    token = _TOKEN.findall(http.get("/console/sign-in").text)[0]
    answer = http.post("/console/sign-in", data={"csrf": token, "key": KEY, "next": "/console/desk"})
    return str(_TOKEN.findall(answer.text)[0])


def _weight(http: httpx.Client, page: str) -> int:
    """Bytes on the wire for a first visit: the page and every file it names."""
    answer = http.get(page)
    files = set(_FILES.findall(answer.text))
    return sum(a.num_bytes_downloaded for a in (answer, *(http.get(f) for f in files)))


def _first_step(http: httpx.Client, ticket: str, token: str) -> float:
    started = time.perf_counter()
    headers = {"Accept": "text/event-stream", "HX-Request": "true"}
    with http.stream("POST", f"{ticket}/stream", data={"csrf": token}, headers=headers) as answer:
        for line in answer.iter_lines():
            if line == "event: step":
                return time.perf_counter() - started
    raise AssertionError("the stream held no step")


def _checks(http: httpx.Client, ticket: str, token: str) -> list[float]:
    page = http.post(f"{ticket}/draft", data={"csrf": token, "offer": "replacement"}).text
    fields = {f"step-{name}": text for name, text in _STEP.findall(page)}
    fields |= {"csrf": token, "draft": re.findall(r'name="draft" value="(\w+)"', page)[0]}
    headers = {"HX-Request": "true", "HX-Target": "verdict"}
    times = []
    for index in range(_REPEATS * 2):
        typed = fields | {"step-own": f"{fields['step-own']} Das sehe ich mir heute noch an, Punkt {index}."}
        started = time.perf_counter()
        http.post(f"{ticket}/check", data=typed, headers=headers).raise_for_status()
        times.append(time.perf_counter() - started)
    return times

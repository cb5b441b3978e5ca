"""Review of a 120-word reply: time a reply, import time of the pack."""

from __future__ import annotations

import statistics
import subprocess
import time

from eval.bench.server import command
from reply_guards.model import Context
from reply_guards.review import review

_REPLY = (
    "Guten Tag Frau Keller,\n\nes tut mir sehr leid, dass Ihre Keramiktasse mit abgebrochenem Henkel angekommen ist. Das "
    "ist gerade bei einem Geburtstagsgeschenk ärgerlich, und ich verstehe Ihren Unmut gut.\n\nIch kümmere mich persönlich "
    "darum und behalte Ihren Vorgang im Blick, bis er gelöst ist. Die Bestellung 302-1234567-7654321 liegt mir vor.\n\n"
    "Ich kann Ihnen entweder den vollen Kaufpreis von 19,90 € erstatten oder Ihnen kostenlos eine neue Tasse schicken. Die "
    "beschädigte Tasse dürfen Sie in beiden Fällen behalten, für Sie entstehen keine Kosten. Sobald Sie sich entschieden "
    "haben, veranlasse ich alles Weitere noch am selben Tag und melde mich bei Ihnen, falls sich etwas verzögert.\n\n"
    "Was ist Ihnen lieber: die Erstattung oder eine neue Tasse?\n\nFreundliche Grüße\nJana"
)
_REPEATS = 2000


def run() -> None:
    """Print the figures."""
    context = Context(channel="amazon", marketplace="amazon.de", language="de", register="sie", agent_language="de")
    for _ in range(50):
        review(_REPLY, context)
    times = []
    for i in range(_REPEATS):
        text = _REPLY.replace("7654321", str(1_000_000 + i))
        started = time.perf_counter()
        review(text, context)
        times.append(time.perf_counter() - started)
    cuts = statistics.quantiles(times, n=20)
    print(f"review of {len(_REPLY.split())} words, all checks: p50 {statistics.median(times) * 1e3:.2f} ms, "
          f"p95 {cuts[18] * 1e3:.2f} ms, {1 / statistics.mean(times):.0f} a second and core")  # fmt: skip
    print(f"import reply_guards.review: {statistics.median(_import() for _ in range(5)) * 1e3:.0f} ms")


def _import() -> float:
    code = "import time; t = time.perf_counter(); import reply_guards.review; print(time.perf_counter() - t)"
    return float(subprocess.run([command("python"), "-c", code], check=True, capture_output=True, text=True).stdout)

"""Plots as inline SVG: colours are the page's own variables, so that they follow light, dark and print."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from eval.comparing.difference import Difference
from eval.metrics.catalogue import about

_ROW, _LEFT, _MIDDLE, _RIGHT = 26, 210, 380, 250
_BINS, _WIDE, _HIGH = 24, 300, 90


def forest(found: Sequence[Difference]) -> str:
    """Paired differences with intervals, in units of what could have been detected, good to the right."""
    shown = [d for d in found if math.isfinite(d.interval.low) and (d.risen or d.fallen)]
    if not shown:
        return '<p class="quiet">The variants do not differ in any metric.</p>'
    height = _ROW * (len(shown) + 1)
    centre = _LEFT + _MIDDLE / 2
    rows = "".join(_forest_row(d, i) for i, d in enumerate(shown))
    axis = f'<line class="axis" x1="{centre}" x2="{centre}" y1="0" y2="{height - _ROW}"/>'
    ends = (f'<text class="small" x="{_LEFT}" y="{height - 6}">worse</text>'
            f'<text class="small" text-anchor="end" x="{_LEFT + _MIDDLE}" y="{height - 6}">better</text>')  # fmt: skip
    box = f"0 0 {_LEFT + _MIDDLE + _RIGHT} {height}"
    return f'<svg class="forest" viewBox="{box}" role="img" aria-label="Paired differences">{axis}{rows}{ends}</svg>'


def _forest_row(d: Difference, at: int) -> str:
    sign = -1 if about(d.metric).better == "lower" else 1
    reach = max(abs(d.interval.low), abs(d.interval.high), d.detectable) or 1.0
    half, y = _MIDDLE / 2, at * _ROW + _ROW / 2
    ends = sorted(_LEFT + half + sign * v / reach * half for v in (d.interval.low, d.interval.high))
    middle = _LEFT + half + sign * d.interval.estimate / reach * half
    said = f"{d.interval.estimate:+.3g} [{d.interval.low:+.3g}, {d.interval.high:+.3g}], p {d.p_holm:.2g}"
    return (
        f'<g class="v-{d.verdict}"><title>{escape(d.metric)}: {said}; {d.test}; could find {d.detectable:.3g}</title>'
        f'<text x="{_LEFT - 10}" y="{y + 4}" text-anchor="end">{escape(about(d.metric).title)}</text>'
        f'<line x1="{ends[0]:.1f}" x2="{ends[1]:.1f}" y1="{y}" y2="{y}"/>'
        f'<circle cx="{middle:.1f}" cy="{y}" r="5"/>'
        f'<text class="small" x="{_LEFT + _MIDDLE + 12}" y="{y + 4}">{said}</text></g>'
    )


def histogram(title: str, values: Mapping[str, Sequence[float]]) -> str:
    """Outlines of each variant's distribution over common bins."""
    every = [v for vs in values.values() for v in vs]
    low, high = min(every), max(every)
    width = (high - low) or 1.0
    counted = {name: _counts(vs, low, width) for name, vs in values.items()}
    top = max(max(c) for c in counted.values()) or 1.0
    lines = "".join(_outline(c, top, i) for i, c in enumerate(counted.values()))
    labels = (f'<text class="small" x="0" y="{_HIGH + 14}">{low:.3g}</text><text class="small" text-anchor="end" '
              f'x="{_WIDE}" y="{_HIGH + 14}">{high:.3g}</text>')  # fmt: skip
    return (
        f'<figure><figcaption>{escape(title)}</figcaption><svg viewBox="0 0 {_WIDE} {_HIGH + 18}" role="img" '
        f'aria-label="Distribution of {escape(title)}">{lines}{labels}</svg></figure>'
    )


def _counts(values: Sequence[float], low: float, width: float) -> list[float]:
    counts = [0.0] * _BINS
    for v in values:
        counts[min(_BINS - 1, int((v - low) / width * _BINS))] += 1 / max(1, len(values))
    return counts


def _outline(counts: Sequence[float], top: float, variant: int) -> str:
    step = _WIDE / _BINS
    path = f"M0 {_HIGH}" + "".join(
        f"L{i * step:.1f} {_HIGH - c / top * (_HIGH - 6):.1f}h{step:.1f}" for i, c in enumerate(counts)
    )
    return f'<path class="line k{variant % 6}" d="{path}L{_WIDE} {_HIGH}"/>'

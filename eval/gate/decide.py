"""Pass, fail or inconclusive: what the gate makes of two runs.

A rule that compares passes when the whole interval lies on the good side of its limit (each must pass, so nothing needs
correcting), and fails when the candidate is surely beyond it: p values of all comparing rules are corrected together
(Holm), so that equal candidates are refused no more often than `alpha` says. Between the two, more cases would tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from eval.comparing.difference import paired_values
from eval.comparing.pairing import Pairing, Side
from eval.gate.rules import GateFile, Rule
from eval.judge.correcting import corrected_share, youden
from eval.judge.trust import is_trusted
from eval.metrics.catalogue import about
from eval.runs.totals import Summary, summarise
from eval.statistics.distributions import t_cdf
from eval.statistics.many import cases_needed, holm
from eval.statistics.paired import Grouped, bootstrap, clustered_error, permutation

Outcome = Literal["pass", "fail", "inconclusive"]
EXIT: dict[Outcome, int] = {"pass": 0, "fail": 1, "inconclusive": 3}
_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one rule for one variant."""

    rule: str
    variant: str
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class _Compared:
    """A comparing rule before p values are corrected."""

    rule: Rule
    variant: str
    gain: float
    low: float
    p_beyond: float
    needed: int | None

    @property
    def limit(self) -> float:
        return -(self.rule.may_fall or 0.0)

    def decide(self, p: float, alpha: float) -> Decision:
        said = f"gain {self.gain:+.4g}, surely above {self.low:+.4g}, limit {self.limit:+.4g}"
        above = self.low > 0 if self.rule.must_improve else self.low >= self.limit - _SLACK
        if above:
            return Decision(self.rule.said, self.variant, "pass", said)
        if p < alpha:
            return Decision(self.rule.said, self.variant, "fail", f"{said}, p {p:.2g} after Holm")
        more = f"needs about {self.needed} cases" if self.needed else "lies on the limit: no number of cases will tell"
        return Decision(self.rule.said, self.variant, "inconclusive", f"{said}; {more}")


def decide(gate: GateFile, pairings: Sequence[Pairing], *, samples: int = 10_000) -> list[Decision]:
    """All decisions; see `outcome` for what they come to."""
    made: list[Decision] = []
    compared: list[_Compared] = []
    for pairing in pairings:
        summary = summarise(pairing.candidate.run, pairing.candidate.variant)
        made += _sound(gate, pairing, summary)
        for rule in gate.rules:
            found = _hard(rule, pairing.candidate, summary) or _compared(rule, pairing, gate.alpha, samples)
            if isinstance(found, Decision):
                made.append(found)
            else:
                compared.append(found)
    adjusted = holm([c.p_beyond for c in compared])
    return made + [c.decide(p, gate.alpha) for c, p in zip(compared, adjusted, strict=True)]


def outcome(decisions: Sequence[Decision]) -> Outcome:
    """One failure fails; else one doubt leaves it open."""
    seen = {d.outcome for d in decisions}
    return "fail" if "fail" in seen else "inconclusive" if "inconclusive" in seen else "pass"


def _sound(gate: GateFile, pairing: Pairing, summary: Summary) -> list[Decision]:
    """Whether the two runs can be compared at all."""
    side = pairing.candidate
    lost = summary.failed + summary.unparseable
    share = lost / summary.rows
    touched = [n for n, s in side.run.header.get("sets", {}).items() if "test" in s.get("touched", ())]
    apart = len(pairing.changed) + len(pairing.only_one)
    return [
        Decision(f"failed rows at most {gate.max_failed:.1%}", side.variant,
                 "pass" if share <= gate.max_failed else "fail", f"{lost} of {summary.rows}"),
        Decision("test split untouched", side.variant, "fail" if touched else "pass",
                 ", ".join(touched) or "untouched"),
        Decision("same cases in both runs", side.variant, "inconclusive" if apart else "pass",
                 f"{len(pairing.cases)} paired, {len(pairing.changed)} changed, "
                 f"{len(pairing.only_one)} in one run only"),
    ]  # fmt: skip


def _hard(rule: Rule, side: Side, summary: Summary) -> Decision | None:
    """Rules on the candidate alone, and those that cannot be asked."""
    total = summary.totals.get(rule.metric)
    if total is None:
        return Decision(rule.said, side.variant, "inconclusive", "the candidate's rows do not have this metric")
    if not is_trusted(rule.metric, side.run.header):
        return Decision(rule.said, side.variant, "inconclusive", "an uncalibrated judge may inform, not gate")
    value = total.interval.estimate
    told = f"{value:.4g} over {total.n} drafts"
    corrected = corrected_share(rule.metric, list(side.run.of(side.variant)), side.run.header.get("calibration", {}))
    if corrected:
        told, value = f"{told}, {corrected.estimate:.4g} corrected for the judge's errors", corrected.estimate
    if rule.at_least is not None:
        good = value >= rule.at_least - _SLACK
    elif rule.at_most is not None:
        good = value <= rule.at_most + _SLACK
    else:
        return None
    return Decision(rule.said, side.variant, "pass" if good else "fail", told)


def _compared(rule: Rule, pairing: Pairing, alpha: float, samples: int) -> Decision | _Compared:
    variant = pairing.candidate.variant
    values = paired_values(pairing, rule.metric)
    if not values.ids:
        return Decision(rule.said, variant, "inconclusive", "no case has this metric in both runs")
    sign = -1.0 if about(rule.metric).better == "lower" else 1.0
    raw = values.groups
    # A judge's errors thin out a difference: measured by what is left of a true one, margins keep their meaning.
    sign /= youden(rule.metric, pairing.candidate.run.header.get("calibration", {}))
    groups = raw._replace(sums=raw.sums * sign)
    gain, error = groups.mean, clustered_error(groups)
    margin = rule.may_fall or 0.0
    p = _surely_beyond(groups, margin, error, samples) if gain < -margin - _SLACK else 1.0
    low = bootstrap(groups, confidence=1 - 2 * alpha, samples=samples).low
    needed = cases_needed(error, len(values.ids), gain + margin, alpha=alpha)
    return _Compared(rule, variant, gain, low, p, needed)


def _surely_beyond(groups: Grouped, margin: float, error: float, samples: int) -> float:
    """One-sided p of a loss no larger than the margin, where a larger one was seen."""
    if not margin:
        return permutation(groups, samples=samples) / 2
    if error == 0:
        return 0.0
    degrees = len(groups.sums) - 1
    return t_cdf((groups.mean + margin) / error, degrees) if degrees else 1.0

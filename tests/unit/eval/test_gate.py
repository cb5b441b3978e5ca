"""The gate: finds a planted loss, lets equals pass as often as it says, and asks for more cases in between."""

from __future__ import annotations

import numpy as np
import pytest

from app.errors import InvalidRequest
from eval.comparing.difference import difference, differences
from eval.comparing.pairing import Side, pair, sides
from eval.gate.decide import EXIT, decide, outcome
from eval.gate.rules import GateFile, read_gate
from eval.gate.summaries import junit, markdown
from tests.unit.eval.build import row, run_of

METRICS = ("similarity.chrf", "quality.scorecard", "facts.required")


def simulated(dice, *, loss=0.0, clusters=40, noise=4.0, repeats=1):
    """A noisy scripted model over clusters of one to nine cases; the candidate loses `loss` points of chrF.

    Cases of a cluster share how hard they are, and how well the model of the day copes with them.
    """
    rows = {"a": [], "b": []}
    number = 0
    for k, size in enumerate(1 + dice.integers(0, 9, clusters)):
        luck = {v: dice.normal(0, noise / 2, len(METRICS)) for v in rows}
        for _ in range(size):
            number += 1
            hard = dice.normal(50, 10, len(METRICS))
            for name, made in rows.items():
                for repeat in range(repeats):
                    values = hard + luck[name] + dice.normal(0, noise, len(METRICS))
                    values[0] -= loss if name == "b" else 0
                    told = dict(zip(METRICS, map(float, values), strict=True))
                    made.append(row("v", number, told, cluster=f"k{k}", repeat=repeat))
    a, b = run_of(*rows["a"]), run_of(*rows["b"])
    return [pair(x, y) for x, y in sides(a, b)]


def gate_of(*rules, **more):
    return GateFile.model_validate({"rules": list(rules)} | more)


@pytest.mark.parametrize("margin", [0, 0.5])
def test_equal_candidates_are_refused_no_more_often_than_alpha_says(margin):
    """A/A runs over unequal clusters, three rules at once, three standard errors of slack; `eval.bench aa` runs 1,000."""
    dice = np.random.default_rng(11)
    gate = gate_of(*({"metric": m, "may_fall": margin} for m in METRICS))
    rounds = 200
    refused = sum(outcome(decide(gate, simulated(dice, clusters=12), samples=300)) == "fail" for _ in range(rounds))
    assert refused / rounds <= 0.05 + 3 * (0.05 * 0.95 / rounds) ** 0.5


def test_comparisons_of_equals_call_nothing_better_or_worse_more_often_than_alpha_says():
    dice, rounds, alarms = np.random.default_rng(12), 100, 0
    for _ in range(rounds):
        found = differences(simulated(dice, clusters=12), samples=400)
        alarms += any(d.verdict in ("better", "worse") for d in found)
    assert alarms / rounds <= 0.05 + 3 * (0.05 * 0.95 / rounds) ** 0.5


def test_a_calibrated_judges_share_is_corrected_before_it_gates():
    """It lets a third of the bad drafts pass: 80 % by its word are 70 % in truth, short of three quarters."""
    rows = [row("v", i, {"judge.m.pass": i % 5 > 0}) for i in range(100)]
    known = {"m": {"kappa_low": 0.65, "sensitivity": [60, 60], "specificity": [40, 60]}}
    candidate = run_of(*rows, calibration=known)
    (found,) = decide(
        gate_of({"metric": "judge.m.pass", "at_least": 0.75}), [pair(*sides(run_of(*rows), candidate)[0])]
    )[3:]
    assert found.outcome == "fail"
    assert "0.7 corrected" in found.reason


def test_a_judges_errors_do_not_hide_a_loss_beyond_the_margin():
    """Half of a true loss is left in what it says: two in a hundred seen are four in truth, beyond a margin of three."""
    ours = [row("v", i, {"judge.m.pass": True}) for i in range(100)]
    theirs = [row("v", i, {"judge.m.pass": i >= 2}) for i in range(100)]
    gate = gate_of({"metric": "judge.m.pass", "may_fall": 0.03})

    def decided(**known):
        return decide(gate, [pair(*sides(run_of(*ours), run_of(*theirs, calibration={"m": known}))[0])])[3]

    exact = decided(kappa_low=0.7, sensitivity=[40, 40], specificity=[40, 40])
    thin = decided(kappa_low=0.7, sensitivity=[30, 40], specificity=[30, 40])
    assert "gain -0.02," in exact.reason
    assert "gain -0.04," in thin.reason


def test_a_planted_regression_is_found():
    """Four points of chrF, a margin of one, some two hundred cases."""
    dice = np.random.default_rng(13)
    gate = gate_of({"metric": "similarity.chrf", "may_fall": 1.0})
    assert [outcome(decide(gate, simulated(dice, loss=4.0))) for _ in range(10)] == ["fail"] * 10


def test_a_harmless_change_passes():
    dice = np.random.default_rng(14)
    gate = gate_of({"metric": "similarity.chrf", "may_fall": 4.0})
    assert [outcome(decide(gate, simulated(dice))) for _ in range(5)] == ["pass"] * 5


def test_too_few_cases_are_inconclusive_and_it_says_how_many_would_do():
    found = decide(
        gate_of({"metric": "similarity.chrf", "may_fall": 0.5}), simulated(np.random.default_rng(15), clusters=6)
    )
    assert outcome(found) == "inconclusive"
    assert EXIT[outcome(found)] == 3
    assert any("needs about" in d.reason for d in found)


def same(**metrics):
    rows = [row("v", i, metrics) for i in range(10)]
    return run_of(*rows)


def test_the_same_drafts_pass_every_comparison():
    a, b = same(**{"similarity.chrf": 40.0}), same(**{"similarity.chrf": 40.0})
    gate = gate_of({"metric": "similarity.chrf", "may_fall": 0})
    assert outcome(decide(gate, [pair(x, y) for x, y in sides(a, b)])) == "pass"


@pytest.mark.parametrize(
    ("rule", "result"),
    [
        ({"metric": "compliance.clean", "at_least": 1.0}, "fail"),
        ({"metric": "compliance.clean", "at_least": 0.9}, "pass"),
        ({"metric": "cost.usd", "at_most": 0.01}, "fail"),
        ({"metric": "no.such", "at_least": 1.0}, "inconclusive"),
        ({"metric": "judge.tone.pass", "at_least": 0.1}, "inconclusive"),
        ({"metric": "cost.usd", "may_fall": 0.5}, "pass"),
    ],
)
def test_hard_rules_look_at_the_candidate_alone(rule, result):
    """And a judge nobody calibrated may inform, not gate."""

    def rows(broken):
        return [
            row("v", i, {"compliance.clean": i != broken, "cost.usd": 0.02, "judge.tone.pass": True}) for i in range(20)
        ]

    pairing = pair(Side(run_of(*rows(None)), "v"), Side(run_of(*rows(3)), "v"))
    assert outcome(decide(gate_of(rule), [pairing])) == result


def test_less_is_better_where_the_metric_says_so():
    """A rise of edit effort is a fall."""
    a = run_of(*(row("v", i, {"effort.lz77": 0.2}) for i in range(9)))
    b = run_of(*(row("v", i, {"effort.lz77": 0.4 + i / 100}) for i in range(9)))
    gate = gate_of({"metric": "effort.lz77", "may_fall": 0.05})
    assert outcome(decide(gate, [pair(Side(a, "v"), Side(b, "v"))])) == "fail"
    assert (
        outcome(decide(gate_of({"metric": "effort.lz77", "must_improve": True}), [pair(Side(b, "v"), Side(a, "v"))]))
        == "pass"
    )


def test_failed_rows_fail_the_gate_and_changed_cases_leave_it_open():
    ok = [row("v", i, {"similarity.chrf": 40.0}) for i in range(10)]
    gate = gate_of({"metric": "similarity.chrf", "may_fall": 0})
    lost = run_of(*ok[:9], row("v", 9, {}, status="failed", draft={}))
    assert outcome(decide(gate, [pair(Side(run_of(*ok), "v"), Side(lost, "v"))])) == "fail"
    changed = run_of(*ok[:9], row("v", 9, {"similarity.chrf": 40.0}, facts={"digest": "new"}))
    found = pair(Side(run_of(*ok), "v"), Side(changed, "v"))
    assert found.changed == ("c-9",)
    assert outcome(decide(gate, [found])) == "inconclusive"


def test_a_touched_test_split_fails():
    run = run_of(*(row("v", i, {"similarity.chrf": 1.0}) for i in range(3)), sets={"x.jsonl": {"touched": ["test"]}})
    assert (
        outcome(decide(gate_of({"metric": "similarity.chrf", "may_fall": 0}), [pair(Side(run, "v"), Side(run, "v"))]))
        == "fail"
    )


def test_pairs_of_yes_and_no_are_mcnemars():
    a = run_of(*(row("v", i, {"triage.cause": i < 10}) for i in range(13)))
    b = run_of(*(row("v", i, {"triage.cause": i >= 10}) for i in range(13)))
    found = difference(pair(Side(a, "v"), Side(b, "v")), "triage.cause")
    assert (found.test, found.p) == ("McNemar", pytest.approx(0.09228515625))
    assert (found.risen, found.fallen) == (3, 10)


def test_runs_without_a_common_case_cannot_be_compared():
    a, b = run_of(row("v", 1, {})), run_of(row("v", 2, {}))
    with pytest.raises(InvalidRequest, match="share no case"):
        pair(Side(a, "v"), Side(b, "v"))
    with pytest.raises(InvalidRequest, match="no variant"):
        pair(Side(a, "x"), Side(b, "v"))


def test_decisions_are_told_to_build_servers_and_reviewers():
    rows = [row("v", i, {"compliance.clean": i > 0}) for i in range(5)]
    found = decide(
        gate_of({"metric": "compliance.clean", "at_least": 1.0}),
        [pair(Side(run_of(*rows), "v"), Side(run_of(*rows), "v"))],
    )
    assert 'failures="1"' in junit(found)
    assert '<failure message="0.8 over 5 drafts"/>' in junit(found)
    assert markdown(found, baseline="a", candidate="b").startswith("## Gate: ❌ fail")


@pytest.mark.parametrize(
    "text", ["rules: []", "rules: [{metric: a}]", "rules: [{metric: a, at_least: 1, may_fall: 0}]", "x"]
)
def test_a_broken_gate_file_is_named(tmp_path, text):
    path = tmp_path / "gate.yaml"
    path.write_text(text)
    with pytest.raises(InvalidRequest, match=r"gate\.yaml"):
        read_gate(path)

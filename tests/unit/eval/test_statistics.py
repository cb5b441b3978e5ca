"""Statistics against published worked examples, and against values scipy 1.16 and statsmodels 0.14 printed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from eval.statistics.agreement import (
    alpha_interval,
    cohens_kappa,
    kappa_interval,
    krippendorff_alpha,
    rogan_gladen,
)
from eval.statistics.distributions import incomplete_beta, t_cdf, t_quantile
from eval.statistics.many import cases_needed, detectable, holm
from eval.statistics.paired import bootstrap, clustered_error, grouped, permutation, t_interval
from eval.statistics.proportions import mcnemar_exact, wilson
from eval.statistics.variance import split_variance

# Darwin's maize, as Fisher (The Design of Experiments, 1935, §21) permutes it: 1,726 of 32,768 sign patterns.
MAIZE = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_newcombes_table(hits, n, low, high):
    """Newcombe 1998, Statistics in Medicine 17: 857, method 3."""
    found = wilson(hits, n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_wilson_of_nothing_knows_nothing():
    assert wilson(0, 0) == (0.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("b", "c", "p"), [(10, 3, 0.09228515625), (86, 150, 3.7159361395713866e-05), (0, 5, 0.0625), (0, 0, 1)]
)
def test_mcnemar_is_scipys_exact_binomial_test(b, c, p):
    assert mcnemar_exact(b, c) == pytest.approx(p, rel=1e-9)


def test_students_t_is_scipys():
    assert t_quantile(0.975, 9) == pytest.approx(2.262157162798205, rel=1e-9)
    assert t_quantile(0.95, 2.5) == pytest.approx(2.5582186141359355, rel=1e-9)
    assert t_cdf(1.3, 4) == pytest.approx(0.868274201764388, rel=1e-9)
    assert incomplete_beta(2, 5, 0.3) == pytest.approx(0.579825, rel=1e-9)
    assert t_quantile(0.975, 1e9) == pytest.approx(1.959963984540054, rel=1e-9)


def test_the_permutation_test_gives_fishers_count_for_darwins_maize():
    assert permutation(grouped(MAIZE, list(map(str, range(15))))) == pytest.approx(1726 / 32768)


def test_the_sampled_permutation_test_agrees_with_the_exact_one():
    values = [*MAIZE, *MAIZE[:5]]
    sampled = permutation(grouped(values, list(map(str, range(20)))), samples=20_000)
    assert sampled == pytest.approx(permutation_exact(values), abs=0.005)


def permutation_exact(values):
    """Counted by adding one value after the other to the distribution of sums."""
    sums = {0: 1}
    for v in values:
        sums = {s: sums.get(s - v, 0) + sums.get(s + v, 0) for s in {t + d for t in sums for d in (v, -v)}}
    return sum(n for s, n in sums.items() if abs(s) >= abs(sum(values))) / 2 ** len(values)


def test_the_clustered_error_is_that_of_statsmodels():
    """OLS on a constant with cov_type='cluster'."""
    values = [1, 2, 3, 4, 10, 12, -1, 0, 5.5, 2]
    groups = grouped(values, list("aaabbcddee"))
    assert groups.mean == pytest.approx(3.85)
    assert clustered_error(groups) == pytest.approx(1.63035656, rel=1e-7)


def test_one_cluster_tells_nothing_of_the_next():
    groups = grouped([1.0, 2.0], ["a", "a"])
    assert t_interval(groups).high == math.inf
    assert bootstrap(groups).low == -math.inf


def test_the_bootstrap_agrees_with_students_t_on_normal_numbers():
    values = np.random.default_rng(1).normal(2, 3, 40)
    groups = grouped(values, [str(i) for i in range(40)])
    assert bootstrap(groups)[1:] == pytest.approx(t_interval(groups)[1:], abs=0.12)


def test_the_bootstrap_of_no_difference_has_no_width():
    assert bootstrap(grouped([0.5] * 9, list("aabbccdde"))) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize("clusters", [8, 30])
def test_intervals_hold_the_truth_as_often_as_they_say_over_unequal_clusters(clusters):
    """Effects shared within clusters of one to nine cases; 95 % intervals, three standard errors of slack."""
    dice = np.random.default_rng(3)
    rounds, hits = 300, 0
    for _ in range(rounds):
        sizes = 1 + dice.integers(0, 9, clusters)
        shared = dice.normal(0, 1, clusters)
        values = [float(s + e) for s, n in zip(shared, sizes, strict=True) for e in dice.normal(0, 1, n)]
        names = [str(i) for i, n in enumerate(sizes) for _ in range(n)]
        found = bootstrap(grouped(values, names), samples=400, seed=int(dice.integers(1 << 30)))
        hits += found.low <= 0 <= found.high
    assert hits / rounds >= 0.95 - 0.06


def test_holm_is_that_of_statsmodels():
    """multipletests([.01, .04, .03, .005], method='holm')."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_the_detectable_difference_is_2_8_errors():
    """The usual 2.80 for 5 % and 80 % power."""
    assert detectable(1.0) == pytest.approx(2.8016, abs=1e-4)


def test_more_cases_are_needed_the_nearer_the_limit():
    assert cases_needed(0.1, 100, 0.2) == 155
    assert cases_needed(0.1, 100, 0.1) == 619
    assert cases_needed(0.1, 100, 0.0) is None


def test_variance_is_split_into_what_it_was_made_of():
    dice = np.random.default_rng(5)
    prompts, items = dice.normal(0, 2, 40), dice.normal(0, 3, 60)
    cells = {
        (f"v{a}", f"c{b}"): (p + i + dice.normal(0, 1, 3)).tolist()
        for a, p in enumerate(prompts) for b, i in enumerate(items)
    }  # fmt: skip
    found = split_variance(cells)
    assert found.variant == pytest.approx(prompts.var(ddof=1), rel=0.1)
    assert found.case == pytest.approx(items.var(ddof=1), rel=0.1)
    assert found.interplay == pytest.approx(0, abs=0.05)
    assert found.repeat == pytest.approx(1, rel=0.1)
    assert sum(found.shares().values()) == pytest.approx(1)


def test_a_table_without_two_of_each_has_no_split():
    assert split_variance({("a", "c"): [1.0]}) is None


@pytest.mark.parametrize(
    ("yes_yes", "yes_no", "no_yes", "no_no", "kappa"),
    [(20, 5, 10, 15, 0.4), (45, 15, 25, 15, 0.1304), (25, 35, 5, 35, 0.2593)],
)
def test_kappa_of_the_textbook_tables(yes_yes, yes_no, no_yes, no_no, kappa):
    """The two tables of equal agreement and unequal κ are the usual ones for it."""
    first = [1] * (yes_yes + yes_no) + [0] * (no_yes + no_no)
    second = [1] * yes_yes + [0] * yes_no + [1] * no_yes + [0] * no_no
    assert cohens_kappa(first, second) == pytest.approx(kappa, abs=5e-5)
    low, high = kappa_interval(first, second, samples=200)[1:]
    assert low < kappa < high


def units():
    rows = ([1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
            [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0])  # fmt: skip
    return [[v for v in column if v] for column in zip(*rows, strict=True)]


def test_alpha_of_krippendorffs_example():
    """Krippendorff 2011, example C: .743 nominal, .849 interval."""
    assert krippendorff_alpha(units()) == pytest.approx(0.743421, abs=1e-6)
    assert krippendorff_alpha(units(), interval=True) == pytest.approx(0.849107, abs=1e-6)
    found = alpha_interval(units(), samples=200)
    assert found.low < 0.743 < found.high


def test_judges_who_never_differ_agree_fully():
    assert krippendorff_alpha([[1, 1], [1, 1]]) == 1.0
    assert cohens_kappa([1, 1], [1, 1]) == 1.0


def test_a_judges_known_errors_are_taken_out_of_its_share():
    """A judge passing 90 % of good and 20 % of bad drafts shows 55 % where half are good."""
    found = rogan_gladen(550, 1000, sensitivity=(900, 1000), specificity=(800, 1000))
    assert found.estimate == pytest.approx(0.5)
    assert found.low < 0.5 < found.high
    assert found.high - found.low < 0.12


def test_a_judge_no_better_than_chance_corrects_nothing():
    assert rogan_gladen(5, 10, sensitivity=(5, 10), specificity=(5, 10)) is None


def test_corrected_shares_hold_the_truth_as_often_as_they_say():
    dice, truth, hits = np.random.default_rng(2), 0.7, 0
    for _ in range(400):
        se, sp = int(dice.binomial(60, 0.85)), int(dice.binomial(40, 0.75))
        passed = int(dice.binomial(300, truth * 0.85 + (1 - truth) * 0.25))
        found = rogan_gladen(passed, 300, sensitivity=(se, 60), specificity=(sp, 40))
        hits += found is not None and found.low <= truth <= found.high
    assert hits / 400 >= 0.92

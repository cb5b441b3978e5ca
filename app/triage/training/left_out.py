"""How the cause model does on messages of a writer it has not learned from: `python -m app.triage.training.left_out`.

For each stranger of the examples a model is learned from all other lines and asked about this one's (a minute or two).
It chose how the model learns, so it flatters a little; `tests/cases/tickets/wild.jsonl` chose nothing.
"""

from __future__ import annotations

from app.triage.cause import weigh
from app.triage.classifier import Model, opinion
from app.triage.training.train import Example, examples, scanned, train


def main() -> None:
    """Print one line a hand: language, heading, lines, share that was given its cause."""
    lines = tuple(examples())
    hands = sorted({(line.language, line.hand) for line in lines if line.hand})
    for language, hand in hands:
        apart = [line for line in lines if (line.language, line.hand) == (language, hand)]
        model = Model(train(line for line in lines if (line.language, line.hand) != (language, hand)))
        right = sum(_cause(model, line) == line.cause for line in apart)
        print(f"{language}  {hand[:40]:40}  {len(apart)} lines  {right / len(apart):.3f}")  # noqa: T201 - a command


def _cause(model: Model, line: Example) -> str:
    found = scanned(line.text, line.language)
    shares = opinion(found, weigh(found), model)
    return max(shares, key=lambda cause: shares[cause])


if __name__ == "__main__":
    main()

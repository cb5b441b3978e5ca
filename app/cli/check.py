"""`vierklang check`: review a text like a linter; needs neither database nor service."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class FailOn(StrEnum):
    """From which severity on the exit code is 1."""

    block = "block"
    warn = "warn"
    info = "info"


def check(
    file: Annotated[str, typer.Argument(help="A text file; - reads standard input.")] = "-",
    channel: Annotated[str, typer.Option(help="amazon, ebay, otto, shop_email, …")] = "strict",
    marketplace: Annotated[str | None, typer.Option(help="amazon.de, ebay.co.uk, …")] = None,
    language: Annotated[str | None, typer.Option(help="Language the reply must be in (de, en, …).")] = None,
    kind: Annotated[str, typer.Option(help="reply, acknowledgement, follow_up, closing or boundary.")] = "reply",
    register: Annotated[str | None, typer.Option(help="sie or du.")] = None,
    part: Annotated[list[str] | None, typer.Option(help="Only these parts: compliance, tone, …")] = None,
    policy_dir: Annotated[
        Path | None,
        typer.Option(envvar="VIERKLANG_POLICY_DIR", help="Folder with rules of one's own (docs/policies.md)."),
    ] = None,
    fail_on: Annotated[FailOn, typer.Option(help="From which severity on the exit code is 1.")] = FailOn.warn,
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdict as JSON.")] = False,
) -> None:
    """Check a reply against a channel's rules: findings with place, rule, reason and fix."""
    from app.drafts.rulebooks import Rulebook, open_rulebooks
    from reply_guards.model import PARTS, Context
    from reply_guards.review import review

    text = read_text(file)
    _one_of("--kind", kind, ("reply", "acknowledgement", "follow_up", "closing", "boundary"))
    _one_of("--register", register, ("sie", "du", None))
    for name in part or ():
        _one_of("--part", name, PARTS)
    spoken = language or _language_of(text)
    context = Context(
        channel=channel, marketplace=marketplace, language=language, kind=kind,  # type: ignore[arg-type]
        register=register if spoken == "de" else None,  # type: ignore[arg-type]
        agent_language=spoken if spoken in ("de", "en") else "en",
    )  # fmt: skip
    policy = Rulebook(overlays=open_rulebooks(policy_dir).overlays).policy(channel)
    verdict = review(text, context, parts=tuple(part) if part else PARTS, policy=policy)  # type: ignore[arg-type]
    if as_json:
        import json
        from dataclasses import asdict

        print(json.dumps(asdict(verdict), ensure_ascii=False, indent=2))
    else:
        from app.cli.show import show_findings

        show_findings(text, verdict, name=file if file != "-" else "<stdin>")
    order = ("block", "warn", "info")
    worst = order[: order.index(fail_on.value) + 1]
    raise typer.Exit(int(any(f.severity in worst for f in verdict.findings)))


def read_text(file: str) -> str:
    """The text of a file or of standard input. Raises InvalidRequest where there is none or it is not UTF-8."""
    import sys

    from app.errors import InvalidRequest

    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"{file} is not UTF-8 text (byte {error.start})") from None
    except OSError as error:
        raise InvalidRequest(f"cannot read {file}: {error.strerror}") from None
    if not text.strip():
        raise InvalidRequest(f"{'standard input' if file == '-' else file} holds no text")
    return text


def _one_of(option: str, value: str | None, allowed: tuple[str | None, ...]) -> None:
    if value not in allowed:
        raise typer.BadParameter(f"{value!r} is none of {', '.join(str(a) for a in allowed if a)}", param_hint=option)


def _language_of(text: str) -> str:
    from reply_guards.language_id import identify

    return identify(text)[0]

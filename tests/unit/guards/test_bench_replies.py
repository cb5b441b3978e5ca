"""What the review bench measures on: enough, long enough, and nothing said twice; and its neighbours stay offline."""

from __future__ import annotations

import socket

import pytest

from eval.bench.link_finding import LINKS, NO_LINKS, finders
from eval.bench.replies import COUNT, fresh_replies, long_text, warm_up_texts


@pytest.mark.parametrize("language", ["de", "en"])
def test_no_sentence_repeats_in_a_run(language):
    """Forty replies of about 120 words, dealt anew for another seed, none of it in the warm-up."""
    replies = fresh_replies(language, 1)
    assert len(replies) == COUNT
    assert all(110 <= len(reply.split()) <= 150 for reply in replies)
    lines = [line for reply in replies for line in reply.split("\n\n")]
    assert len(set(lines)) == len(lines)
    assert replies != fresh_replies(language, 2)
    assert not any(line in text for line in lines for text in warm_up_texts())


def test_the_long_text_is_as_long_as_asked():
    """For the figure at 100 kB."""
    assert len(long_text(100_000)) == 100_000


def test_the_link_finders_need_no_network(monkeypatch):
    """urlextract can fetch a newer list of domains; as we use it, it does not."""

    def refuse(*_args, **_kwargs):
        raise AssertionError("network")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for find in finders().values():
        for text in (*(text for text, _ in LINKS), *NO_LINKS):
            find(text)

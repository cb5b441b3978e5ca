"""`structure.*`: the four steps of a reply, in order, about this case, one decision at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from reply_guards.checks.claims import performed
from reply_guards.checks.hit import Hit
from reply_guards.checks.learned import RULED_OUT, views
from reply_guards.checks.lists import Lists
from reply_guards.model import STEP_NAMES, Context, StepName
from reply_guards.patterns import INDEX, WORD, possible
from reply_guards.policy import Policy
from reply_guards.remembering import once
from reply_guards.text import Reply, Sentence, read
from reply_guards.wordlists import data, word_list

# The network's label for what a sentence does; signs without one stand alone.
_LABELS = {
    **{n: f"role.{n}" for n in ("acknowledge", "own", "propose", "ask", "received", "when", "limit", "go_on", "after")},
    "farewell": "role.farewell", "bare_question": "role.bare_ask", "two_things": "role.two_asks",
    "regret": "role.acknowledge", "feeling": "role.acknowledge", "thanks": "role.thanks",
}  # fmt: skip
_INFO = "role.info"
_SURE, _NEARLY = 1.0, 1.0  # log-odds over and below a threshold: a proposal in unusual words is one
_RARE = {"received", "when", "limit", "go_on", "after", "farewell", "answer"}  # few lines teach these: a sign is enough
_ONLY_SIGNED = {"regret", "feeling"}  # one of several ways to do what the label means: the words decide which
_WHOLE_WORDS, _GREETED_WORDS, _OTHER_WORDS = 25, 12, 6
_AFTERWORDS = 32  # after the question: a word of what happens meanwhile, the closing and who signs
_BARE_WORDS = 3  # of the longest question that asks for nothing: "Passt das so?"
_TOLD_BACK = 2  # words of the customer's that tell the case
_TELLING = 14  # characters below which a customer's words say too little
_GREETING = re.compile(r"\W{0,3}(?:hallo|guten|liebe|sehr geehrt|dear|hello|hi)\b")
_ACTOR = re.compile(
    r"(?<!\w)(?:ich|wir|i|we)(?:'| )(?:(?:m|am|re|are|was|were) )?(?:(?:so|really|very|truly|also|"
    r"just) )?([a-z]{1,20})|([a-z]{3,20}) (?:ich|wir)(?!\w)|(?<!\w)(?:let) (me)(?!\w)|(?<!\w)(?:is|"
    r"bleibt|liegt) (mine|mein|bei mir)"
)

# Where a second thing is asked for: another verb or question word behind the first.
_SECOND = re.compile(
    r"(?:,|;|(?<!\w)(?:and|und|or|oder|sowie|plus|also|auch)(?!\w)) (?:[^ ]+ ){0,2}"
    r"(?:who|what|which|when|where|how|why|do|does|did|can|could|would|will|shall|should|is|are|have|may|whether|if|send"
    r"|tell|your|welch\w*|wer|was|wann|wo|wohin|wie|warum|ob|haben|ist|sind|koennen|koennten|kannst|soll|sollen"
    r"|darf|duerfen|moecht\w+|wuerd\w+|schick\w*|senden?|sagen|ihre\w?|deine\w?)(?!\w)"
)
_WHICH = re.compile(r"(?:wie|was|wat|welch\w*|wozu|which|what|how)(?!\w)")
_EITHER = re.compile(r"(?<!\w)(?:oder|or|entweder|either|alternativ\w{0,3}|stattdessen|instead)(?!\w)")
_THEN = re.compile(r"\W*(?:dann|wenn ja|wenn nicht|falls ja|falls nicht|then|if so|if yes|if not|in that case)(?!\w)")
# "Bei Fragen schreiben Sie uns", "if anything else comes up, tell me": a closing, no question.
_FORMULA = re.compile(
    r"(?<!\w)(?:(?:rueck)?fragen|weitere\w?|jederzeit|sonst noch|questions?|anything|any ?time|further|ever)(?!\w)"
)
_FIRST_PERSON = re.compile(r"(?<!\w)(?:ich|wir|i|we)(?!\w)")


@cache
def _signs(source: str) -> Lists[str]:
    """The signs of `data/<source>.yaml`."""
    return Lists(data(source))


class Shape:
    """Which sentences do the work of which step."""

    def __init__(self, reply: Reply) -> None:
        """Look at a reply; `shape_of` does so once."""
        self.reply = reply
        self._seen = views(reply)
        self._doing: dict[str, list[Sentence]] = {}
        self._firsts: dict[str, Sentence | None] = {}

    def first(self, name: str) -> Sentence | None:
        """The first sentence that does `name`."""
        if name in self._doing:
            return next(iter(self._doing[name]), None)
        if name not in self._firsts:  # the sentences behind it need not be read for this
            self._firsts[name] = next(self._does(name), None)
        return self._firsts[name]

    def all(self, name: str) -> list[Sentence]:
        """All sentences that do `name`: by the network's word, or by a sign it does not rule out."""
        if name not in self._doing:
            self._doing[name] = list(self._does(name))
        return self._doing[name]

    def _does(self, name: str) -> Iterator[Sentence]:
        sentences = self.reply.sentences
        known = self._seen is not None and name in _LABELS
        margins = self._seen.margins(_LABELS[name]) if self._seen and known else [0.0] * len(sentences)
        for sentence, margin in zip(sentences, margins, strict=True):
            if margin < -RULED_OUT and name not in _RARE:
                continue
            if (margin > 0 and name not in _ONLY_SIGNED) or _shows(sentence, name):
                yield sentence

    def is_bare(self, question: Sentence) -> bool:
        """Whether a question asks for nothing: one that also reads as a decision does not."""
        if question not in self.all("bare_question") or _shows(question, "decision"):
            return False
        if self._offers_a_choice():
            if _WHICH.match(question.text):
                return False  # which of two it shall be
        elif len(question.text.split()) > _BARE_WORDS:
            return False  # a yes or a no to the one thing that was offered
        if self._seen is None:
            return True
        bare, decision = (self._seen.margins(_LABELS[n])[question.index] for n in ("bare_question", "ask"))
        return bare > decision

    def _offers_a_choice(self) -> bool:
        return any(_EITHER.search(sentence.text) for sentence in self.all("propose") if not sentence.question)

    def proposes_in_person(self) -> bool:
        """Whether an "I" or "we" says what will be done: who offers to do it has taken it on."""
        return any(_FIRST_PERSON.search(sentence.text) for sentence in self.all("propose"))

    def moves_on(self) -> bool:
        """Whether a sentence called no proposal surely offers something or reports it done, or is nearly one."""
        if self._seen is None:
            return False
        likely = zip(*(self._seen.margins(label) for label in ("offer", "done", _LABELS["propose"])), strict=True)
        return any(max(offer, done) > _SURE or proposal > -_NEARLY for offer, done, proposal in likely)

    def feels_surely(self) -> bool:
        """Whether a sentence surely speaks to the customer's trouble."""
        return self._seen is not None and max(self._seen.margins(_LABELS["acknowledge"]), default=-1.0) > _SURE

    def nears_sympathy(self, sentence: Sentence, *, shared: int) -> bool:
        """Whether a sentence nearly speaks to the trouble; the more words it shares with the customer's, the rather."""
        if shared >= _TOLD_BACK or self._seen is None:
            return shared >= _TOLD_BACK
        return self._seen.margins(_LABELS["acknowledge"])[sentence.index] > -_NEARLY * (1 + shared)

    def informs(self) -> bool:
        """Whether a sentence tells the customer how things are."""
        return self._seen is not None and max(self._seen.margins(_INFO), default=-1.0) > 0

    def are_two(self, question: Sentence) -> bool:
        """Whether a question asks two things, by its words or rather than for a decision."""
        if question not in self.all("two_things"):
            return False
        if self._seen is None or _shows(question, "two_things"):
            return True
        if not _SECOND.search(question.text):
            return False  # "How should the name and address read?"
        two, decision = (self._seen.margins(_LABELS[n])[question.index] for n in ("two_things", "ask"))
        return two > decision

    @once
    def questions(self) -> list[Sentence]:
        """The sentences that ask; the customer's own question, repeated in quotation marks, is none of ours."""
        return [s for s in self.reply.sentences if s.question and not self._is_repeated(s)]

    def _is_repeated(self, question: Sentence) -> bool:
        mark = question.start + question.text.rfind("?")
        return self.reply.quoted(*self.reply.span(mark, mark + 1))


def shape_of(reply: Reply) -> Shape:
    """The shape of a reply, looked at once."""
    return reply.remembered("shape", Shape)


def _shows(sentence: Sentence, name: str) -> bool:
    """Whether a sentence bears the sign of a step."""
    if name == "own" and _acts(sentence.text):
        return True
    return _signs("structure").first(name, sentence.text, sentence.possible) is not None


def _acts(text: str) -> bool:
    """Whether an "I" or "we" does something beyond understanding and regretting."""
    verbs = (next(g for g in m.groups() if g) for m in _ACTOR.finditer(text))
    return any(v not in word_list("feeling_verbs") for v in verbs)


def check(reply: Reply, context: Context, _policy: Policy) -> Iterator[Hit]:
    """The shape that belongs to the kind of message. Fragments are not judged."""
    if not _is_whole(reply, context):
        return
    shape = shape_of(reply)
    if context.kind == "reply":
        yield from _missing(shape, context)
        yield from _order(shape, context)
        yield from _closing_question(shape, context)
        yield from _about_the_case(shape, context)
    else:
        yield from _other_kind(shape, context)


def _is_whole(reply: Reply, context: Context) -> bool:
    if context.steps is not None or reply.word_count >= _WHOLE_WORDS:
        return True
    if context.kind != "reply":  # these are short
        return reply.word_count >= _OTHER_WORDS
    if _answers(reply, context):
        return True
    return reply.word_count >= _GREETED_WORDS and bool(_GREETING.match(reply.folded))


def _answers(reply: Reply, context: Context) -> bool:
    """Whether a short text is the whole answer: what was written and may be offered is known, and it ends by asking."""
    if context.offers is None or context.facts is None or len(context.facts.customer_text) < _TELLING:
        return False
    return len(reply.sentences) > 1 and any(sentence.question for sentence in reply.sentences[-2:])  # or who signs


def _end(reply: Reply) -> tuple[int, int]:
    last = reply.sentences[-1] if reply.sentences else None
    return reply.span(last.start, last.end) if last else (0, 0)


def _missing(shape: Shape, context: Context) -> Iterator[Hit]:
    reply = shape.reply
    begin = reply.span(reply.sentences[0].start, reply.sentences[0].end) if reply.sentences else (0, 0)
    places: dict[StepName, tuple[int, int]] = {
        "acknowledge": begin,
        "own": begin,
        "propose": _end(reply),
        "ask": _end(reply),
    }
    if context.steps is not None:
        places |= {s.name: (s.start, s.end) for s in context.steps}
        given = {s.name for s in context.steps if reply.original[s.start : s.end].strip()}
        for name in STEP_NAMES:
            if name not in given:
                yield Hit(f"structure.missing_{name}", *places[name])
    present: dict[StepName, object] = {
        "acknowledge": shape.first("acknowledge") or _retells(shape, context),
        "own": shape.first("own") or shape.proposes_in_person(),
        "propose": shape.first("propose") or shape.moves_on() or _is_settled(shape, context),
    }
    if context.steps is None:
        for name, seen in present.items():
            if not seen:
                yield Hit(f"structure.missing_{name}", *places[name])
    if not _asks(shape) and (context.steps is None or "ask" in {s.name for s in context.steps}):
        yield Hit("structure.missing_ask", *places["ask"])


def _retells(shape: Shape, context: Context) -> bool:
    """Whether the trouble is told back, in a sentence that neither asks nor offers: that is nearly sympathy."""
    said = _substance(context.facts.customer_text) if context.facts else set()
    busy = {sentence.index for sentence in shape.all("propose")}
    quiet = (s for s in shape.reply.sentences if s.index not in busy and not s.question)
    return any(shape.nears_sympathy(s, shared=len(said & _substance(s.text))) for s in quiet)


def _is_settled(shape: Shape, context: Context) -> bool:
    """Whether the proposal is an answer, or a correction that was made already: nothing else was approved."""
    types = {offer.type for offer in context.offers or ()}
    if types == {"information"}:
        return shape.informs()
    return types == {"correction"} and any(True for _ in performed(shape.reply))


def _asks(shape: Shape) -> bool:
    if shape.questions or shape.first("ask") is not None:
        return True
    return any(not _FORMULA.search(sentence.text) for sentence in shape.all("answer"))


def _order(shape: Shape, context: Context) -> Iterator[Hit]:
    """The customer's trouble comes before our process; the question comes last."""
    if context.steps is not None:
        order = [s.name for s in sorted(context.steps, key=lambda s: s.start)]
        if order != sorted(order, key=STEP_NAMES.index):
            yield Hit("structure.order", context.steps[0].start, context.steps[0].end)
        return
    acknowledge, propose = shape.first("acknowledge"), shape.first("propose")
    if acknowledge and propose and propose.index < acknowledge.index:
        yield Hit("structure.order", *shape.reply.span(propose.start, propose.end))
    elif shape.questions and _words_after(shape, shape.questions[-1]) > _AFTERWORDS:
        yield Hit("structure.order", *shape.reply.span(shape.questions[-1].start, shape.questions[-1].end))


def _words_after(shape: Shape, question: Sentence) -> int:
    return sum(len(s.text.split()) for s in shape.reply.sentences[question.index + 1 :])


def _closing_question(shape: Shape, context: Context) -> Iterator[Hit]:
    reply = shape.reply
    questions = [
        q
        for q in shape.questions
        if not (reply.quoted(*reply.span(q.start, q.end)) or _shows(q, "courtesy") or _is_condition(q, reply))
    ]
    if len(questions) > 1:
        for extra in questions[:-1]:
            yield Hit("structure.many_questions", *reply.span(extra.start, extra.end))
    elif questions and shape.are_two(questions[-1]):
        yield Hit("structure.many_questions", *reply.span(questions[-1].start, questions[-1].end))
    if shape.questions and not context.steps and shape.is_bare(shape.questions[-1]):
        yield Hit("structure.bare_question", *reply.span(shape.questions[-1].start, shape.questions[-1].end))


def _is_condition(question: Sentence, reply: Reply) -> bool:
    """Whether a question is the first half of an "if": "Is it green below? Then it lives."."""
    following = reply.sentences[question.index + 1 : question.index + 2]
    return bool(following) and _THEN.match(following[0].text) is not None


def _about_the_case(shape: Shape, context: Context) -> Iterator[Hit]:
    """A reply that shares nothing with the customer's words, or feels with another trouble, is about another case."""
    facts, reply = context.facts, shape.reply
    if facts is None or len(facts.customer_text) < _TELLING:
        return
    own = (facts.customer_text, *facts.products, facts.order_id or "", facts.tracking_number or "", facts.carrier or "")
    customer = _substance(" ".join(own))
    if len(customer) >= 5 and not customer & _substance(reply.plain):  # noqa: PLR2004 - less says nothing
        yield Hit("structure.not_about_case", 0, min(len(reply.original), 80))
        return
    felt = shape.all("acknowledge")
    spoken = _topics(" ".join(s.text for s in felt))
    meant = _topics(read(facts.customer_text).folded.replace("\n", " ")) if spoken else set()
    if meant and not spoken & meant:
        yield Hit("structure.not_about_case", *reply.span(felt[0].start, felt[0].end))


def _topics(text: str) -> set[str]:
    topics = _signs("topics")  # read before the words: it says what to look for in them
    return {name for name, _ in topics.each(text, possible(WORD.findall(text), INDEX.table))}


def _substance(text: str) -> set[str]:
    from reply_guards.checks.language import is_common
    from reply_guards.unfold import FOLD_TABLE

    words = re.findall(r"[^\W_]{4,40}", text.lower().translate(FOLD_TABLE))
    return {w[:6] for w in words if not is_common(w)}


def _stands_for(shape: Shape, name: str) -> bool:
    """Whether something else does what a part is for: who feels with the trouble has read of it, who asks goes on."""
    if name == "received":
        return shape.feels_surely()
    if name == "go_on":
        return bool(shape.questions)
    # A limit in words nobody foresaw, in a reply that has all else.
    return name == "limit" and bool(shape.feels_surely() and shape.questions and shape.first("propose"))


def _other_kind(shape: Shape, context: Context) -> Iterator[Hit]:
    reply, kind = shape.reply, context.kind
    needed = {
        "acknowledgement": ("received", "when"),
        "boundary": ("limit", "go_on"),
        "follow_up": ("after",),
        "closing": ("farewell",),
    }[kind]
    for name in needed:
        if shape.first(name) is None and not _stands_for(shape, name):
            yield Hit(f"structure.{kind}", *_end(reply), {"part": name})
            return
    if kind == "follow_up" and not shape.questions and shape.first("ask") is None:
        yield Hit("structure.follow_up", *_end(reply), {"part": "question"})

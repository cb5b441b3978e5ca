"""What of an English message is told back: plain statements and real questions, never what may come out wrong."""

import pytest

from app.drafts.composer.naming import name_things
from app.drafts.composer.nouns_en import named_in_title, stands_as_noun
from app.drafts.composer.question_en import dependent, indirect
from app.drafts.composer.speech_en import report
from tests.unit.composer.builders import make_case

UNTOLD = {
    "fragment": "After three goes",
    "noun with a place": "Two left armrests",
    "list without verb": "No bolts at all for the left door and two of part C",
    "telegram": "Listing said fits 2016 models",
    "page copied out": "Tracking says delivered, back door, 4:40 pm Friday",
    "order given": "For heaven's sake send the right one",
    "age": "I am 68 and the stairs are steep",
    "trade": "I'm a plumber, I know what a blocked pipe sounds like",
    "home town": "I live in Leeds",
    "likeness": "It sags like a hammock in the rain",
    "thing called another": "The rose bush is a twig",
    "joke about oneself": "I've been eating soup with a fork",
    "irony": "I'm sure the box is lovely but it is empty",
    "slang": "This charger is gonna burn somebody",
    "place of writing": "The parcel is still not here",
    "quoted speech": "The agent said 'well that happens'",
    "cut quotation": "The page says 'returning",
    "torn verb": "I rang, was on hold an hour, got cut off",
    "two subjects": "My wife she cannot open it",
    "no agreement": "On the label of the box it stand XL",
    "broken perfect": "I have send the coat back",
    "no noun after there": "There was inside a broken cup",
    "answer without verb": "It does not",
    "cut at an abbreviation": "The invoice shows order no",
    "cut at a day": "It was delivered on the 3",
    "somebody's birthday": "His birthday is tomorrow",
    "price alone": "They were $139 and they lasted a month",
    "refusal of a charge": "I'm not asking for a favour",
    "day of the month": "It's now the 23rd",
    "without mark": "The lamp flickers I want another",
    "whose it is twice": "The basket I had sent to my aunt arrived open",
    "family": "My kids were in the room",
    "pointing": "I told you this on the phone",
}
TOLD = {
    "state": ("The lid doesn't close.", "the lid doesn't close"),
    "arrival": ("The desk came with one leg bent.", "the desk came with one leg bent"),
    "two clauses": ("I paid for express and it came a week late.", "you paid for express and it came a week late"),
    "comma for and": ("The lamp hums, it is loud.", "the lamp hums and it is loud"),
    "list of clauses": ("Every corner is bent, the cover is torn and the spine has a stain.", "every corner is bent, the cover is torn and the spine has a stain"),
    "shared subject": ("I paid for two, got one.", "you paid for two and got one"),
    "adverbial first": ("When I opened the box, two plates were broken.", "when you opened the box, two plates were broken"),
    "no comma": ("After three washes the colour faded.", "after three washes the colour faded"),
    "wait": ("I have been waiting for two weeks.", "you have been waiting for two weeks"),
    "attempts": ("I've tried three cables and none of them works.", "you've tried three cables and none of them works"),
    "own trouble": ("We have had no hot water since Friday.", "you have had no hot water since Friday"),
    "charge": ("I was charged twice for the same order.", "you were charged twice for the same order"),
    "inability": ("I can't get the lid open.", "you can't get the lid open"),
    "occasion": ("We need it for a wedding on Saturday.", "you need it for a wedding on Saturday"),
    "shop's act": ("The replacement lid you sent has the same crack.", "the replacement lid we sent has the same crack"),
    "shop as object": ("I told you the new address on the 11th.", "you told us the new address on the 11th"),
    "tracking": ("Tracking says it was delivered on Tuesday.", "tracking says it was delivered on Tuesday"),
    "smell": ("It smells like petrol and gives me headaches.", "it smells like petrol and gives you headaches"),
    "number": ("Two of the six glasses were smashed.", "two of the six glasses were smashed"),
    "nothing": ("Nothing has arrived so far.", "nothing has arrived so far"),
    "no as article": ("No screws were in the box.", "no screws were in the box"),
    "injury": ("My daughter got a rash from the cream.", "your daughter got a rash from the cream"),
    "result": ("The plug got so hot it melted the socket.", "the plug got so hot it melted the socket"),
    "contrast": ("I received a blue one instead of the red one.", "you received a blue one instead of the red one"),
    "time of arrival": ("The pram was meant to be here on Monday.", "the pram was meant to be with you on Monday"),
    "invoice": ("My invoice still shows the old address.", "your invoice still shows the old address"),
    "kind": ("It is the wrong charger.", "it is the wrong charger"),
    "first clause of two": ("The lid was smashed when I opened the box and I was hosting 14 people.", "the lid was smashed when you opened the box"),
}  # fmt: skip
UNASKED = [
    "Do you even read what I write", "What am I supposed to do now", "How hard can it be", "Are you joking", "Do I have to beg",
    "What on earth is going on", "What day did you think I meant", "Is there a human being there", "Can I live with that",
    "Do you have any idea what trouble this causes", "How do I photograph something that isn't there", "Which is it",
    "Is this a joke", "Could you explain", "So I throw the lid away", "How does this happen in 2026",
]  # fmt: skip
ASKED = {
    "Where is my order": "where your order is",
    "When will my parcel arrive": "when your parcel will arrive",
    "How long does the repair take": "how long the repair takes",
    "What happens with the old one": "what happens with the old one",
    "Will you refund the shipping": "whether we will refund the shipping",
    "Can you cancel it": "whether we can cancel it",
    "Could you send a new net": "whether we could send a new net",
    "Do I keep it": "whether you should keep it",
    "How do I return it": "how you can return it",
    "Is it safe in my garage": "whether it is safe in your garage",
    "Does it fit the 2019 model": "whether it fits the 2019 model",
    "Is there any way to get it by Friday": "whether there is any way to get it by Friday",
}
TITLES = {
    "size before": ("27 inch Monitor refurbished", "screen", "monitor"),
    "for whom": ("Inhaler for babies", "babies", "inhaler"),
    "last noun": ("Belt Drive Turntable Walnut", None, "turntable"),
    "first word of it": ("Gentle Night Cream 50ml", "gentle", "gentle night cream"),
    "measure": ("Rice cooker 6 cup", None, "rice cooker"),
    "colour": ("Knitted Blanket Cream", None, "blanket"),
    "in capitals": ("ClearView 50 in TV", None, "TV"),
    "known noun described by an unknown one": ("Camera lanyard", "camera", None),
}
NO_THING = {
    "telephone": ("phone", "Can somebody pick up the phone?"),
    "turn of speech": ("picture", "Nobody there has the full picture."),
    "place": ("step stool", "I stand on a step stool to reach the keyboard."),
    "evidence": ("photos", "Look at the photos I sent."),
    "contraction": ("she'd", "She thought she'd done something wrong."),
    "part with": ("gasket", "It came with the gasket torn."),
    "what came instead": ("dog food", "Got dog food. Ordered cat litter."),
}


@pytest.mark.parametrize("sentence", UNTOLD.values(), ids=UNTOLD)
def test_left_to_general_words(sentence: str) -> None:
    """What is broken, cut off, joked, about the writer's person or place is not told back."""
    assert report(sentence, to_shop=True) is None


@pytest.mark.parametrize(("sentence", "told"), TOLD.values(), ids=TOLD)
def test_still_told(sentence: str, told: str) -> None:
    """An ordinary statement about thing, order or shop is told back in the second person."""
    assert report(sentence, to_shop=True) == told


@pytest.mark.parametrize("question", UNASKED)
def test_rhetoric_is_no_question(question: str) -> None:
    """What wants no answer is not said to be asked."""
    assert indirect(question) is None


@pytest.mark.parametrize(("question", "told"), ASKED.items(), ids=ASKED)
def test_real_questions_are_told(question: str, told: str) -> None:
    """Where, when, how long, what happens, and whether the shop acts."""
    assert indirect(question) == told


@pytest.mark.parametrize("clause", ["what to say", "what a blown fuse sounds like", "which of your people did it"])
def test_what_only_looks_like_a_question(clause: str) -> None:
    """ "I know what …" and "he did not know what to say" ask nothing."""
    assert dependent(clause) is None


@pytest.mark.parametrize(("title", "words", "name"), TITLES.values(), ids=TITLES)
def test_the_title_names_the_thing(title: str, words: str | None, name: str | None) -> None:
    """The noun the title ends on, whatever else the message speaks of; none where the title may mean another thing."""
    assert named_in_title(title, words) == name


@pytest.mark.parametrize(("words", "spoken"), NO_THING.values(), ids=NO_THING)
def test_not_the_thing_bought(words: str, spoken: str) -> None:
    """A noun in passing does not become "your …"."""
    assert not stands_as_noun(words, spoken)


@pytest.mark.parametrize("spoken", ["My kettle leaks.", "Kettle leaks.", "There is a problem with the kettle."])
def test_the_thing_bought(spoken: str) -> None:
    """A product we know needs no article; it may be what the problem is with."""
    assert stands_as_noun("kettle", spoken)


def test_a_noun_outside_the_title_is_not_used() -> None:
    """A title without a noun we know is quoted."""
    order = {"items": [{"title": "Zorblax 3000"}]}
    case = make_case("My vacuum is broken.", language="en", order=order, product_words="vacuum")
    product = name_things(case, "en").product
    assert product is not None
    assert product.nom == "your item “Zorblax 3000”"

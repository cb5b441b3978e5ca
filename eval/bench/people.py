"""Customers with names and details, for what must not leak: Faker's where it is there, else from short lists."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

_FIRST = ("Annegret", "Bartholomäus", "Cornelius", "Dorothea", "Eberhard", "Friederike", "Gwendolyn", "Humphrey", "Isolde",
          "Jolanda", "Kunibert", "Leopoldine", "Mortimer", "Nepomuk", "Ottilie", "Philippa", "Quentin", "Rosalind")  # fmt: skip
_LAST = ("Abendroth", "Birkenfeld", "Cholmondeley", "Drosselmeyer", "Eschenbach", "Featherstone", "Grünewald", "Habermehl",
         "Ingersoll", "Jablonski", "Kesselring", "Lindqvist", "Mandelbaum", "Nachtigall", "Ohlendorf", "Pemberton")  # fmt: skip
_STREETS = ("Ahornweg", "Brunnengasse", "Dorfstraße", "Eichenallee", "Gartenweg", "Lindenstraße")
_TOWNS = ("50667 Köln", "80331 München", "20095 Hamburg", "04109 Leipzig", "70173 Stuttgart")


@dataclass(frozen=True, slots=True)
class Customer:
    """Who writes."""

    name: str
    email: str
    phone: str
    address: str
    order: str

    def identities(self) -> tuple[str, ...]:
        """What nobody else may read, as it would stand in a text."""
        return (self.name, self.last, self.email, self.phone, self.address.split(",")[0], self.order)

    @property
    def last(self) -> str:
        """The last name."""
        return self.name.split(" ", 1)[1]


def words_of(text: str) -> frozenset[str]:
    """The words of a text in lower case."""
    return frozenset(re.findall(r"\w+", text.lower()))


def customers(count: int, *, seed: int = 23, but_not: frozenset[str] = frozenset()) -> list[Customer]:
    """Customers of whom no two share a last name, an address or a number.

    `but_not`: words in lower case that no last name holds, since who is called so cannot be told from the word.
    """
    dice = random.Random(seed)
    try:
        return _faked(count, dice, but_not)
    except ImportError:
        print("Faker is not installed: customers from a short list, names numbered")
        return [_listed(i, dice) for i in range(count)]


def _faked(count: int, dice: random.Random, but_not: frozenset[str]) -> list[Customer]:
    from faker import Faker

    found: dict[str, Customer] = {}
    makers = [Faker(locale) for locale in ("de_DE", "en_GB", "de_AT", "en_US")]
    for number, maker in enumerate(makers):
        maker.seed_instance(number)
    tries = 0
    while len(found) < count:
        maker = makers[tries % len(makers)]
        tries += 1
        last = maker.last_name()
        if words_of(last) & but_not or (last in found and tries < 40 * count):
            continue
        if last in found:
            # There are fewer last names than customers: two together make a new one, as people do.
            last = f"{last}-{maker.last_name()}"
            if words_of(last) & but_not:
                continue
        address = maker.address().replace("\n", ", ")
        mail = f"{maker.user_name()}{tries}@{maker.free_email_domain()}"
        found[last] = Customer(f"{maker.first_name()} {last}", mail, _phone(dice), address, _order(dice))
    return list(found.values())


def _listed(number: int, dice: random.Random) -> Customer:
    last = f"{_LAST[number % len(_LAST)]}-{_LAST[number // len(_LAST) % len(_LAST)]}"
    name = f"{_FIRST[number % len(_FIRST)]} {last}"
    address = f"{_STREETS[number % len(_STREETS)]} {number + 1}, {_TOWNS[number % len(_TOWNS)]}"
    return Customer(name, f"kunde.{number}@post.example", _phone(dice), address, _order(dice))


def _phone(dice: random.Random) -> str:
    return f"0221 {dice.randint(10**6, 10**7 - 1)}"


def _order(dice: random.Random) -> str:
    return f"302-{dice.randint(10**6, 10**7 - 1)}-{dice.randint(10**6, 10**7 - 1)}"

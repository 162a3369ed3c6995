"""Truths of kind text: phrases made of words, their right forms and their near misses."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

ADJECTIVES = (
    "red",
    "blue",
    "green",
    "wooden",
    "round",
    "large",
    "second",
    "old",
    "yellow",
    "heavy",
)
NOUNS = (
    "sofa",
    "lamp",
    "kitchen",
    "bedroom",
    "mirror",
    "hallway",
    "bookshelf",
    "garden",
    "window",
    "stove",
)
PLACES = ("behind", "under", "beside", "above", "below", "near")
NAMES = (
    "San José",
    "Mary Lee",
    "Paris",
    "O'Neill",
    "New York",
    "Zürich",
    "Route 66",
    "Gate 12",
    "Jean-Luc",
)


@dataclass(frozen=True)
class Phrase:
    """A noun with an adjective and a place, or a name, or a time of day; empty where it has none."""

    noun: str
    adjective: str = ""
    place: str = ""
    second: str = ""

    def __str__(self) -> str:
        first = " ".join(word for word in (self.adjective, self.noun) if word)
        return f"{first} {self.place} the {self.second}" if self.place else first


def draw_phrase(rng: Random) -> Phrase:
    kind = rng.random()
    if kind < 0.2:
        return Phrase(rng.choice(NAMES))
    if kind < 0.35:
        return Phrase(f"{rng.randint(1, 12)}:{rng.randint(10, 59)}")

    noun, second = rng.sample(NOUNS, 2)
    adjective = rng.choice(("", *ADJECTIVES))
    place = rng.choice(PLACES) if rng.random() < 0.3 else ""
    return Phrase(noun, adjective, place, second if place else "")


_FORMS = {
    "as it is": "{}",
    "full stop": "{}.",
    "bold": "**{}**",
    "“quotes”": "“{}”",
    '"quotes"': '"{}"',
    "'quotes'": "'{}'",
    "italics": "*{}*",
    "\\text": "\\text{{{}}}",
    "Answer:": "Answer: {}",
    "The answer is": "The answer is {}.",
}


def paraphrase(rng: Random, phrase: Phrase) -> tuple[str, str]:
    """(form, text) of a right answer."""
    text = str(phrase)
    if not phrase.noun[0].islower():
        name = rng.choice(tuple(_FORMS))
        return name, _FORMS[name].format(text)

    match rng.randrange(6):
        case 0:
            return "article the", f"the {text}"
        case 1:
            return "Article The", f"The {text}"
        case 2:
            return "capital", text[0].upper() + text[1:]
        case 3:
            return "capitals", text.upper()
        case 4:
            return "spaces", text.replace(" ", "  ") + " "
        case _:
            name = rng.choice(tuple(_FORMS))
            return name, _FORMS[name].format(text)


Mutation = Callable[[Random, Phrase], str | None]
_SAID = (
    "not {}",
    "not the {}",
    "{}?",
    "maybe {}",
    "perhaps the {}",
    "{} or nothing",
    "no {}",
    "anything but {}",
    "{} is wrong",
    "everything except {}",
    "possibly {}",
    "it isn't {}",
    "non-{}",
    "neither {}",
)


def said_of(rng: Random, phrase: Phrase) -> str:
    return rng.choice(_SAID).format(phrase)


def other_word(rng: Random, phrase: Phrase) -> str | None:
    words = str(phrase).split()
    place = rng.randrange(len(words))
    pool = next((p for p in (ADJECTIVES, NOUNS, PLACES, NAMES) if words[place] in p), None)
    if pool is None:
        return None
    words[place] = rng.choice([word for word in pool if word != words[place]])
    return " ".join(words)


def one_letter(rng: Random, phrase: Phrase) -> str:
    """A letter or digit exchanged or doubled."""
    text = str(phrase)
    places = [n for n, sign in enumerate(text) if sign.isalnum()]
    place = rng.choice(places)
    if text[place].isdigit():
        return (
            text[:place]
            + rng.choice([d for d in "0123456789" if d != text[place]])
            + text[place + 1 :]
        )
    exchanged = rng.choice([letter for letter in "qxzkvw" if letter != text[place].lower()])
    return text[:place] + exchanged + text[place + (rng.random() < 0.5) :]


def one_more_word(rng: Random, phrase: Phrase) -> str:
    text = str(phrase)
    words = rng.choice(
        ("{} {}", "{1} {0}", "{} and {}", "{} or {}", "{}, {}", "{}/{}", "{1} of the {0}", "{} {}s")
    )
    other = rng.choice([noun for noun in NOUNS if noun not in text])
    return words.format(text, other)


def one_word_less(rng: Random, phrase: Phrase) -> str | None:
    words = str(phrase).split()
    if len(words) < 2:
        return None
    place = rng.randrange(len(words))
    if words[place] == "the":
        return None
    return " ".join(words[:place] + words[place + 1 :])


def other_order(_: Random, phrase: Phrase) -> str | None:
    """What stands behind what, exchanged."""
    if not phrase.place or phrase.place in ("beside", "near"):
        return None
    return str(Phrase(phrase.second, phrase.adjective, phrase.place, phrase.noun))


MUTATIONS_OF_PHRASES: dict[str, Mutation] = {
    "denial or doubt": said_of,
    "other word": other_word,
    "one letter": one_letter,
    "one more word": one_more_word,
    "one word less": one_word_less,
    "other order": other_order,
}


def same_phrase(truth: Phrase, text: str) -> bool:
    """Whether `text` has the words of `truth` in its order, articles in front left out."""
    words = text.casefold().split()
    if words and words[0] in ("the", "a", "an"):
        words = words[1:]
    return words == str(truth).casefold().split()

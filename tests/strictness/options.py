"""Questions with options, and the statements about them: right ones by form, wrong ones by
mutation.

The options of one question are phrases, measures, numbers, directions, orders or formulas. Phrases
are made of an adjective and a noun, so that a changed word gives a phrase that is no option.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from random import Random

from strictness import expressions as ex
from strictness import numerals
from strictness.algebra import same
from strictness.expression_families import FAMILIES
from strictness.expression_mutations import MUTATIONS as EXPRESSION_MUTATIONS
from strictness.formulas import draw_style, written
from strictness.oracle import same_quantity
from strictness.quantities import statement_text, unit_forms
from strictness.quantity_mutations import BOUNDS, MUTATIONS
from strictness.structures import Measure, Number, Picked
from strictness.units import BY_NAME

LETTERS = "ABCDEFGH"
FULL_WIDTH = "ＡＢＣＤＥＦＧＨ"
ADJECTIVES = (
    "red",
    "blue",
    "green",
    "white",
    "black",
    "round",
    "wooden",
    "small",
    "tall",
    "yellow",
)
NOUNS = ("lamp", "chair", "sofa", "table", "shelf", "rug", "stool", "cabinet", "mirror", "plant")
DIRECTIONS = (
    ("left", "right", "front", "back"),
    ("front-left", "front-right", "back-left", "back-right"),
    ("yes", "no"),
    ("above", "below", "level"),
    ("north", "east", "south", "west"),
    ("clockwise", "counterclockwise"),
    ("the camera", "the chair", "both", "neither"),
)


@dataclass(frozen=True)
class Question:
    """`measures` or `formulas` hold what each option says, where options are measures or formulas."""

    options: tuple[str, ...]
    truth: int
    measures: tuple[Measure, ...] = ()
    formulas: tuple[ex.Value, ...] = ()

    @property
    def letter(self) -> str:
        return LETTERS[self.truth]

    @property
    def text(self) -> str:
        return self.options[self.truth]


def draw_question(rng: Random) -> Question:
    sorts = {
        "phrases": 10,
        "measures": 6,
        "formulas": 3,
        "numbers": 2,
        "directions": 4,
        "orders": 2,
    }
    kind = rng.choices(tuple(sorts), tuple(sorts.values()))[0]
    match kind:
        case "phrases":
            options = draw_phrases(rng, rng.randint(3, 6))
        case "measures":
            return _measures(rng)
        case "formulas":
            return _formulas(rng)
        case "numbers":
            options = tuple(str(n) for n in rng.sample(range(2, 400), 4))
        case "directions":
            options = rng.choice(DIRECTIONS)
        case _:
            orders = list(permutations(rng.sample(NOUNS, 4)))
            options = tuple(", ".join(order) for order in rng.sample(orders, 4))
    return Question(options, rng.randrange(len(options)))


def draw_phrases(rng: Random, count: int) -> tuple[str, ...]:
    """Different nouns, often different adjectives; all with the article or none."""
    article = rng.choice(("the ", "the ", ""))
    nouns = rng.sample(NOUNS, count)
    adjectives = rng.sample(ADJECTIVES, count)
    return tuple(f"{article}{a} {n}" for a, n in zip(adjectives, nouns, strict=True))


def _measures(rng: Random) -> Question:
    unit = BY_NAME[rng.choice(("m", "m", "cm", "ft", "deg", "m^2", "kg", "s", "m/s"))]
    first = Fraction(rng.randint(2, 60), rng.choice((1, 1, 10)))
    ratio = rng.choice((Fraction(3, 2), Fraction(2), Fraction(13, 10)))
    values = [first * (1 + (ratio - 1) * step) for step in range(4)]
    rng.shuffle(values)

    symbol = unit_forms(unit, one=False)["symbol"][0]
    measures = tuple(Measure(Number(value), unit) for value in values)
    return Question(
        tuple(numerals.plain(value) + symbol for value in values), rng.randrange(4), measures
    )


_FORMULA_FAMILIES = ("fraction", "surd", "constant", "polynomial", "quotient")


def _formulas(rng: Random) -> Question:
    """A formula and three near misses of it, in dollars or not."""
    truth = FAMILIES[rng.choice(_FORMULA_FAMILIES)](rng)
    options = [truth]
    while len(options) < 4:
        other = EXPRESSION_MUTATIONS[rng.choice(_FORMULA_MUTATIONS)](rng, truth)
        is_letter = isinstance(other, ex.Name)
        if (
            other is not None
            and not is_letter
            and all(same(option, other) is False for option in options)
        ):
            options.append(other)

    rng.shuffle(options)
    words = rng.choice(("{}", "${}$"))
    texts = tuple(words.format(written(option)) for option in options)
    return Question(texts, options.index(truth), formulas=tuple(options))


_FORMULA_MUTATIONS = ("number", "sign", "operator", "part less", "part more", "wrapped")


# Right answers
# ------------------------------------------------------------------------------------------

_LETTER = {
    "B": "{letter}",
    "b": "{lower}",
    "(B)": "({letter})",
    "(b)": "({lower})",
    "B.": "{letter}.",
    "B)": "{letter})",
    "[B]": "[{letter}]",
    "【B】": "【{letter}】",
    "full-width": "{wide}",
    "“B”": "“{letter}”",
    "'B'": "'{letter}'",
    '"B"': '"{letter}"',
    "`B`": "`{letter}`",
    "**B**": "**{letter}**",
    "$B$": "${letter}$",
    "\\text{B}": "\\text{{{letter}}}",
    "\\textbf{B}": "\\textbf{{{letter}}}",
    "\\mathrm{B}": "\\mathrm{{{letter}}}",
    "\\text{(B)}": "\\text{{({letter})}}",
    "Option B": "Option {letter}",
    "option B": "option {letter}",
    "option (B)": "option ({letter})",
    "choice B": "Choice {letter}",
    "B。": "{letter}。",
    "选项B": "选项{letter}",
}
_LETTER_IN_BLOCK = {
    "The answer is B": "The answer is {letter}",
    "The answer is B.": "The answer is {letter}.",
    "The correct answer is (B)": "The correct answer is ({letter})",
    "The correct option is B.": "The correct option is {letter}.",
    "Answer: B": "Answer: {letter}",
    "Option: B": "Option: {letter}",
    "I choose B": "I choose {letter}",
    "I would choose option B.": "I would choose option {letter}.",
    "B is correct": "{letter} is correct",
    "Option B is correct.": "Option {letter} is correct.",
    "B is the correct answer.": "{letter} is the correct answer.",
    "It is B": "It is {letter}",
    "- B": "- {letter}",
    "答案：B": "答案：{letter}",
    "答案是B": "答案是{letter}",
    "答案选B": "答案选{letter}",
    "选B": "选{letter}",
    "Antwort: B": "Antwort: {letter}",
    "Ответ: B": "Ответ: {letter}",
    "Réponse : B": "Réponse : {letter}",
    "Respuesta: B": "Respuesta: {letter}",
}
_BOTH = {
    "B. text": "{letter}. {text}",
    "B) text": "{letter}) {text}",
    "(B) text": "({letter}) {text}",
    "B: text": "{letter}: {text}",
    "B：text": "{letter}：{text}",
    "B - text": "{letter} - {text}",
    "text (B)": "{text} ({letter})",
    "Option B: text": "Option {letter}: {text}",
    "**B.** text": "**{letter}.** {text}",
    "**B. text**": "**{letter}. {text}**",
    "B, text": "{letter}, {text}",
}
_LIKE_MINUS = "B - text"
"""The form that a formula behind it turns into a difference."""
_WORDS = {
    "text": "{text}",
    "text.": "{text}.",
    "Text": "{capital}",
    "TEXT": "{upper}",
    "“text”": "“{text}”",
    '"text"': '"{text}"',
    "**text**": "**{text}**",
    "It is text": "It is {text}",
    "It is text.": "It is {text}.",
    "The answer is text.": "The answer is {text}.",
    "Answer: text": "Answer: {text}",
}
_WITH_REASONS = {
    "B, reasons on later lines": "The correct answer is **{letter}**.\n\nHere's why:\n- It is the nearest.",
    "B because": "The answer is {letter} because it is the nearest one.",
    "B, remark": "The answer is {letter}. It is nearest.",
    "block, then reasons": "<answer>{letter}</answer>\n\nIt is the nearest.",
    "box, then reasons": "\\boxed{{{letter}}}. The other options are farther away.",
    "reasons, then line": "I compared the objects one by one.\nThe answer is {letter}.",
    "B. text, then reasons": "The answer is {letter}. {text}\n\nIt is nearest.",
}


def _filled(words: str, question: Question) -> str:
    return words.format(
        letter=question.letter,
        lower=question.letter.lower(),
        wide=FULL_WIDTH[question.truth],
        text=question.text,
        capital=question.text[:1].upper() + question.text[1:],
        upper=question.text.upper(),
    )


def _both_forms(question: Question) -> dict[str, str]:
    return {
        name: form for name, form in _BOTH.items() if name != _LIKE_MINUS or not question.formulas
    }


def paraphrase(rng: Random, question: Question) -> tuple[str, str, bool]:
    """(form, text, whether the text is a whole completion) of a right answer."""
    groups = [
        ("letter", _LETTER, 6),
        ("letter in a block", _LETTER_IN_BLOCK, 4),
        ("both", _both_forms(question), 3),
        ("reasons", _WITH_REASONS, 2),
    ]
    if not _is_read_in_case(question):
        groups.append(("words", _WORDS, 3))
    if question.measures or question.formulas:
        groups.append(("value", {"value": "", "letter and value": ""}, 2))

    group, forms, _ = rng.choices(groups, [weight for *_, weight in groups])[0]
    name = rng.choice(tuple(forms))
    if group == "value":
        return f"{group}: {name}", _valued(rng, question, name), False
    return f"{group}: {name}", _filled(forms[name], question), group == "reasons"


def _is_read_in_case(question: Question) -> bool:
    """Units and formulas change with the case of their letters."""
    return bool(question.measures or question.formulas)


def _valued(rng: Random, question: Question, name: str) -> str:
    """The option's quantity or formula written another way."""
    if question.formulas:
        text = _styled(rng, question.formulas[question.truth])
    else:
        text = statement_text(rng, question.measures[question.truth])
    return text if name == "value" else f"{question.letter}. {text}"


def _styled(rng: Random, formula: ex.Value) -> str:
    text = written(formula, draw_style(rng))
    return rng.choice(("{}", "${}$", "\\({}\\)", "\\displaystyle {}")).format(text)


# Near misses
# --------------------------------------------------------------------------------------------

Mutated = tuple[str, Picked]
"""A text and what it picks."""
Mutation = Callable[[Random, Question], "Mutated | None"]

_CHANGED = Picked(changed=True)
_DENIED = (
    "not {}",
    "not {}.",
    "anything but {}",
    "It is not {}",
    "{} is wrong",
    "{} is incorrect",
    "{} is not correct",
    "all except {}",
    "definitely not {}",
    "The answer is not {}",
    "neither {} nor the others",
    "every option but {}",
    "It can't be {}",
    "It isn't {}",
    "none, not even {}",
)
_DOUBTED = (
    "maybe {}",
    "perhaps {}",
    "{}?",
    "It might be {}",
    "It could be {}",
    "possibly {}",
    "either {} or none",
    "{} or something else",
    "{}, or none of them",
)
_PLACED = (
    "left of {}",
    "behind {}",
    "next to {}",
    "to the right of {}",
    "the wall behind {}",
    "the shadow of {}",
    "half of {}",
    "far from {}",
    "opposite {}",
    "in front of {}",
    "under {}",
    "everything near {}",
)


def _other(rng: Random, question: Question) -> int:
    return rng.choice([n for n in range(len(question.options)) if n != question.truth])


def other_option(rng: Random, question: Question) -> Mutated:
    """Another option in the forms of right answers."""
    other = Question(question.options, _other(rng, question))
    forms = {**_LETTER, **_LETTER_IN_BLOCK, **_both_forms(question), **_WORDS}
    name = rng.choice(tuple(forms))
    picks = Picked(letters=(other.truth,)) if "text" not in name else Picked(words=(other.truth,))
    return _filled(forms[name], other), picks


def letter_against_words(rng: Random, question: Question) -> Mutated:
    other = _other(rng, question)
    name = rng.choice(tuple(_both_forms(question)))
    letter, words = (question.truth, other) if rng.random() < 0.5 else (other, question.truth)
    text = _BOTH[name].format(letter=LETTERS[letter], text=question.options[words])
    return text, Picked(letters=(letter,), words=(words,))


def two_options(rng: Random, question: Question) -> Mutated:
    """Two letters, or the words of two options."""
    pair = [question.truth, _other(rng, question)]
    rng.shuffle(pair)
    as_letters = rng.random() < 0.6 or bool(question.measures or question.formulas)
    names = [LETTERS[n] if as_letters else question.options[n] for n in pair]
    words = rng.choice(
        (
            "{} or {}",
            "{} and {}",
            "{}, {}",
            "{}/{}",
            "both {} and {}",
            "either {} or {}",
            "{}; {}",
            "({}) and ({})",
            "{} or maybe {}",
            "{}, but also {}",
            "{} & {}",
            "{} | {}",
            "{}\n{}",
            "between {} and {}",
        )
    )
    picked = tuple(pair)
    return words.format(*names), Picked(letters=picked) if as_letters else Picked(words=picked)


def not_offered(rng: Random, _: Question) -> Mutated:
    letter = rng.choice("IJKLMNOP")
    name = rng.choice(tuple(_LETTER))
    text = _LETTER[name].format(letter=letter, lower=letter.lower(), wide=chr(ord(letter) + 0xFEE0))
    return text, _CHANGED


def _said_of(words: tuple[str, ...]) -> Mutation:
    def mutate(rng: Random, question: Question) -> Mutated:
        name = question.letter if rng.random() < 0.4 else question.text
        return rng.choice(words).format(name), _CHANGED

    return mutate


def placed(rng: Random, question: Question) -> Mutated | None:
    """The option's words inside a phrase about something else."""
    if not any(word in ADJECTIVES for word in question.text.split()):
        return None
    return rng.choice(_PLACED).format(question.text), _CHANGED


def changed_word(rng: Random, question: Question) -> Mutated | None:
    """One word exchanged, put in or left out so that the phrase is no option."""
    words = question.text.split()
    pool = ADJECTIVES if any(word in ADJECTIVES for word in words) else ()
    if not pool:
        return None

    place = next(n for n, word in enumerate(words) if word in ADJECTIVES)
    match rng.randrange(3):
        case 0:
            words[place] = rng.choice([a for a in pool if a != words[place]])
        case 1:
            words[-1] = rng.choice([n for n in NOUNS if n != words[-1]])
        case _:
            words.insert(place, "not")
    text = " ".join(words)
    return (text, _CHANGED) if text not in question.options else None


def compared_quantity(rng: Random, question: Question) -> Mutated | None:
    """A near miss of the option's quantity: 1/2 m, less than 2 m, 2 m/s, 2 m 50 cm for 2 m."""
    if not question.measures:
        return None
    truth = question.measures[question.truth]
    names = [name for name in MUTATIONS if name != "contradiction"]
    said = MUTATIONS[rng.choice(names)](rng, truth)
    if said is None or same_quantity(truth, Fraction(1, 5), said) is not False:
        return None
    text = statement_text(rng, said)
    with_letter = (
        isinstance(said, Measure) and isinstance(said.amount, Number) and rng.random() < 0.2
    )
    return (f"{question.letter}. {text}" if with_letter else text), _CHANGED


def other_formula(rng: Random, question: Question) -> Mutated | None:
    """A near miss of the option's formula: (p+q)/2 for p+q."""
    if not question.formulas:
        return None
    truth = question.formulas[question.truth]
    said = EXPRESSION_MUTATIONS[rng.choice(tuple(EXPRESSION_MUTATIONS))](rng, truth)
    if said is None or isinstance(said, ex.Name) or same(truth, said) is not False:
        return None
    return _styled(rng, said), _CHANGED


def of_number(rng: Random, question: Question) -> Mutated | None:
    """A function, an operation or a bound around an option that is a number."""
    if not question.text.isdigit():
        return None
    words = rng.choice(
        (
            *BOUNDS,
            "sqrt({})",
            "1/{}",
            "{}/2",
            "-{}",
            "{} squared",
            "{}^2",
            "log {}",
            "{}.5",
            "{}0",
            "1{}",
            "2 × {}",
            "{} + 1",
            "{} - 1",
            "f({})",
            "{}\\pi",
            "{} thousand",
            "half of {}",
            "1,{:0>3}",
            "{}:2",
            "0.{}",
        )
    )
    text = words.format(question.text)
    return (text, _CHANGED) if text not in question.options else None


def other_order(rng: Random, question: Question) -> Mutated | None:
    """Another order of the things, one thing less, or one exchanged."""
    things = question.text.split(", ")
    if len(things) != 4:
        return None

    match rng.randrange(4):
        case 0:
            first, second = sorted(rng.sample(range(4), 2))
            things[first], things[second] = things[second], things[first]
        case 1:
            del things[rng.randrange(4)]
        case 2:
            things[rng.randrange(4)] = rng.choice([noun for noun in NOUNS if noun not in things])
        case _:
            things.append(rng.choice([noun for noun in NOUNS if noun not in things]))
    joint = rng.choice((", ", " → ", " > ", ",", "; ", " < " if len(things) < 4 else ", "))
    return joint.join(things), _CHANGED


def other_direction(rng: Random, question: Question) -> Mutated | None:
    """A direction that is made of the option and another."""
    joined = {
        "left": (
            "back-left",
            "front left",
            "left then right",
            "left-right",
            "the opposite of left",
            "not left",
        ),
        "right": ("right-back", "front right", "right or left", "the opposite of right"),
        "front": ("front-left", "not in front", "front to back"),
        "north": ("northeast", "north-west", "north then east", "true south of north"),
        "east": ("northeast", "east of north", "south-east"),
        "front-left": ("front", "left", "front-left or front-right", "left-front-right"),
        "front-right": ("front", "right", "back right"),
        "clockwise": ("anticlockwise", "counter-clockwise", "not clockwise"),
        "yes": ("yes and no", "not yes", "yes or no", "neither yes nor no"),
        "above": ("above and below", "not above", "neither above nor below"),
    }
    choices = joined.get(question.text)
    return (rng.choice(choices), _CHANGED) if choices else None


MUTATIONS_OF_CHOICES: dict[str, Mutation] = {
    "other option": other_option,
    "letter against words": letter_against_words,
    "two options": two_options,
    "letter not offered": not_offered,
    "denial": _said_of(_DENIED),
    "doubt": _said_of(_DOUBTED),
    "placed": placed,
    "changed word": changed_word,
    "quantity": compared_quantity,
    "formula": other_formula,
    "around a number": of_number,
    "other order": other_order,
    "other direction": other_direction,
}

"""The words of latex2sympy2's grammar: operators, brackets, calls, and what may begin a factor."""

from waywiser.evaluation.profiles.latex_operations import FUNCTIONS

MULTIPLICATION = ("*", "\\times", "\\cdot")
DIVISION = ("/", "\\over", "\\div", ":")
CLOSERS = {
    "(": ")",
    "[": "]",
    "{": "}",
    "\\{": "\\}",
    "\\lbrace": "\\rbrace",
    "\\lbrack": "\\rbrack",
    "\\lgroup": "\\rgroup",
}
SIZED = {"\\left": "\\right", "\\mleft": "\\mright"}
FUNCTION_NAMES = {*FUNCTIONS, "\\log", "\\exp"}
CALLS = {
    *FUNCTION_NAMES,
    *(
        "\\sqrt",
        "\\ln",
        "\\csc",
        "\\sec",
        "\\cot",
        "\\arccsc",
        "\\arcsec",
        "\\arccot",
        "\\floor",
        "\\ceil",
    ),
    *(
        "\\max",
        "\\min",
        "\\det",
        "\\gcd",
        "\\lcm",
        "\\int",
        "\\sum",
        "\\prod",
        "\\lim",
        "\\operatorname",
    ),
}
STARTS = {
    *(
        *CLOSERS,
        *SIZED,
        "\\frac",
        "\\binom",
        "\\tbinom",
        "\\dbinom",
        "\\begin",
        "\\mathit",
        "\\variable",
    ),
    *(
        "|",
        "\\|",
        "\\lvert",
        "\\vert",
        "\\lfloor",
        "\\lceil",
        "\\llcorner",
        "\\ulcorner",
        "\\infty",
        "\\partial",
    ),
}
"""What may begin a factor besides numbers, names and calls; some have no value, and then the whole
has none.
"""
UNSUPPORTED = (
    ",",
    ";",
    "\\mod",
    "\\in",
    "==",
    "\\equiv",
    "!=",
    "!==",
    "\\ne",
    "\\neq",
    "\\not\\equiv",
)
"""What makes something else of a complete expression: a list, or a relation that Python cannot
compute.
"""

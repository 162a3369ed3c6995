r"""Boxes: the contents of `\boxed{...}` and `\fbox{...}` in a text, in one pass. The only reader of
boxes.
"""

import re

_BOX_OR_BRACE = re.compile(r"\\(?:boxed|fbox)\s{0,3}\{|\\.|[{}]", re.DOTALL)


def boxed_spans(text: str) -> list[tuple[int, int]]:
    r"""(start, end) of the content of every balanced, outermost `\boxed{...}`, in the order of the
    text.
    """
    if "boxed" not in text and "fbox" not in text:
        return []

    spans: list[tuple[int, int]] = []
    stack: list[int | None] = []
    boxes = 0

    for match in _BOX_OR_BRACE.finditer(text):
        token = match.group()
        if token == "}":
            start = stack.pop() if stack else None
            if start is not None:
                boxes -= 1
                if not boxes:
                    spans.append((start, match.start()))
        elif token == "{":
            stack.append(None)
        elif token.endswith("{") and len(token) > 2:
            stack.append(match.end())
            boxes += 1

    return spans


def extract_boxed(text: str) -> list[str]:
    """What stands in each box of a text, outermost boxes only, without the space around it."""
    return [text[start:end].strip() for start, end in boxed_spans(text)]

"""Links of the documentation resolve, every page is listed, and pages that code names exist."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md"])
CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.M | re.S)
LINK = re.compile(r"\]\(\s*([^)\s]+)\s*\)|<img src=\"([^\"]+)\"")
NAMED_PAGE = re.compile(r"\bdocs/[\w/.-]+?\.(?:md|json|jpg)\b")
NAMING = ("src", "tests", "tools", "benchmarks", "recipes", "examples")
STORED_SOURCES = "grading_cases.json"
"""Names pages of other people's repositories."""


def anchors(page: Path) -> set[str]:
    """Anchors of a page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    titles = re.findall(r"^#{1,6} (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def links(page: Path) -> list[str]:
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    found = [markdown or html for markdown, html in LINK.findall(text)]
    return [link for link in found if not re.match(r"\w+:", link)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_of_a_page_resolve(page: Path) -> None:
    broken = []

    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert not broken


def test_every_page_is_in_the_navigation_and_in_the_index() -> None:
    pages = {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")}
    sections = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    listed: list[str] = []
    for section in sections:
        (content,) = section.values()
        entries = [section] if isinstance(content, str) else content
        listed += [next(iter(entry.values())) for entry in entries]

    assert sorted(listed) == sorted(pages)
    assert set(links(DOCS / "index.md")) == pages - {"index.md"}


def test_pages_that_code_and_recipes_name_exist() -> None:
    files = [path for folder in NAMING for path in (ROOT / folder).rglob("*")]
    named = {
        (str(path.relative_to(ROOT)), name)
        for path in files
        if path.suffix in {".py", ".yaml", ".json", ".md"} and path.name != STORED_SOURCES
        for name in NAMED_PAGE.findall(path.read_text(encoding="utf-8").replace("\\.", "."))
    }
    assert not {(path, name) for path, name in named if not (ROOT / name).exists()}

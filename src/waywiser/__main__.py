"""`python -m waywiser`."""

from waywiser.cli import run

if __name__ == "__main__":
    run()

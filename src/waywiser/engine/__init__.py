"""Where pure jobs run: in processes of our own, on Daft's native engine, or on Ray, with the same results."""

from waywiser.engine.config import ENGINES, EngineName, check_engine
from waywiser.engine.each import Each, open_engine

__all__ = ["ENGINES", "Each", "EngineName", "check_engine", "open_engine"]

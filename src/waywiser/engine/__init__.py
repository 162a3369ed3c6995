"""Run independent jobs in worker processes, on Daft's native engine or on Ray, with equal
results.
"""

from waywiser.engine.names import ENGINES, EngineName, check_engine
from waywiser.engine.runner import JobRunner, open_engine

__all__ = ["ENGINES", "EngineName", "JobRunner", "check_engine", "open_engine"]

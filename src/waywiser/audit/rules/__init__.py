"""The definitions of the tasks once more, each by other means than `waywiser.tasks`: one function
per task.
"""

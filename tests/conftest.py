"""Settings of all tests: how long one takes says nothing about it on a busy machine."""

from hypothesis import HealthCheck, settings

settings.register_profile("waywiser", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("waywiser")

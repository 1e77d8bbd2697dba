"""Settings for all tests of what is drawn."""

from hypothesis import settings

settings.register_profile("any-machine", deadline=None)  # no test is timed
settings.load_profile("any-machine")

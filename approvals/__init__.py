"""The rules: who may decide what, what follows from it, and nothing else.

Pure code. No Slack, no SQL, no crewAI and no clock of its own: the time comes in as
an argument, what must happen goes out as a value. An import names the file that
owns the thing, so nothing is re-exported here.
"""

"""A Slack workspace on this machine, for the demo and for tests; it knows no app."""

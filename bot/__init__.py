"""Slack, time and wiring: what people see and press, and the loops that act on it."""

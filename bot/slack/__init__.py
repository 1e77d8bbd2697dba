"""Slack as the bot meets it: calls out, sockets in, people and channels."""

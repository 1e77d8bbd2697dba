"""The processes of an installation: the bot's, the worker's, and what keeps them."""

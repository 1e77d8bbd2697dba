"""A model that answers from a script, behind the OpenAI API (see README.md)."""

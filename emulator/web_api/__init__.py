"""The Web API: one file per family of methods."""

from emulator.web_api import chat, conversations, files, identity, people, views

__all__ = ["chat", "conversations", "files", "identity", "people", "views"]

"""The control surface: how pages, tests and curl act as people."""

from emulator.control import acting, arranging, reading

__all__ = ["acting", "arranging", "reading"]

"""The work: crews that ship, what runs inside a crew's process, and the worker.

The worker never imports crewAI or a crew's code. It drives *runners*: child
processes that do, one crew version each, over JSON lines.
"""

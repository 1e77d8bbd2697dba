"""Durable state: SQLModel, SQL and the queue's client stop here.

What leaves this folder are the values of `approvals`; rows never do.
"""

"""Telling people by email what happened and what waits for them: from the outbox to a mail server.

What a message says is made when it is sent, of what that person may then see.
"""

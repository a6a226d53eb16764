"""DOOR for other servers: the inbox, our public objects, and how to find them.

A small ASGI application in front of Quart, because these are asked thousands of times when a post goes round.
"""

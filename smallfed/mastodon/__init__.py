"""DOOR of client apps: the Mastodon API.

Spec: CLIENT_API; https://docs.joinmastodon.org/api/.
"""

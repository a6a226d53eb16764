"""What every answer of the client API is held to: the documented types, and what may be null or missing.

The tables are text: ``entities.txt`` says what the entities are, ``routes.txt`` what each route answers. They are
written from the documentation and know nothing of smallfed's own Structs.

Spec: CLIENT_API §13, §14; https://docs.joinmastodon.org/entities/, https://docs.joinmastodon.org/methods/.
"""

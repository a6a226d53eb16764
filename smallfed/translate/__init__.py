"""WIRE ⇄ FACTS: the only place that knows both vocabularies, the network's and ours."""

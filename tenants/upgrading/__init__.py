"""An upgrade nobody notices: expand, serve beside each other, contract (``docs/operations/upgrade.md``).

``rule`` says which migrations the running release bears, ``plan`` what is to be taken, ``running`` and ``back``
take it and undo it county by county, ``rehearsal`` does it all on a copy first, ``book`` remembers.
"""

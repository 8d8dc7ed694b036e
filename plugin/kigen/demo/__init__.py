"""An invented billing host to try kigen on: believable people, fourteen years of their business, and its events.

`world.fill` writes the tables of a WHMCS database; `events.events` says what a bridge would have reported of it.
Everybody and every company here is invented, every domain is reserved for examples, every address is for documents.
"""

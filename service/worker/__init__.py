"""Work beside the answering of requests: engines in processes of their own, batches, webhooks.

``EnginePool`` runs verifications in child processes pinned to one thread each; ``Runner`` works off the
batches and sends the webhooks of a store. ``honmono serve`` starts both, ``honmono worker`` the second.
"""

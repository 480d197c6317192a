"""Use cases of contests, by noun: editions, copying, stages, drafts, submission, decisions, consents, dossiers …

Callers import the module they mean: `from incubator.contests.services import submission`.
"""

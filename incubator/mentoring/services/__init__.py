"""Use cases of programmes and mentoring, one module a noun."""

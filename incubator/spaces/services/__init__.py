"""Use cases that change places, bookings and events, one module a noun."""

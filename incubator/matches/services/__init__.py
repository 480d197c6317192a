"""Changes of match play, one module a subject: setup, drawing, planning, calling, events, results,
running, closing."""

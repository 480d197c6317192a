"""Ground floor: knows no domain and no model. Everything may import it; it imports nothing of ours."""

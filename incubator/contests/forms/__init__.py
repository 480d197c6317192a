"""Shapes of what people type in contests."""

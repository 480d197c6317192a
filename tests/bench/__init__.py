"""What `make bench` measures. A module here with `cases(bench)` adds its own; see harness.py."""

"""Benchmarks over HTTP against `ozeli serve`. `make bench` prints them and writes var/bench.json."""

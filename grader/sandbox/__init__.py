"""Where a student's code runs: wire format, worker, confinement, launch and proxies."""

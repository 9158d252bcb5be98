"""The figures and tables of `solutions/report.md`: what only a measurement can say, measured again by one command."""

"""What each threshold does: how often correct code fails a case, and how far wrong code stays away.

All sources here are our own, so they run in this process, without a sandbox and without a clock.
"""

"""Intake: what students sent, read, named, paired and accounted for."""

"""What is alike between submissions: programs, reports, pictures. A reason to talk, and no proof."""

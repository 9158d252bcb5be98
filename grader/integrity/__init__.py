"""Whose work it is: similarity between submissions, and a dossier for the oral exam."""

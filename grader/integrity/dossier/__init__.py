"""The dossier for the oral exam: questions on a student's own lines, with measured answers."""

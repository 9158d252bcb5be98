"""What a student receives and sends: zip, notebook, pack."""

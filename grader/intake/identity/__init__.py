"""What a file name, a folder or a subject says: whose it is, and when."""

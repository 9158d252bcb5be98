"""What is noted while a training runs."""

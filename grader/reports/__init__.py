"""What people look at: gradebook, HTML pages, plots, the terminal."""

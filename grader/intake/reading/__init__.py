"""From bytes to texts: mails, archives, notebooks, encodings."""

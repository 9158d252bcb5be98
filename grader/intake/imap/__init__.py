"""A mailbox, fetched over IMAP without changing it."""

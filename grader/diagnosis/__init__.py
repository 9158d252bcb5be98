"""From a wrong answer to the words that name its cause."""

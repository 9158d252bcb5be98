"""What q5_1 asks of generate_sequence_data."""

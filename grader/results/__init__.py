"""What grading produces: records, their store, and its export."""

"""otter test files: `public` ships to students, `hidden` never leaves the instructor."""

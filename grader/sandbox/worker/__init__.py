"""What runs beside a student's code.

Copied whole into a worker's sandbox, where nothing else of the kit is: imports the standard
library, NumPy, msgspec and itself.
"""

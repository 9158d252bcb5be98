"""How the kit judges programs that nobody told it about; `make strangers`, outside CI.

Programs are made from right ones in many styles by generic edits of the syntax tree. What they do
is measured by NumPy alone (`truth`), without any check of the kit; the kit then grades them, and
every claim of its diagnosis is tried on the program itself (`claims`).
"""

"""Print how closely the reference agrees with each framework."""

from tests.solutions.agreement import table

for line in table():
    print(line, flush=True)

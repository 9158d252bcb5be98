"""The roles of all lines of one program, found once for every kind of question."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from grader.integrity.dossier.measuring.laboratory import Laboratory
from grader.integrity.dossier.measuring.line_roles import LineRole, cell_roles, rnn_roles
from grader.integrity.dossier.measuring.line_values import line_values
from grader.integrity.dossier.own_program import OwnProgram


@dataclass(frozen=True)
class FoundRoles:
    """Which quantity each line gives, where that is certain."""

    roles: tuple[LineRole, ...]

    @classmethod
    def of(cls, own: OwnProgram, lab: Laboratory) -> FoundRoles:
        found: list[LineRole] = []
        for method in ("forward", "backward"):
            if lab.rnn is not None:
                for unit in own.functions[method]:
                    found += rnn_roles(lab.rnn, method, line_values(own.program, unit))
        if lab.cell is not None:
            for unit in own.functions["cell"]:
                found += cell_roles(lab.cell, line_values(own.program, unit))
        return cls(tuple(found))

    @property
    def alone(self) -> list[LineRole]:
        """Those whose line gives nothing else that plays a role."""
        count = Counter(one.value.lines for one in self.roles)
        return [one for one in self.roles if count[one.value.lines] == 1]

    def of_role(self, role: str) -> list[LineRole]:
        return [one for one in self.roles if one.role == role]

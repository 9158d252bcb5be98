"""The reader of the written part: sections, formulas, evidence, scores given by people."""

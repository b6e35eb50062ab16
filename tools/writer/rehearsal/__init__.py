"""The rehearsal writer: stages the text that it is given by rule, the same way every time."""

"""The reviser by rule: what a person asks of a film, as operations, a question or a refusal."""

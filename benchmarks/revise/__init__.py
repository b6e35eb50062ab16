"""How well requests for revision are understood, against what a careful person wrote down."""

"""How well the critic judges: defects injected, moves and sound classified, loops measured."""

"""People and desks: who may sign in and do what, which computers are desks."""

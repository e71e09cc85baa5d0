"""How the project is wired and served. It knows nothing about treatment."""

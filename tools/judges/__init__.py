"""Optional judges with models of their own: what a picture shows, who is in it, what is said."""

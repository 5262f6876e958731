"""The models, and the exploration of all their states."""

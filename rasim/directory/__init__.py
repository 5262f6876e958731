"""The directory as told: where group policies are linked, as an administrator writes it down. Nothing is looked up."""

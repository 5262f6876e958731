"""Second opinions: the same rows for Spin and z3, what is claimed of them, and a certificate that others check again."""

"""Faster readings of the table, and second opinions on it: tabulated engines, Promela for Spin, SMT for z3, a swarm."""

"""Two terminals play the two sides over the wire: the computer shares its terminal, the expert looks on, and both are asked and told.

What may be seen and typed decides the table alone (`rasim.protocol`); these programs show it, ask, and carry keys. `screen` is what a
terminal shows, `shell` the program in it, `words` what the two bars say, `host` and `expert` the programs of the two sides. They need
the extra `terminal`, and are imported by `rasim host` and `rasim expert` alone.
"""

"""What is promised, and how a trace is held to it: kinds of promises, evidence, their questions, the judge."""

"""What an answer knows, before it is put into words: audits and findings, explanations, walkthroughs, counterexamples."""

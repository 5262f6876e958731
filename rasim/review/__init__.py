"""The document that a security review signs: claims, each with the command whose answer it rests on, built and run again."""

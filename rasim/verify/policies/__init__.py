"""What policies come to: the facts that count, what they make reachable, and two of them compared."""

"""What the explorer steps through, made from the table once and kept in `rasim/web/assets/teaching.json`: no part of what users install."""

"""A page in which rasim itself runs: Pyodide and rasim packed into one HTML file."""

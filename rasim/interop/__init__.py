"""Formats of other programs: answers as SARIF, JUnit, GitHub annotations, one trace as Mermaid, PlantUML, pytest or ITF; and logs as traces."""

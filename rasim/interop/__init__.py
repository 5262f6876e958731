"""Answers in formats of other programs: SARIF, JUnit, GitHub annotations, and one trace as Mermaid, PlantUML, pytest or ITF."""

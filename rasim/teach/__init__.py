"""What a course asks and how it is graded: questions from where a mistake and the table differ, exercises on planted mistakes."""

"""Who is told what tonight: the ladder, the pauses, the recipients, the brakes. Pure: facts in, notices out."""

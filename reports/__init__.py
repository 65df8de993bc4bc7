"""What users see: renderers that turn decided facts into files, and the catalogue of words. Computes no finding."""

"""What the names of a document are: words, sizes, sequences, samples, and what is said of each."""

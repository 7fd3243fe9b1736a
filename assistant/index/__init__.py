"""From paragraphs to a published index and back: encoders, lexical index, vector store, paragraph store, generations."""

"""From a question to an answer in which every sentence carries its paragraph: quote mode, model mode, verification."""

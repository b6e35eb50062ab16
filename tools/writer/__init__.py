"""Writers: by rule (`rehearsal`), and language models behind OpenAI-compatible endpoints."""

"""What an operator may change: settings, the Slack manifest, synonyms. Data, and one reader for it."""

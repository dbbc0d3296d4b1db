"""Pure functions: nouns in, Block Kit out. No client, no store, no clock."""

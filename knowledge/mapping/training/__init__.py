"""How `data/judgement.json` is learned; nothing here runs in the product. Needs scipy."""

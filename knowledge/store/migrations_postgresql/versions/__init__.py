"""One module a revision. They use no code of ours, which goes on changing after them."""

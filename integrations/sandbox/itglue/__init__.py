"""A simulated IT Glue account: the same companies and part of their computers, as people write them down."""

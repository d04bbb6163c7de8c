"""A simulated ScalePad account: the same companies and their hardware, with purchase and warranty."""

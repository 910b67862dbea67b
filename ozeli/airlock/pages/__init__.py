"""The pages of the host of the airlock. Each takes a request that knows nobody, and writes to the urn alone."""

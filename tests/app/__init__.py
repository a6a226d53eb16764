"""The house as a whole: what stands above its doors."""

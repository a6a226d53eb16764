"""Text of posts and profiles: made safe, made plain, scanned and rendered. Pure functions only."""

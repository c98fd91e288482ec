"""Stock by location and lot."""

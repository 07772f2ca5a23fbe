"""Print cut into signs and compared: texts that are printed in one typeface look alike, sign by sign."""

"""The third way of drawing, style ``c``: fonts, ground, print, portrait, scanner and camera of its own.

Nothing was trained on it and no limit was set on it: it stands for cards and machines met for the first time.
No generator draws it unless asked for it by name.
"""

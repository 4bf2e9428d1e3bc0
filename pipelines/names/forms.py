"""How a word of a run is written, as bits of an int: what is asked of its letters besides its traits.

Here: thirty bits at most, as Python works on longer ints several times as slowly. Which word has which is in `tokens`.
"""

ONE_SIGN = 0x1  # long, with its dot
TWO_SIGNS = 0x2
THREE_SIGNS = 0x4  # of capitals alone
ONE_LETTER = 0x8  # without its dot
DOTTED = 0x10  # a dot anywhere
ONE_STOP = 0x20  # one dot, at its end
HYPHENATED = 0x40
NUMBERED = 0x80  # a digit at its end
POSSESSIVE = 0x100  # ends in 's
OPEN_POSSESSIVE = 0x200  # ends in an apostrophe
MIXED = 0x400  # capitals, then a small letter or a digit: EBook, PCs
PATRONYMIC = 0x800
DESCRIBING = 0x1000  # describes who is named after it
OF = 0x2000
FOR = 0x4000
JAN = 0x8000
WILL = 0x10000
SAID = 0x20000
NOBLE = 0x40000
NOBLES = 0x80000  # the same, or several of them
MONTH_OR_NAME = 0x100000
LARGE_PARTICLE = 0x200000
FUNCTION_WORD = 0x400000
OPENS = 0x800000  # opens sentences, however it is written
PLACE_HEAD = 0x1000000
NO_INITIALS = 0x2000000
DEGREE = 0x4000000
TAIL = 27  # from this bit on: of how many words the tail of a title is that it begins: Chief of Staff

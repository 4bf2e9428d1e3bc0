"""What a word can be, as bits of an int; a word may be several things. Which word has which is in `lexicon`.

They are thirty, as Python works on longer ints several times as slowly; what else is asked of letters is in `forms`.
"""

OPENER = 0x1  # opens sentences, never a name
MONTH = 0x2  # a month or weekday
TITLE = 0x4  # stands before a name
MODIFIER = 0x8  # part of a title of several words
ROLE = 0x10  # says what a person does
PEOPLE = 0x20  # a people, faith, school, or an adjective of one
ORGANISATION = 0x40  # names end so
EVENT = 0x80  # names end so
PLACE = 0x100  # names end so
GIVEN = 0x200  # a given name somewhere
SURNAME = 0x400  # a surname somewhere
TOWN = 0x800  # a town, state or country
ORDINARY = 0x1000  # an English word written small
PARTICLE = 0x2000  # stands inside personal names
NEVER = 0x4000  # no part of a name
LEADING_CUE = 0x8000  # names of places, organisations, events begin so
SUFFIX = 0x10000  # Jr., a king's number
ORGANISATION_NAME = 0x20000  # names one itself
EVENT_NAME = 0x40000  # names one itself
FORENAME = 0x80000  # a given name and hardly anything else
TERRITORY = 0x100000  # a country, state or great town
# Of a word as it stands in a run, not of the word itself:
INITIAL_LETTER = 0x200000  # an initial: N., Yu., J.S.
WHOLE = 0x400000  # of a well-known phrase that nothing is cut off
SHOUTED = 0x800000  # an ordinary word in capitals
SMALL = 0x1000000  # written in small letters only
SMALL_FIRST = 0x2000000  # its first letter is small
CAPITALS_ONLY = 0x4000000
LINK = 0x8000000  # of, for, the
NOTHING = 0x10000000  # no word, but the place of a half that was cut off
AFTER_PREPOSITION = 0x20000000  # after one of place, or from, to

CUE = ORGANISATION | EVENT | PLACE
KNOWN = ORGANISATION_NAME | EVENT_NAME | TOWN
NAME = GIVEN | SURNAME
WRITTEN = SMALL | SMALL_FIRST | CAPITALS_ONLY | LINK

"""Holds the thresholds by which names are decided. Holds no rules and no data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NameSettings:
    """The thresholds of name resolution; scores are probabilities between 0 and 1.

    Attributes:
        accept: From this score on a reading is accepted.
        review: From this score on a reading is shown for review; below it the name is treated as in no authority.
        rival: A second likely entity whose log-odds are within this of the best one's makes the reading ambiguous.
        lone: From this likeness on a lone surname may be a spelling of a known person's.
        merge: From this score on two spellings in no authority are one entity.
    """

    accept: float = 0.5
    review: float = 0.3
    rival: float = 1.5
    lone: float = 0.72
    merge: float = 0.75

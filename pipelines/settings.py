"""What a user may set for a build. Every value has a reason to be set, a range, and a default for most corpora."""

from dataclasses import dataclass, field

from pipelines.names.settings import NameSettings
from pipelines.text.spelling import Settings as SpellingSettings


@dataclass(frozen=True)
class Settings:
    """The settings of a build; they are part of every key, so that a change of one does again what depends on it."""

    names: NameSettings = field(default_factory=NameSettings)
    spelling: SpellingSettings = field(default_factory=SpellingSettings)

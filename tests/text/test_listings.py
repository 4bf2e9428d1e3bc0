"""Code in indented blocks, told from prose."""

import pytest

from pipelines.text.listings import is_code

CODE = "    # this will WORD the value\n    return x\n"


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        f"So:\n\n{CODE}\nThen.",
        f"So:\n\n{CODE}\nThen.".replace("\n", "\r\n"),
        "So:\n\n\tint WORD;\n\nThen.",
        "> So:\n>\n>     def WORD(x):\n>         pass\n>\n> Then.",
        "So:\n\n    x = 1\n    then WORD it",
        "So:\n\n    >>> WORD\n\nThen.",
        "So:\n \n" + "    x\n" * 3000 + "    WORD = 1\n" + "    y\n" * 3000,
    ],
)
def test_code(text: str) -> None:
    assert is_code(text, text.index("WORD"))


@pytest.mark.parametrize(
    "text",
    [
        "WORD",
        "The WORD = 1 of it.",
        "    The committee did WORD the letter, at $5.\n",
        "    The committee did WORD the letter\nof March = April.\n",
        "    * one WORD\n    * two\n",
        f"{CODE.replace('WORD', '')}\nThe WORD.",
        "> The WORD\n> of March",
    ],
)
def test_prose(text: str) -> None:
    assert not is_code(text, text.index("WORD"))

"""Seeds of any size for measuring: a Stack Exchange `Posts.xml` with companions, and plain text, half of it one line.

    python benchmarks/make_seeds.py FOLDER [--xml-mb 200] [--text-mb 1000]

The same numbers give the same bytes. The words are made up; the shapes (row lengths, markup, paragraphs) are those of
history forums.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import quoteattr

NAMES = [
    "Khrushchev",
    "Krushchev",
    "Stalin",
    "Trotsky",
    "Trotskij",
    "Zinoviev",
    "Zinovjev",
    "Bukharin",
    "Kamenev",
    "Molotov",
    "Malenkov",
    "Beria",
    "Zhukov",
    "Tito",
    "Kadar",
    "Kádár",
    "Rákosi",
    "Gerő",
    "Dubček",
    "Gomułka",
    "Ulbricht",
    "Hoxha",
    "Mikoyan",
    "Mikojan",
    "Voroshilov",
    "Yezhov",
    "Jeschow",
    "Kaganovich",
    "Bulganin",
    "Suslov",
]
SUBJECTS = [
    "the delegation",
    "the army",
    "the newspaper",
    "the committee",
    "a witness",
    "the embassy",
    "the archive",
    "his brother",
    "the congress",
]
VERBS = [
    "denied",
    "reported",
    "forgot",
    "praised",
    "criticised",
    "mentioned",
    "defended",
    "expected",
    "refused",
    "published",
]
OBJECTS = [
    "the speech",
    "an agreement",
    "the letter of March",
    "every accusation",
    "the second report",
    "the order",
    "a list of names",
    "the minutes",
]
ENDS = [
    "in the winter of 1953",
    "at the last moment",
    "without a word",
    "for years",
    "in Moscow",
    "before the war",
    "on 25 February",
    "again",
]
TAGS = ["soviet-union", "cold-war", "hungary", "revolution", "stalinism", "world-war-two", "diplomacy"]


def sentence(rng: random.Random) -> str:
    """One made-up sentence, sometimes with names."""
    name, other = rng.choice(NAMES), rng.choice(NAMES)
    start, verb, what, end = (rng.choice(words) for words in (SUBJECTS, VERBS, OBJECTS, ENDS))
    shape = rng.randrange(4)
    if shape == 0:
        return f"{name} {verb} {what} {end}."
    if shape == 1:
        return f"{start.capitalize()} {verb} {name}'s version of {what} {end}, and {other} knew it."
    if shape == 2:
        return f"Whether {start} {verb} {what} {end} is doubtful."
    return f"\u201cNo,\u201d said {name}, and {start} {verb} {what} {end} \u2013 or so {other} wrote."


def paragraph(rng: random.Random) -> str:
    """Some sentences."""
    return " ".join(sentence(rng) for _ in range(rng.randint(2, 6)))


def body(rng: random.Random) -> str:
    """A post's HTML."""
    parts = [f"<p>{paragraph(rng)}</p>" for _ in range(rng.randint(1, 5))]
    if rng.random() < 0.3:
        parts.insert(1, f"<blockquote>\n  <p>{paragraph(rng)}</p>\n</blockquote>")
    if rng.random() < 0.2:
        parts.append("<ul>\n" + "".join(f"<li>{sentence(rng)}</li>\n" for _ in range(3)) + "</ul>")
    if rng.random() < 0.5:
        parts.append(
            f'<p>See <a href="https://example.org/{rng.randrange(10**6)}" rel="nofollow">{sentence(rng)}</a> &amp; '
            "<em>passim</em>.</p>"
        )
    return "\n\n".join(parts) + "\n"


def rows(rng: random.Random, size: int) -> Iterator[str]:
    """Rows of `Posts.xml` of about `size` characters in all: threads of a question and some answers."""
    number, done, question = 0, 0, 0
    while done < size:
        number += 1
        is_question = number == 1 or rng.random() < 0.4
        question = number if is_question else question
        date = (
            f"20{rng.randint(10, 23)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T10:{rng.randint(0, 59):02}:00.000"
        )
        text = quoteattr(body(rng)).replace("\n", "&#xA;").replace("&#10;", "&#xA;")
        head = f'PostTypeId="1" Title={quoteattr(sentence(rng))} Tags="|{rng.choice(TAGS)}|{rng.choice(TAGS)}|"'
        head = head if is_question else f'PostTypeId="2" ParentId="{question}"'
        row = (
            f'  <row Id="{number}" {head} CreationDate="{date}" Score="{rng.randint(-3, 60)}" Body={text} '
            f'OwnerUserId="{rng.randint(1, 5000)}" LastActivityDate="{date}" CommentCount="1" '
            'ContentLicense="CC BY-SA 4.0" />\n'
        )
        done += len(row)
        yield row


def write_dump(folder: Path, size: int) -> None:
    """`Posts.xml`, `Comments.xml`, `Users.xml`."""
    rng = random.Random(1956)
    declaration = '<?xml version="1.0" encoding="utf-8"?>\n'
    with (folder / "Posts.xml").open("w", encoding="utf-8", newline="\n") as file:
        file.write(declaration + "<posts>\n")
        file.writelines(rows(rng, size))
        file.write("</posts>")
    with (folder / "Users.xml").open("w", encoding="utf-8", newline="\n") as file:
        file.write(declaration + "<users>\n")
        file.writelines(f'  <row Id="{n}" DisplayName="user {n}" />\n' for n in range(1, 5001))
        file.write("</users>")
    with (folder / "Comments.xml").open("w", encoding="utf-8", newline="\n") as file:
        file.write(declaration + "<comments>\n")
        for n in range(1, size // 20_000 + 2):
            text = quoteattr(sentence(rng))
            file.write(
                f'  <row Id="{n}" PostId="{n}" Score="1" Text={text} CreationDate="2014-01-01T00:00:00.000" '
                f'UserId="{n % 5000}" />\n'
            )
        file.write("</comments>")


def write_text(path: Path, size: int) -> None:
    """Plain text: a first half in paragraphs, a second half that is one line."""
    rng = random.Random(1917)
    some = [paragraph(rng) for _ in range(2000)]
    done = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        while done < size:
            text = rng.choice(some) + ("\n\n" if done < size // 2 else " ")
            file.write(text)
            done += len(text)


def main() -> None:
    """Writes the seeds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--xml-mb", type=int, default=200)
    parser.add_argument("--text-mb", type=int, default=1000)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    if given.xml_mb:
        write_dump(given.folder, given.xml_mb * 1_000_000)
    if given.text_mb:
        write_text(given.folder / "long.txt", given.text_mb * 1_000_000)


if __name__ == "__main__":
    main()

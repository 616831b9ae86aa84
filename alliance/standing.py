"""What an authority's headline figures come to, in the same words on every page and in every file.

The counting lies in `indicators.tally`; what stands out, in `alliance.profile`.
"""

from __future__ import annotations

from alliance.profile import Profile
from indicators.tally import by_chance, tally_trends, tally_words, trend_tally_words

BETTER, WORSE = "better", "worse"


def standing_sentences(profile: Profile) -> list[str]:
    """How many figures differ from the country's, how many of those stand out, how many trends
    there are."""
    country = str(profile.served.country["name"])
    return [
        " ".join([tally_words(profile.tally(None), country), *_standing_out(profile)]),
        trend_tally_words(tally_trends(profile.trends.values())),
    ]


def _standing_out(profile: Profile) -> list[str]:
    differ = len(profile.findings)
    if not differ:
        return []
    better, worse = (len(profile.found(v, standing_out=True)) for v in (BETTER, WORSE))
    return [
        f"By more than authorities ordinarily differ: {better or 'none'} of the better, "
        f"{worse or 'none'} of the worse."
    ]


def findings_note(profile: Profile) -> str:
    """By which rule a figure is among the better or the worse, and what to make of it."""
    country, tested = profile.served.country["name"], profile.tally(None).tested
    return (
        f"Better or worse is every figure whose 95% interval leaves {country}’s out, where one "
        f"direction is better; {by_chance(tested)} tested would differ by chance alone. Practice "
        "and recording differ between authorities by more than chance, so those come first that "
        "also lie outside the 95% limits of the funnel of all authorities, which allow for that; "
        "about one figure in twenty lies outside those with nothing behind it. Ask why first."
    )

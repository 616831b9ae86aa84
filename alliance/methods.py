"""The methods in short, as the help page has them: each with its formula and its source.

The whole of them is docs/methods.md; the arithmetic is in `indicators`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Method:
    """A method: `id` is its anchor, `formula` may be empty, `links` are (words, address) pairs of
    where it comes from."""

    id: str
    title: str
    words: str
    formula: str = ""
    links: tuple[tuple[str, str], ...] = ()


_BENJAMINI = (
    "Y. Benjamini and Y. Hochberg, Journal of the Royal Statistical Society B 57 (1995)",
    "https://doi.org/10.1111/j.2517-6161.1995.tb02031.x",
)
METHODS: tuple[Method, ...] = (
    Method(
        "proportion",
        "Interval of a percentage",
        "Wilson's score interval, at 95% and 99.8%, from published whole counts. p is the "
        "proportion, n the denominator, z 1.96 or 3.09.",
        "(2np + z² ± z√(z² + 4np(1 − p))) / (2(n + z²))",
        (
            (
                "E. B. Wilson, Journal of the American Statistical Association 22 (1927)",
                "https://doi.org/10.1080/01621459.1927.10502953",
            ),
        ),
    ),
    Method(
        "rate",
        "Interval of a rate",
        "Byar's method for a count of 10 or more, exact Poisson below that. O is the count, P is "
        "one more, z 1.96 or 3.09.",
        "O × (1 − 1/(9O) − z/(3√O))³ to P × (1 − 1/(9P) + z/(3√P))³",
        (
            ("Breslow and Day, Statistical methods in cancer research II (1987), page 69", ""),
            (
                "F. Garwood, Biometrika 28 (1936)",
                "https://doi.org/10.1093/biomet/28.3-4.437",
            ),
        ),
    ),
    Method(
        "quarters",
        "Quarters and ranks",
        "Quartiles are interpolated between the authorities' figures in order (type 7). Ties share "
        "the smallest rank. Authorities without a figure are in neither.",
        links=(
            (
                "R. J. Hyndman and Y. Fan, The American Statistician 50 (1996)",
                "https://doi.org/10.1080/00031305.1996.10473566",
            ),
        ),
    ),
    Method(
        "rank-interval",
        "Interval of a rank",
        "Every authority's figure is drawn many times from what its own counts allow, and ranked "
        "each time; the middle 95% of its ranks is the interval. The draws are fixed by the data, "
        "so the same release gives the same interval.",
        links=(
            (
                "H. Goldstein and D. J. Spiegelhalter, Journal of the Royal Statistical Society A "
                "159 (1996)",
                "https://doi.org/10.2307/2983325",
            ),
            (
                "E. C. Marshall and D. J. Spiegelhalter, BMJ 316 (1998)",
                "https://doi.org/10.1136/bmj.316.7146.1701",
            ),
        ),
    ),
    Method(
        "funnel",
        "Funnel limits",
        "Limits of the average of the authorities with counts, at each size, at 95% and 99.8%, on "
        "a scale of steady variance. "
        "Where authorities differ by more than chance they are widened by the variance between "
        "authorities, found after the most extreme tenth at each end is pulled in.",
        links=(
            (
                "D. J. Spiegelhalter, Statistics in Medicine 24 (2005)",
                "https://doi.org/10.1002/sim.1970",
            ),
            (
                "D. J. Spiegelhalter, Quality and Safety in Health Care 14 (2005)",
                "https://doi.org/10.1136/qshc.2005.013755",
            ),
        ),
    ),
    Method(
        "trend",
        "Recent trend",
        "Chi-square for linear trend over the last five figures, without a gap, from counts. "
        "Without them no trend is claimed.",
        links=(
            (
                "P. Armitage, Biometrics 11 (1955)",
                "https://doi.org/10.2307/3001775",
            ),
        ),
    ),
    Method(
        "change",
        "Change tested",
        "The interval of the difference combines the limits of the two figures; where it leaves "
        "nought out, the change is more than chance would explain.",
        links=(
            (
                "R. G. Newcombe, Statistics in Medicine 17 (1998)",
                "https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8%3C873::AID-SIM779%3E3.0.CO;2-I",
            ),
        ),
    ),
    Method(
        "xmr",
        "Limits of a quarterly series",
        "Limits from the series' own routine variation. Signals: a quarter outside them, or eight "
        "in a row on one side of the mean.",
        "mean ± 2.66 × mean moving range",
        (("D. J. Wheeler, Understanding variation (1993)", ""),),
    ),
    Method(
        "gap",
        "Gap in children",
        "What the difference from a comparator comes to in whole children, with the figure before "
        "rounding beside it.",
        "(figure − comparator) × denominator",
    ),
    Method(
        "history",
        "Has anyone like us ever moved so far?",
        "Every stretch of as many years in which another authority began as far from the median of "
        "its year as you stand from it now. How many moved as far is told, and where four in five "
        "came to lie: what is usual, whatever they did, and no forecast.",
        "(figure − median of its year) / spread of its year, alike within one half",
    ),
    Method(
        "own_trend",
        "Own trend carried on",
        "The straight line through the last five figures, with the interval in which four in five "
        "new figures would lie if the line held.",
        "line ± t × s × √(1 + 1/n + (x − mean)² / Σ(x − mean)²)",
        (("N. R. Draper and H. Smith, Applied regression analysis (1998)", ""),),
    ),
    Method(
        "did_it_work",
        "Did it work?",
        "The change since it was agreed beyond that of the median of all others, held against the "
        "same of authorities that once stood alike, which is how far figures drift back by "
        "themselves. Beyond what usually happens only where fewer than one in twenty went as far, "
        "chance does not explain it, and the neighbours did not move as far.",
        "(1 + Σ shares that went as far) / (1 + authorities alike) < 0.05",
        (
            (
                "J. M. Bland and D. G. Altman, BMJ 308 (1994)",
                "https://doi.org/10.1136/bmj.308.6942.1499",
            ),
            (
                "A. G. Barnett and others, International Journal of Epidemiology 34 (2005)",
                "https://doi.org/10.1093/ije/dyh299",
            ),
        ),
    ),
    Method(
        "who_to_ring",
        "Who to ring",
        "Of the statistical neighbours and those nearest by context: whose figure is better, or "
        "who has improved to a better one, by more than chance. All tests of one question share "
        "one false discovery rate of 5%. In order of likeness, never of figures.",
        links=(_BENJAMINI,),
    ),
    Method(
        "nearest",
        "Computed neighbours",
        "Standardised Euclidean distance over the context measures that you choose, each put on a "
        "scale of standard deviations and given its weight.",
        "√(Σ weight × (difference / standard deviation)²)",
    ),
    Method(
        "worth_discussing",
        "What is worth discussing",
        "Every rule is tried on every authority and indicator. Related indicators are put on one "
        "line of enquiry, the same for everybody; that they move together is no cause. Lines are "
        "kept so that, over all authorities together, the share of them that chance alone put "
        "there stays at or under a promised rate. What an authority has set aside stays aside "
        "until the figures of its own that it rests on change.",
        links=(
            _BENJAMINI,
            (
                "B. Devlin and K. Roeder, Biometrics 55 (1999)",
                "https://doi.org/10.1111/j.0006-341X.1999.00997.x",
            ),
        ),
    ),
    Method(
        "comparators",
        "England, region, neighbours",
        "England and the region are the published rows, never an average of ours. Neighbours' mean "
        "and median are over those with a figure, and say how many there are.",
    ),
)
"""Every method that help tells of, in the order of the page."""
